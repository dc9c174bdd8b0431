/** Chain and direct SGD have one law for every loss, label noise and radius; what is broken is found. */
import {
  type ChainState,
  DirectSgd,
  type Draws,
  type LawDraws,
  RankOneChain,
  SingleIndexChain,
  type SingleIndexModel,
} from "lora-dynamics/chain/mod.ts";
import { SampledLaw } from "lora-dynamics/chain/law/sampled.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { assertOneLaw, assertOtherLaw, type Sample } from "../_law.ts";

const RUNS = 3000, TIMES = [1, 5];

function sampleChain(model: SingleIndexModel, rng: Draws): Sample {
  return sampleOf(new SingleIndexChain(model, RUNS, rng, { u: 0.6 }));
}

function sampleOf(chain: RankOneChain): Sample {
  const sample: Sample = {};
  for (const at of TIMES) {
    chain.run(at - chain.steps);
    const { u, a, h, p } = chain.state;
    sample[`u ${at}`] = [...u];
    sample[`h ${at}`] = [...h];
    sample[`h^2 ${at}`] = Array.from(h, (x) => x * x);
    sample[`u m ${at}`] = Array.from(u, (x, c) => x * a[c * p]);
    for (let j = 0; j < p; j++) sample[`a${j} ${at}`] = Array.from(u, (_, c) => a[c * p + j]);
  }
  return sample;
}

function sampleDirect(model: SingleIndexModel): Sample {
  const sample: Sample = {}, rng = stream("7", "direct");
  for (let run = 0; run < RUNS; run++) {
    const sgd = new DirectSgd(model, rng.stream(run), 0.6);
    const keep = (name: string, x: number) => (sample[`${name} ${sgd.steps}`] ??= []).push(x);
    for (const at of TIMES) {
      sgd.run(at - sgd.steps);
      keep("u", sgd.u);
      keep("h", sgd.h);
      keep("h^2", sgd.h ** 2);
      keep("u m", sgd.u * sgd.omega[0]);
      model.frozen.forEach((_, j) => keep(`a${j}`, sgd.omega[j]));
    }
  }
  return sample;
}

const MODEL: SingleIndexModel = { student: "erf", d: 12, frozen: [0.6, 0.4], batch: 3, step: 1 };
const BOLD = { name: "bold", radius: (rng: LawDraws) => 0.3 + 2 * rng.uniform() ** 2 };

const HEAVY = { name: "mixture", share: 0.2, ratio: 5 };

/** Few dimensions and gradients `±x`, so that lengths matter. */
const BALL: Partial<SingleIndexModel> = {
  inputs: "sphere",
  d: 3,
  frozen: [0.6],
  student: "x",
  loss: "absolute",
  step: [0.2, 4],
  batch: 2,
  sphere: false,
};

/** What is compared, and what the same runs are not: another law of the same variance. */
const CASES: [string, Partial<SingleIndexModel>, Partial<SingleIndexModel>][] = [
  ["absolute", { loss: "absolute" }, { loss: "square" }],
  ["huber, one sample", { loss: { name: "huber", delta: 0.2 }, batch: 1 }, { loss: "huber" }],
  ["an expression, free", { loss: "abs(p - y)^1.5", sphere: false }, { loss: "square" }],
  ["logistic", { loss: "logistic", teacher: "tanh(4 z)", step: 3 }, { loss: "hinge" }],
  ["signs, one sample", {
    noiseLaw: "signs",
    noise: 1,
    batch: 1,
    step: 2,
    loss: { name: "huber", delta: 0.5 },
  }, { noiseLaw: { name: "student t", degrees: 2.1 } }],
  ["laplace", { noiseLaw: "laplace", noise: 4, loss: "absolute" }, { noiseLaw: "signs" }],
  ["uniform, free", {
    noiseLaw: "uniform",
    noise: 1,
    loss: "log-cosh",
    sphere: false,
  }, { noiseLaw: { name: "student t", degrees: 2.1 } }],
  ["t noise", { noiseLaw: { name: "student t", degrees: 3 }, noise: 4, loss: "absolute" }, {
    noiseLaw: "signs",
  }],
  ["t inputs", { inputs: { name: "student t", degrees: 3 }, step: 3 }, { inputs: "normal" }],
  ["a mixture, free", { inputs: HEAVY, sphere: false }, { inputs: "normal" }],
  ["a mixture, one sample", { inputs: HEAVY, batch: 1, step: 3 }, { inputs: "normal" }],
  ["a reader's radius, all at once", {
    inputs: BOLD,
    loss: { name: "steep", slope: "(p - y) * exp(-(p - y)^2)" },
    noiseLaw: { name: "skew", draw: (rng) => (rng.chiSquare(3) - 3) / Math.sqrt(6) },
    noise: 0.3,
    step: [2, 1.5],
  }, { noise: 0 }],
  ["on the sphere", { ...BALL, d: 5, batch: 3 }, { inputs: HEAVY }],
  ["on the sphere, d = p + 1", { ...BALL, d: 2 }, { inputs: "normal" }],
  ["on the sphere, one sample", { ...BALL, batch: 1, d: 5 }, { inputs: "normal" }],
  ["in a shell, clipped momentum", {
    ...BALL,
    d: 5,
    inputs: { name: "shell", length: (rng, d) => Math.sqrt(d) * (0.9 + 0.2 * rng.uniform()) },
    rule: { name: "clipping", norm: 2, of: "momentum" },
  }, { inputs: HEAVY }],
  ["a radius under momentum", { inputs: HEAVY, rule: "momentum" }, { rule: "sgd" }],
];

for (const [name, change, wrong] of CASES) {
  Deno.test(`SingleIndexChain has the law of DirectSgd (${RUNS} runs each): ${name}`, () => {
    const model = { ...MODEL, ...change }, rng = stream("7", "chain", name);
    const direct = sampleDirect(model);
    assertOneLaw(sampleChain(model, rng), direct, name);
    assertOtherLaw(sampleChain({ ...model, ...wrong }, rng), direct, `control: ${name}`);
  });
}

/** One sample a step: the radius in the variance outside frame and omega is forgotten. */
class Forgetful extends SampledLaw {
  override draw(state: ChainState, first: number, count: number): void {
    super.draw(state, first, count);
    this.sums.square.fill(1);
  }
}

Deno.test("control: a remainder without the squared radius is found out", () => {
  const choice = { ...MODEL, inputs: HEAVY, batch: 1, step: 3 };
  const direct = sampleDirect(choice), start = { u: 0.6 };
  const sample = (Law: typeof SampledLaw) => {
    const rng = stream("7", "forgetful");
    const { model } = new SingleIndexChain(choice, 1, rng, start);
    const law = () => new Law(model, RUNS, rng);
    return sampleOf(new RankOneChain("run", model, RUNS, rng, start, law));
  };
  assertOneLaw(sample(SampledLaw), direct, "right");
  assertOtherLaw(sample(Forgetful), direct, "wrong");
});

Deno.test("control: on the sphere the rest of an input is not independent of the seen part", () => {
  const model = { ...MODEL, ...BALL };
  const wrong = {
    name: "rest of its own",
    radius: (rng: LawDraws) => Math.sqrt(3 / rng.chiSquare(3)),
  };
  const rng = stream("7", "rest");
  assertOtherLaw(sampleChain({ ...model, inputs: wrong }, rng), sampleDirect(model), "wrong");
});
