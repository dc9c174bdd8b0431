import { checkFinite, checkNonNegative, checkOneOf } from "../check.ts";
import type { Floats } from "../linalg/mod.ts";
import type { Network } from "./network.ts";
import type { Parameter } from "./parameter.ts";
import { type UpdateConstants, type UpdateRule, updateRule } from "./update_rule.ts";

/** Names of the update rules of {@linkcode optimizer}; `"sgd"` and `"gd"` are the same. */
export type OptimizerName = "adam" | "gd" | "momentum" | "sgd";

const names: readonly OptimizerName[] = ["adam", "gd", "momentum", "sgd"];

/** How steps are made; the constants are those of `updateRule`. */
export interface OptimizerOptions extends UpdateConstants {
  /** Step size `η`, finite. */
  readonly learningRate: number;
  /** Update rule: a name, or a reader's own; default `"sgd"`. `"gd"` is the same, on all examples. */
  readonly method?: OptimizerName | UpdateRule;
  /**
   * Step sizes relative to `η`, by parameter name or else by role: `{ B: 16 }`, `{ "layer1.A": 0 }`.
   * Default: the network's own `rates`.
   */
  readonly rates?: Readonly<Record<string, number>>;
}

/** Makes the steps of one network. */
export interface Optimizer {
  /** Number of steps made. */
  readonly steps: number;
  /** Moves all trained parameters along the present gradient; `η` is that of the options, or this. */
  step(learningRate?: number): void;
}

/**
 * The steps of gradient descent and its relatives on the trained parameters of a network.
 *
 * Law: that of `updateRule` on each parameter, with `η` times its rate: LoRA+ is the rate 16 of the
 * factors B.
 * Scale: time is steps times `η` for `sgd`. All gradients are from before the step.
 * Source: Hayou et al. 2024 (rates).
 *
 * @throws {RangeError} If a number is out of range, or a name is unknown (the known are listed).
 *
 * @example
 * ```ts
 * import { optimizer, softmaxRegression } from "lora-dynamics/nn/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const network = softmaxRegression({ inputs: 1, classes: 2 });
 * const data = { count: 1, x: Float64Array.of(1), label: [0] };
 * const sgd = optimizer(network, { learningRate: 0.1 });
 * network.lossAndGradient(data);
 * sgd.step();
 * assertAlmostEquals(network.values[0], 0.05, 1e-15);
 * ```
 */
export function optimizer(network: Network<Floats>, options: OptimizerOptions): Optimizer {
  const what = "make an optimizer";
  const { learningRate, method = "sgd", rates: given, ...constants } = options;
  const rates: Readonly<Record<string, number>> = given ?? network.rates;
  checkFinite(what, "learningRate", learningRate);
  if (typeof method === "string") checkOneOf(what, "method", method, names);
  const rule = updateRule(method === "sgd" ? "gd" : method, constants);
  const trained = Object.values(network.parameters).filter((p) => p.gradient);
  checkRates(what, rates, trained);
  const rules = trained.map(({ name, role, value, gradient }) => {
    const update = rule.begin(value.data.length), rate = rates[name] ?? rates[role] ?? 1;
    // Rules read and write numbers; their type names the arrays that almost all networks have.
    const values = value.data as Float64Array, slopes = gradient!.data as Float64Array;
    return { rate, step: (eta: number) => update(values, slopes, eta, steps) };
  });
  let steps = 0;
  return {
    get steps() {
      return steps;
    },
    step(eta = learningRate) {
      checkFinite("make a step", "learningRate", eta);
      steps++;
      for (const { rate, step } of rules) if (rate !== 0) step(eta * rate);
    },
  };
}

function checkRates(
  what: string,
  rates: Readonly<Record<string, number>>,
  trained: readonly Parameter<Floats>[],
): void {
  const known = [...new Set(trained.map((p) => p.role)), ...trained.map((p) => p.name)];
  for (const [name, rate] of Object.entries(rates)) {
    checkOneOf(what, "a name in rates", name, known);
    checkNonNegative(what, `rates["${name}"]`, rate);
  }
}
