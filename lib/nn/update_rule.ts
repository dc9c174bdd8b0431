/**
 * Update rules on flat arrays: gradient descent and its relatives by name, and a reader's own.
 *
 * @module
 */
import {
  checkKeys,
  checkMethods,
  checkNonNegative,
  checkString,
  checkWithin,
  show,
} from "../check.ts";
import { addScaled } from "../linalg/mod.ts";

/**
 * One step: moves `values` by the present gradient with step size `eta`; `t` counts from 1. Both arrays
 * are a `Float32Array` where a network is in single precision.
 */
export type Update = (
  values: Float64Array,
  gradient: Float64Array,
  eta: number,
  t: number,
) => void;

/** How values follow their gradient. */
export interface UpdateRule {
  /** Short name, for captions. */
  readonly name: string;
  /** Makes the update of one array of parameters, with whatever it remembers. */
  readonly begin: (length: number) => Update;
}

/** Names of the built-in rules. */
export type UpdateRuleName = "gd" | "momentum" | "adam";

/** A rule by its name, or a reader's own. */
export type UpdateRuleLike = UpdateRuleName | UpdateRule;

/** Constants of the built-in rules. */
export interface UpdateConstants {
  /** Weight `μ` of the last step in `momentum`, in [0, 1]; default 0.9. */
  readonly momentum?: number;
  /** Decay of Adam's mean gradient, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** Decay of Adam's mean square, in [0, 1); default 0.999. */
  readonly beta2?: number;
  /** Adam's `ε ≥ 0`; default 1e-8. */
  readonly epsilon?: number;
  /** Decoupled weight decay of Adam (AdamW) `≥ 0`; default 0. */
  readonly weightDecay?: number;
}

/** `θ ← θ − ηg`. */
const plain: UpdateRule = {
  name: "gradient descent",
  begin: () => (values, gradient, eta) => {
    const row = (data: Float64Array) => ({ rows: 1, columns: data.length, data });
    addScaled(row(values), -eta, row(gradient));
  },
};

/** `v ← μv + g`, `θ ← θ − ηv`. */
function heavyBall(momentum: number): UpdateRule {
  return {
    name: `momentum ${momentum}`,
    begin: (length) => {
      const v = new Float64Array(length);
      return (values, gradient, eta) => {
        for (let i = 0; i < length; i++) {
          v[i] = momentum * v[i] + gradient[i];
          values[i] -= eta * v[i];
        }
      };
    },
  };
}

function adam(b1: number, b2: number, epsilon: number, decay: number): UpdateRule {
  return {
    name: decay > 0 ? `AdamW, decay ${decay}` : "Adam",
    begin: (length) => {
      const mean = new Float64Array(length), square = new Float64Array(length);
      return (values, gradient, eta, t) => {
        const c1 = 1 - Math.pow(b1, t), c2 = 1 - Math.pow(b2, t), keep = 1 - eta * decay;
        for (let i = 0; i < length; i++) {
          mean[i] = b1 * mean[i] + (1 - b1) * gradient[i];
          square[i] = b2 * square[i] + (1 - b2) * gradient[i] * gradient[i];
          values[i] = keep * values[i] -
            eta * (mean[i] / c1) / (Math.sqrt(square[i] / c2) + epsilon);
        }
      };
    },
  };
}

/** A decay below 1: at 1 the corrected means would be 0/0. */
function checkDecay(what: string, name: string, value: number): void {
  if (typeof value === "number" && value >= 0 && value < 1) return;
  throw new RangeError(
    `Cannot ${what} as ${name} must lie in [0, 1): current value is ${show(value)}`,
  );
}

/**
 * An update rule by name, or a reader's own.
 *
 * Law, with gradient `g`: `gd`: `θ ← θ − ηg`. `momentum` (heavy ball): `v ← μv + g`, `θ ← θ − ηv`.
 * `adam`: `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `θ ← θ(1 − ηλ) − ηm̂/(√v̂ + ε)`,
 * `m̂ = m/(1−β₁ᵗ)`, `v̂ = v/(1−β₂ᵗ)`.
 * Source: Polyak 1964; Kingma and Ba 2015; Loshchilov and Hutter 2019.
 *
 * @param rule A name, or `{ name, begin }`; see {@linkcode UpdateRule}. Its update changes the values in
 * place and returns nothing.
 * @param constants Those of the built-in rule; each has its usual value.
 * @throws {RangeError} If the name is not known (the list is shown), or a constant is out of range.
 * @throws {TypeError} If a part of an own rule is missing.
 *
 * @example A rule of one's own: the sign of the gradient.
 * ```ts
 * import { updateRule } from "lora-dynamics/nn/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const signs = updateRule({
 *   name: "sign descent",
 *   begin: () => (x, g, eta) => g.forEach((slope, i) => x[i] -= eta * Math.sign(slope)),
 * });
 * const x = Float64Array.of(1, 1);
 * signs.begin(2)(x, Float64Array.of(3, -7), 0.5, 1);
 * assertEquals(x, Float64Array.of(0.5, 1.5));
 * ```
 */
export function updateRule(rule: UpdateRuleLike, constants: UpdateConstants = {}): UpdateRule {
  const what = "make an update rule", known = ["gd", "momentum", "adam"];
  checkKeys(what, constants, ["momentum", "beta1", "beta2", "epsilon", "weightDecay"], "constants");
  const { momentum = 0.9, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = constants;
  checkWithin(what, "momentum", momentum, 0, 1);
  checkDecay(what, "beta1", beta1);
  checkDecay(what, "beta2", beta2);
  checkNonNegative(what, "epsilon", epsilon);
  checkNonNegative(what, "weightDecay", weightDecay);
  if (rule === "gd") return plain;
  if (rule === "momentum") return heavyBall(momentum);
  if (rule === "adam") return adam(beta1, beta2, epsilon, weightDecay);
  const wanted = `one of ${known.join(", ")}, or { name, begin }`;
  if (typeof rule === "string") {
    throw new RangeError(
      `Cannot ${what} as rule must be ${wanted}: current value is ${show(rule)}`,
    );
  }
  checkMethods(what, "rule", rule, wanted, ["begin"]);
  checkKeys(what, rule, ["name", "begin"], "the rule");
  checkString(what, "name of the rule", rule.name);
  return { name: rule.name, begin: (length) => checkedUpdate(rule, length) };
}

/** The update of a reader's own rule, whose mistakes would be lost, or be named by another cause. */
function checkedUpdate(rule: UpdateRule, length: number): Update {
  const update = rule.begin(length), what = `follow the rule ${show(rule.name)}`;
  if (typeof update !== "function") {
    throw new TypeError(
      `Cannot ${what} as its begin must return a function (values, gradient, eta, t): current value is ` +
        show(update),
    );
  }
  return (values, gradient, eta, t) => {
    const returned: unknown = update(values, gradient, eta, t);
    if (returned === undefined) return;
    throw new TypeError(
      `Cannot ${what} as its update must change the values in place and return nothing: current value is ` +
        (ArrayBuffer.isView(returned) ? `a ${returned.constructor.name}` : show(returned)),
    );
  };
}
