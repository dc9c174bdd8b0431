import type { ChainRule, RuleChoice, StepSizes } from "lora-dynamics/chain/mod.ts";
import { dot } from "./_given.ts";

/** A point and its memory as vectors of ℝ^d, and the number beside each. */
export interface Plain {
  u: number;
  omega: number[];
  memory: { u: number; omega: number[] }[];
}

/** A rule under test: the choice that a model takes, and the same written out on vectors. */
export interface RuleCase {
  readonly name: string;
  readonly rule: RuleChoice;
  readonly memory: number;
  readonly step: StepSizes;
  /** One free step at time `t` from the gradients `gu` and `g`. */
  readonly plain: (now: Plain, gu: number, g: number[], t: number) => Plain;
}

/** `Σ c_i x_i` of vectors. */
export function combine(...terms: [number, number[]][]): number[] {
  return terms[0][1].map((_, k) => terms.reduce((sum, [c, x]) => sum + c * x[k], 0));
}

const A = 0.3, B = 0.2;

/** Both memories and all inner products at work, as no built-in rule has them. */
const own: ChainRule = {
  name: "own",
  memory: 2,
  step({ t, step, point, memory: [v, w] }, g) {
    const turn = 1 / (1 + g.omega.point ** 2 + v.omega.square + g.u.memory[1] ** 2);
    const pull = 0.1 * Math.tanh(g.omega.memory[0] + w.omega.memory[0] + w.u.point);
    const size = 0.05 * Math.tanh(point.u.square + v.omega.point + w.u.square - g.u.square);
    return {
      u: { point: 1 - 0.01 * t, memory: [-step.u, pull], gradient: -step.u * turn },
      omega: { point: 1 + size, memory: [0.3, -step.omega], gradient: -step.omega * turn },
      memory: [
        { u: { memory: [0.5], gradient: 1 }, omega: { memory: [turn, 0.2], gradient: 1 } },
        { u: { point: size, memory: [0, 0.7] }, omega: { point: 0.1, memory: [0.4] } },
      ],
    };
  },
};

function plainOwn({ u, omega, memory: [v, w] }: Plain, gu: number, g: number[], t: number): Plain {
  const turn = 1 / (1 + dot(g, omega) ** 2 + dot(v.omega, v.omega) + (gu * w.u) ** 2);
  const pull = 0.1 * Math.tanh(dot(g, v.omega) + dot(w.omega, v.omega) + w.u * u);
  const size = 0.05 * Math.tanh(u * u + dot(v.omega, omega) + w.u * w.u - gu * gu);
  return {
    u: (1 - 0.01 * t) * u - A * v.u + pull * w.u - A * turn * gu,
    omega: combine([1 + size, omega], [0.3, v.omega], [-B, w.omega], [-B * turn, g]),
    memory: [
      { u: 0.5 * v.u + gu, omega: combine([turn, v.omega], [0.2, w.omega], [1, g]) },
      { u: size * u + 0.7 * w.u, omega: combine([0.1, omega], [0.4, v.omega]) },
    ],
  };
}

function plainMomentum(now: Plain, gu: number, g: number[], beta: number): Plain {
  const [v] = now.memory, u = beta * v.u + gu, omega = combine([beta, v.omega], [1, g]);
  return {
    u: now.u - A * u,
    omega: combine([1, now.omega], [-B, omega]),
    memory: [{ u, omega }],
  };
}

const plainSgd = ({ u, omega }: Plain, gu: number, g: number[], a = A, b = B): Plain => ({
  u: u - a * gu,
  omega: combine([1, omega], [-b, g]),
  memory: [],
});

const clipFactor = (gu: number, g: number[], norm: number) =>
  Math.min(1, norm / Math.sqrt(gu * gu + dot(g, g)));

export const RULES: readonly RuleCase[] = [
  {
    name: "momentum",
    rule: { name: "momentum", beta: 0.8 },
    memory: 1,
    step: [A, B],
    plain: (now, gu, g) => plainMomentum(now, gu, g, 0.8),
  },
  {
    name: "decay",
    rule: { name: "decay", rate: 0.4 },
    memory: 0,
    step: [A, B],
    plain: (now, gu, g) => plainSgd(now, gu + 0.4 * now.u, combine([1, g], [0.4, now.omega])),
  },
  {
    name: "clipping",
    rule: { name: "clipping", norm: 0.3 },
    memory: 0,
    step: [A, B],
    plain: (now, gu, g) => {
      const factor = clipFactor(gu, g, 0.3);
      return plainSgd(now, factor * gu, combine([factor, g]));
    },
  },
  {
    name: "schedule",
    rule: "sgd",
    memory: 0,
    step: [(t) => A / (1 + t), (t) => B * Math.exp(-t)],
    plain: (now, gu, g, t) => plainSgd(now, gu, g, A / (1 + t), B * Math.exp(-t)),
  },
  {
    name: "averaged momentum",
    rule: { name: "averaging", of: { name: "momentum", beta: 0.8 } },
    memory: 2,
    step: [A, B],
    plain: (now, gu, g, t) => {
      const [v, mean] = now.memory, next = plainMomentum({ ...now, memory: [v] }, gu, g, 0.8);
      const share = 1 / (t + 1);
      const u = mean.u + share * (now.u - mean.u);
      const omega = combine([1 - share, mean.omega], [share, now.omega]);
      return { ...next, memory: [...next.memory, { u, omega }] };
    },
  },
  {
    name: "clipped gradient, then decay, then momentum",
    rule: {
      name: "clipping",
      norm: 0.5,
      of: { name: "decay", rate: 0.2, of: { name: "momentum", beta: 0.6 } },
    },
    memory: 1,
    step: [A, B],
    plain: (now, gu, g) => {
      const factor = clipFactor(gu, g, 0.5);
      const decayed = combine([factor, g], [0.2, now.omega]);
      return plainMomentum(now, factor * gu + 0.2 * now.u, decayed, 0.6);
    },
  },
  {
    name: "decay, then clipping",
    rule: { name: "decay", rate: 0.2, of: { name: "clipping", norm: 0.3 } },
    memory: 0,
    step: [A, B],
    plain: (now, gu, g) => {
      const du = gu + 0.2 * now.u, d = combine([1, g], [0.2, now.omega]);
      const factor = clipFactor(du, d, 0.3);
      return plainSgd(now, factor * du, combine([factor, d]));
    },
  },
  { name: "a reader's own rule", rule: own, memory: 2, step: [A, B], plain: plainOwn },
  {
    name: "decay of a reader's own rule, clipped",
    rule: { name: "clipping", norm: 0.4, of: { name: "decay", rate: 0.3, of: own } },
    memory: 2,
    step: [A, B],
    plain: (now, gu, g, t) => {
      const factor = clipFactor(gu, g, 0.4);
      const decayed = combine([factor, g], [0.3, now.omega]);
      return plainOwn(now, factor * gu + 0.3 * now.u, decayed, t);
    },
  },
];

/** The start of a case: no memory yet. */
export function startOf({ memory }: RuleCase, u: number, omega: number[]): Plain {
  const nothing = () => ({ u: 0, omega: omega.map(() => 0) });
  return { u, omega, memory: Array.from({ length: memory }, nothing) };
}

/** ω back to length 1. */
export function onSphere(now: Plain): Plain {
  const length = Math.sqrt(dot(now.omega, now.omega));
  return { ...now, omega: now.omega.map((x) => x / length) };
}
