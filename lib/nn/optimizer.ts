import { checkFinite, checkNonNegative, checkOneOf, checkWithin } from "../check.ts";
import { addScaled } from "../linalg/mod.ts";
import type { Network } from "./network.ts";
import type { Parameter } from "./parameter.ts";

/** Update rule; see {@link optimizer}. */
export type OptimizerName = "adam" | "gd" | "momentum" | "sgd";

const names: readonly OptimizerName[] = ["adam", "gd", "momentum", "sgd"];

/** How steps are made. */
export interface OptimizerOptions {
  /** Step size `η`, finite. */
  readonly learningRate: number;
  /** Update rule; default `"sgd"`. `"gd"` is the same rule, on all examples. */
  readonly method?: OptimizerName;
  /** Weight `μ` of the last step in `momentum`, in [0, 1]; default 0.9. */
  readonly momentum?: number;
  /** Decay of Adam's mean gradient, in [0, 1]; default 0.9. */
  readonly beta1?: number;
  /** Decay of Adam's mean square, in [0, 1]; default 0.999. */
  readonly beta2?: number;
  /** Adam's `ε ≥ 0`; default 1e-8. */
  readonly epsilon?: number;
  /** Decoupled weight decay of Adam (AdamW) `≥ 0`; default 0. */
  readonly weightDecay?: number;
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

/** Update of one parameter; `t` counts from 1. */
type Rule = (eta: number, t: number) => void;

/**
 * The steps of gradient descent and its relatives on the trained parameters of a network.
 *
 * Law, with gradient `g`: `sgd` and `gd`: `θ ← θ − η g`. `momentum`: `v ← μ v + g`, `θ ← θ − η v`.
 * `adam`: `m ← β₁ m + (1−β₁) g`, `v ← β₂ v + (1−β₂) g²`,
 * `θ ← θ (1 − η λ) − η m̂/(√v̂ + ε)`, `m̂ = m/(1−β₁ᵗ)`, `v̂ = v/(1−β₂ᵗ)`. Each parameter has `η` times
 * its rate: LoRA+ is the rate 16 of the factors B.
 * Scale: time is steps times `η` for `sgd`. All gradients are from before the step.
 * Source: Polyak 1964; Kingma and Ba 2015; Loshchilov and Hutter 2019; Hayou et al. 2024 (rates).
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
export function optimizer(network: Network, options: OptimizerOptions): Optimizer {
  const what = "make an optimizer";
  const { learningRate, method = "sgd", momentum = 0.9, beta1 = 0.9, beta2 = 0.999 } = options;
  const { epsilon = 1e-8, weightDecay = 0 } = options;
  const rates: Readonly<Record<string, number>> = options.rates ?? network.rates;
  checkFinite(what, "learningRate", learningRate);
  checkOneOf(what, "method", method, names);
  checkWithin(what, "momentum", momentum, 0, 1);
  checkWithin(what, "beta1", beta1, 0, 1);
  checkWithin(what, "beta2", beta2, 0, 1);
  checkNonNegative(what, "epsilon", epsilon);
  checkNonNegative(what, "weightDecay", weightDecay);
  const trained = Object.values(network.parameters).filter((p) => p.gradient);
  checkRates(what, rates, trained);
  const rules = trained.map((p) => {
    const rate = rates[p.name] ?? rates[p.role] ?? 1;
    const rule = method === "adam"
      ? adam(p, beta1, beta2, epsilon, weightDecay)
      : method === "momentum"
      ? heavyBall(p, momentum)
      : plain(p);
    return { rate, rule };
  });
  let steps = 0;
  return {
    get steps() {
      return steps;
    },
    step(eta = learningRate) {
      checkFinite("make a step", "learningRate", eta);
      steps++;
      for (const { rate, rule } of rules) if (rate !== 0) rule(eta * rate, steps);
    },
  };
}

function checkRates(
  what: string,
  rates: Readonly<Record<string, number>>,
  trained: readonly Parameter[],
): void {
  const known = [...new Set(trained.map((p) => p.role)), ...trained.map((p) => p.name)];
  for (const [name, rate] of Object.entries(rates)) {
    checkOneOf(what, "a name in rates", name, known);
    checkNonNegative(what, `rates["${name}"]`, rate);
  }
}

function plain({ value, gradient }: Parameter): Rule {
  return (eta) => {
    addScaled(value, -eta, gradient!);
  };
}

function heavyBall({ value, gradient }: Parameter, momentum: number): Rule {
  const x = value.data, g = gradient!.data, v = new Float64Array(x.length);
  return (eta) => {
    for (let i = 0; i < x.length; i++) {
      v[i] = momentum * v[i] + g[i];
      x[i] -= eta * v[i];
    }
  };
}

function adam(p: Parameter, b1: number, b2: number, epsilon: number, decay: number): Rule {
  const x = p.value.data, g = p.gradient!.data;
  const mean = new Float64Array(x.length), square = new Float64Array(x.length);
  return (eta, t) => {
    const c1 = 1 - Math.pow(b1, t), c2 = 1 - Math.pow(b2, t), keep = 1 - eta * decay;
    for (let i = 0; i < x.length; i++) {
      mean[i] = b1 * mean[i] + (1 - b1) * g[i];
      square[i] = b2 * square[i] + (1 - b2) * g[i] * g[i];
      x[i] = keep * x[i] - eta * (mean[i] / c1) / (Math.sqrt(square[i] / c2) + epsilon);
    }
  };
}
