/**
 * The built-in update rules by their names, and the way from a name to a rule.
 *
 * @module
 */
import { checkKeys, checkPositive, checkString, checkWithin } from "../../check.ts";
import {
  type ChainRule,
  checkRule,
  type Combination,
  isBlind,
  type Move,
  type Pair,
  type Products,
} from "./rule.ts";

/** A rule: the name of a built-in one, the same with its parameters as JSON, or a reader's own. */
export type RuleChoice =
  | keyof typeof chainRules
  | { readonly name: "sgd" }
  | { readonly name: "momentum"; readonly beta?: number }
  | { readonly name: "decay"; readonly rate?: number; readonly of?: RuleChoice }
  | { readonly name: "clipping"; readonly norm?: number; readonly of?: RuleChoice }
  | { readonly name: "averaging"; readonly of?: RuleChoice }
  | ChainRule;

/** A built-in rule. */
export interface RuleEntry {
  /** What one step does, with its parameters and their defaults. */
  readonly what: string;
  /** Where the rule comes from. */
  readonly source: string;
  /** Names of its parameters. */
  readonly parameters: readonly string[];
}

/**
 * The built-in rules; `g` is the gradient of the batch loss in `u` and in ω, `η` the step size of
 * either. A rule with `of` works on top of another one (`"sgd"` when not given).
 *
 * @example
 * ```ts
 * import { chainRules } from "lora-dynamics/chain/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(Object.keys(chainRules), ["sgd", "momentum", "decay", "clipping", "averaging"]);
 * assertEquals(chainRules.decay.parameters, ["rate", "of"]);
 * ```
 */
export const chainRules = {
  sgd: { what: "x - eta g", source: "Robbins, Monro 1951", parameters: [] },
  momentum: {
    what: "v <- beta v + g, then x - eta v; beta = 0.9",
    source: "Polyak 1964",
    parameters: ["beta"],
  },
  decay: {
    what: "the rule of with g + rate x in place of g; rate = 0.01",
    source: "Krogh, Hertz 1992",
    parameters: ["rate", "of"],
  },
  clipping: {
    what:
      "the rule of with g min(1, norm/|g|) in place of g, |g| of u and omega together; norm = 1",
    source: "Pascanu, Mikolov, Bengio 2013",
    parameters: ["norm", "of"],
  },
  averaging: {
    what: "the rule of; the last vector of the memory is the mean of all points before this step",
    source: "Polyak, Juditsky 1992",
    parameters: ["of"],
  },
} as const satisfies Record<string, RuleEntry>;

/**
 * The rule that a choice stands for, checked at the public door of what runs it.
 *
 * @throws {RangeError} If a name is not known or a parameter out of range.
 * @throws {TypeError} If a parameter is not known or an object is no rule.
 */
export function ruleOf(what: string, choice: RuleChoice): ChainRule {
  if (typeof choice === "object" && choice !== null && "step" in choice) {
    checkRule(what, choice);
    return choice;
  }
  const options: Record<string, unknown> = typeof choice === "string" ? { name: choice } : choice;
  if (typeof options !== "object" || options === null) checkRule(what, choice as ChainRule);
  checkString(what, "rule.name", options.name);
  const name = options.name as keyof typeof chainRules;
  if (!Object.hasOwn(chainRules, name)) {
    throw new RangeError(
      `Cannot ${what} as rule must be one of ${Object.keys(chainRules).join(", ")} or an object ` +
        `with a method step: current value is ${JSON.stringify(name)} (rules that treat ` +
        `coordinates one by one, as Adam does, have no exact chain)`,
    );
  }
  checkKeys(what, options, ["name", ...chainRules[name].parameters], `rule ${name}`);
  const { beta = 0.9, rate = 0.01, norm = 1, of = "sgd" } = options as {
    beta?: number;
    rate?: number;
    norm?: number;
    of?: RuleChoice;
  };
  if (name === "sgd") return sgd;
  if (name === "momentum") {
    checkWithin(what, "rule.beta", beta, 0, 1);
    return momentum(beta);
  }
  const inner = ruleOf(what, of);
  if (name === "decay") {
    checkPositive(what, "rule.rate", rate);
    return decay(rate, inner);
  }
  if (name === "clipping") {
    checkPositive(what, "rule.norm", norm);
    return clipping(norm, inner);
  }
  if (inner.memory === 2) {
    throw new RangeError(
      `Cannot ${what} as rule.of must keep at most 1 vector when its points are averaged: ` +
        `current value is ${inner.name}, which keeps 2`,
    );
  }
  return averaging(inner);
}

/** The same for both factors, each with its step size. */
const both = ({ u, omega }: Pair<number>, f: (eta: number) => Combination) => ({
  u: f(u),
  omega: f(omega),
});

const sgd: ChainRule = {
  name: "sgd",
  memory: 0,
  sees: "step",
  step: ({ step }) => both(step, (eta) => ({ point: 1, gradient: -eta })),
};

const momentum = (beta: number): ChainRule => ({
  name: `momentum ${beta}`,
  memory: 1,
  sees: "step",
  step: ({ step }) => ({
    ...both(step, (eta) => ({ point: 1, memory: [-eta * beta], gradient: -eta })),
    memory: [both(step, () => ({ memory: [beta], gradient: 1 }))],
  }),
});

/** The rule is given `g + rate x` in place of `g`. */
const decay = (rate: number, of: ChainRule): ChainRule => ({
  name: `${of.name} with decay ${rate}`,
  memory: of.memory,
  sees: of.sees,
  step(now, gradient) {
    const given = isBlind(of) ? gradient : {
      u: withDecay(gradient.u, now.point.u, rate),
      omega: withDecay(gradient.omega, now.point.omega, rate),
    };
    return everywhere(of.step(now, given), ({ point = 0, memory, gradient = 0 }) => ({
      point: point + rate * gradient,
      memory,
      gradient,
    }));
  },
});

/** Inner products of `g + rate x`. */
function withDecay(g: Products, x: Products, rate: number): Products {
  return {
    square: g.square + 2 * rate * g.point + rate * rate * x.square,
    point: g.point + rate * x.square,
    memory: g.memory.map((product, i) => product + rate * x.memory[i]),
  };
}

/** The rule is given `factor g` in place of `g`. */
const clipping = (norm: number, of: ChainRule): ChainRule => ({
  name: `${of.name} with clipping at ${norm}`,
  memory: of.memory,
  step(now, { u, omega }) {
    const length = Math.sqrt(u.square + omega.square);
    const factor = length > norm ? norm / length : 1;
    const given = { u: shortened(u, factor), omega: shortened(omega, factor) };
    return everywhere(of.step(now, given), ({ point, memory, gradient = 0 }) => ({
      point,
      memory,
      gradient: factor * gradient,
    }));
  },
});

/** Inner products of `factor g`. */
function shortened(g: Products, factor: number): Products {
  return {
    square: factor * factor * g.square,
    point: factor * g.point,
    memory: g.memory.map((product) => factor * product),
  };
}

/** A move with every combination changed in the same way. */
function everywhere(
  { u, omega, memory = [] }: Move,
  change: (combination: Combination) => Combination,
): Move {
  return {
    u: change(u),
    omega: change(omega),
    memory: memory.map((kept) => ({ u: change(kept.u), omega: change(kept.omega) })),
  };
}

/** The mean of points 0 … t − 1 is a vector of the memory. */
const averaging = (of: ChainRule): ChainRule => ({
  name: `${of.name} with averaging`,
  memory: of.memory === 0 ? 1 : 2,
  sees: isBlind(of) ? "time" : "all",
  step(now, gradient) {
    const { u, omega, memory = [] } = of.step(now, gradient), { t } = now;
    const mean = {
      point: 1 / (t + 1),
      memory: [...Array(of.memory).fill(0), t / (t + 1)],
    };
    return { u, omega, memory: [...memory, { u: mean, omega: mean }] };
  },
});

/**
 * The rule that a name, a name with its parameters, or a reader's own value stands for.
 *
 * @throws {RangeError} If a name is not known or a parameter out of range.
 * @throws {TypeError} If a parameter is not known or an object is no rule.
 *
 * @example
 * ```ts
 * import { chainRule } from "lora-dynamics/chain/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(chainRule({ name: "momentum", beta: 0.5 }).name, "momentum 0.5");
 * ```
 */
export function chainRule(choice: RuleChoice): ChainRule {
  return ruleOf("choose an update rule", choice);
}
