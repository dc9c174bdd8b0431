/**
 * Learning-rate rules: the built-in ones by name, and a reader's own in the same place.
 *
 * @module
 */
import { checkKeys, checkPositive, show } from "../../check.ts";
import { formula } from "../../gaussian/mod.ts";

/** Sizes of an iterate `(B, A)` that a rule may look at. */
export interface Sizes {
  /** `L`, the smoothness of the loss. */
  readonly smoothness: number;
  /** Value of the loss. */
  readonly loss: number;
  /** `‖V‖² = ‖A‖² + ‖B‖²`. */
  readonly v2: number;
  /** `√(‖A‖² + ‖B‖²)` in operator norms. */
  readonly vop: number;
  /** `‖G‖`, Frobenius norm of the gradient in the update `X`. */
  readonly g: number;
  /** `γ = ‖G‖` in the operator norm. */
  readonly gamma: number;
  /** `‖∇J(V)‖`, norm of the gradient in the adapters. */
  readonly gradient: number;
}

/** Learning rate of step `t`, which counts from 0, at an iterate. */
export type Rule = (sizes: Sizes, t: number) => number;

/** A learning-rate rule with what is to be said of it. */
export interface RateRule {
  /** Name, with its parameter. */
  readonly name: string;
  /** What it does, in a formula. */
  readonly words: string;
  /** Where it comes from. */
  readonly source: string;
  /** Whether every step lowers the loss of an `L`-smooth function for certain. */
  readonly certified: boolean;
  /** The learning rate. */
  readonly rate: Rule;
}

/** Constant of the paper's rule, `c = 4√2`. */
export const PAPER_CONSTANT: number = 4 * Math.SQRT2;

/** Smallest `L` for which the paper's Lemma 3.4 holds, `1/(6√2)`; ours. */
export const LEAST_SMOOTHNESS: number = 1 / (6 * Math.SQRT2);

/**
 * Checks that `L` is in the range of the statements about the paper's rule.
 *
 * @throws {RangeError} If it is not a number `≥ 1/(6√2)`.
 */
export function checkSmoothness(what: string, smoothness: number): void {
  checkPositive(what, "smoothness", smoothness);
  if (smoothness >= LEAST_SMOOTHNESS) return;
  throw new RangeError(
    `Cannot ${what} as smoothness must be >= 1/(6√2) = ${LEAST_SMOOTHNESS}, below which the statement ` +
      `fails; an L-smooth loss is L'-smooth for any larger L': current value is ${smoothness}`,
  );
}

/** Largest `κ` with `x(1 + y/2)² + y ≤ 1` whenever `x + y ≤ κ`; `kappaStar()` derives it. */
export const SIMPLE_CONSTANT = 0.8161123671775559;

/** Largest `η` with `½Lη(v_op + ½η‖∇J‖)² + ½ηγ ≤ ½`: the left side grows, so bisect from below. */
function largestCertified({ smoothness, vop, gamma, gradient }: Sizes): number {
  const excess = (eta: number) =>
    smoothness * eta * (vop + 0.5 * eta * gradient) ** 2 + eta * gamma - 1;
  let low = 0, high = 1 / (smoothness * vop * vop + gamma); // excess(high) ≥ 0 already
  if (!(high < Infinity)) return Infinity;
  for (let turn = 0; turn < 60 && high - low > 1e-16 * high; turn++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) high = middle;
    else low = middle;
  }
  return low;
}

/**
 * The paper's rule for a size of the adapter, `‖V‖²` as printed, and `‖G‖`: `min{1/(4√2 L(size + g)), 1}`.
 *
 * @param smoothness `L`.
 * @param size `‖V‖²`, or what stands in its place.
 * @param g `‖G‖`.
 */
export function paperRate(smoothness: number, size: number, g: number): number {
  return Math.min(1 / (PAPER_CONSTANT * smoothness * (size + g)), 1);
}

const PAPER = "the paper, Lemma 3.4", EXPERIMENTS = "the paper's experiments", OURS = "ours";

/** A built-in rule before its parameter is known. */
interface Entry extends Omit<RateRule, "name" | "rate"> {
  /** Whether it has a parameter `alpha`. */
  readonly alpha: boolean;
  rate(alpha: number): Rule;
}

/** Name of a built-in rule. */
export type RuleName =
  | "paper"
  | "printed"
  | "simple"
  | "cubic"
  | "const"
  | "adapt"
  | "adapt2"
  | "norm";

const BUILT_IN: Readonly<Record<RuleName, Entry>> = {
  paper: {
    ...{ words: "min{1/(4√2 L(‖V‖² + ‖G‖)), 1}, L ≥ 1/(6√2)", source: PAPER, certified: true },
    alpha: false,
    rate: () => ({ smoothness, v2, g }) => paperRate(Math.max(smoothness, LEAST_SMOOTHNESS), v2, g),
  },
  printed: {
    ...{ words: "min{1/(4√2 L(‖V‖² + ‖G‖)), 1}, any L", source: PAPER, certified: false },
    alpha: false,
    rate: () => ({ smoothness, v2, g }) => paperRate(smoothness, v2, g),
  },
  simple: {
    ...{ words: "κ⋆/(L‖V‖² + ‖G‖_op)", source: OURS, certified: true, alpha: false },
    rate: () => ({ smoothness, v2, gamma }) => SIMPLE_CONSTANT / (smoothness * v2 + gamma),
  },
  cubic: {
    ...{ words: "the largest step that the sharp lemma certifies", source: OURS, certified: true },
    alpha: false,
    rate: () => largestCertified,
  },
  const: {
    ...{ words: "α", source: "classical", certified: false, alpha: true },
    rate: (alpha) => () => alpha,
  },
  adapt: {
    ...{ words: "min{α/(‖V‖² + ‖G‖), 1}", source: EXPERIMENTS, certified: false, alpha: true },
    rate: (alpha) => ({ v2, g }) => Math.min(alpha / (v2 + g), 1),
  },
  adapt2: {
    ...{ words: "min{α/(‖V‖² + √loss), 1}", source: EXPERIMENTS, certified: false, alpha: true },
    rate: (alpha) => ({ v2, loss }) => Math.min(alpha / (v2 + Math.sqrt(Math.max(loss, 0))), 1),
  },
  norm: {
    ...{ words: "min{α/‖∇J‖^½, 1}", source: EXPERIMENTS, certified: false, alpha: true },
    rate: (alpha) => ({ gradient }) => gradient > 0 ? Math.min(alpha / Math.sqrt(gradient), 1) : 1,
  },
};

/** Names of the built-in rules, the certified ones of every `L` first. */
export const ruleNames: readonly RuleName[] = Object.keys(BUILT_IN) as RuleName[];

/**
 * A learning rate: a built-in rule by name, one with its `alpha`, a number (`const`), an expression in the
 * number `t` of the step, such as `"0.1 / sqrt(1 + t)"`, a function of sizes and `t`, or one with a
 * name, `{ name, rate }`.
 */
export type RuleLike =
  | RuleName
  | { readonly name: RuleName; readonly alpha?: number }
  | number
  | string
  | Rule
  | (Pick<RateRule, "name" | "rate"> & Partial<RateRule>);

/** Name of a rule with its parameter, as captions print it. */
function named(name: RuleName, alpha: number): string {
  return BUILT_IN[name].alpha ? `${name} ${alpha}` : name;
}

function builtIn(what: string, name: RuleName, alpha: number): RateRule {
  const { rate, alpha: needed, ...rest } = BUILT_IN[name];
  if (needed) checkPositive(what, `alpha of ${name}`, alpha);
  return { name: named(name, alpha), ...rest, rate: rate(alpha) };
}

/**
 * The learning-rate rule that a value stands for.
 *
 * - `paper`: `min{1/(4√2 L(‖V‖² + ‖G‖)), 1}` (the paper's Lemma 3.4), with `L` raised to `1/(6√2)`, below
 *   which the lemma fails (our finding); `printed`: with `L` as it is.
 * - `simple`: `κ⋆/(L‖V‖² + ‖G‖_op)`, certified for every `L > 0` (ours). Not capped.
 * - `cubic`: the largest step that the sharp lemma certifies (ours). Not capped.
 * - `const`: `α`; a bare number is the same.
 * - `adapt`: `min{α/(‖V‖² + ‖G‖), 1}`; `adapt2`: `√loss` in place of `‖G‖`; `norm`:
 *   `min{α/‖∇J‖^½, 1}` (the paper's experiments).
 *
 * @throws {RangeError} If the name is not known (the list is shown) or `alpha` is not a finite number > 0.
 * @throws {SyntaxError} If an expression cannot be read.
 * @throws {TypeError} If it is no rule.
 *
 * @example
 * ```ts
 * import { rateRule } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const sizes = { smoothness: 1, loss: 1, v2: 2, vop: 1.4, g: 1, gamma: 1, gradient: 1 };
 * assertAlmostEquals(rateRule("paper").rate(sizes, 0), 1 / (4 * Math.SQRT2 * 3));
 * assertAlmostEquals(rateRule({ name: "adapt", alpha: 0.6 }).rate(sizes, 0), 0.2);
 * assertAlmostEquals(rateRule("0.1 / sqrt(1 + t)").rate(sizes, 3), 0.05);
 * assertAlmostEquals(rateRule(({ v2 }) => 1 / v2).rate(sizes, 0), 0.5);
 * ```
 */
export function rateRule(like: RuleLike): RateRule {
  const what = "choose a learning-rate rule", own = { source: "yours", certified: false };
  const wanted =
    `one of ${ruleNames.join(", ")}, { name, alpha }, a number, an expression in t, or a ` +
    "function of sizes and t";
  if (typeof like === "number") {
    checkPositive(what, "the rate", like);
    return builtIn(what, "const", like);
  }
  if (typeof like === "function") {
    return { name: like.name || "your rule", words: "your function", ...own, rate: like };
  }
  if (typeof like === "string") {
    if (Object.hasOwn(BUILT_IN, like)) return builtIn(what, like as RuleName, NaN);
    if (/^\w+$/.test(like) && like !== "t") {
      throw new RangeError(
        `Cannot ${what} as it must be ${wanted}: current value is ${show(like)}`,
      );
    }
    const at = formula(like, "t");
    return { name: like, words: like, ...own, rate: (_, t) => at(t) };
  }
  if (typeof like !== "object" || like === null) {
    throw new TypeError(`Cannot ${what} as it must be ${wanted}: current value is ${show(like)}`);
  }
  if ("rate" in like) {
    checkKeys(what, like, ["name", "words", "source", "certified", "rate"], "the rule");
    if (typeof like.rate === "function") return { ...own, ...like, words: like.words ?? like.name };
    throw new TypeError(
      `Cannot ${what} as rule.rate must be a function: current value is ${show(like.rate)}`,
    );
  }
  checkKeys(what, like, ["name", "alpha"], "the rule");
  if (!Object.hasOwn(BUILT_IN, like.name)) {
    throw new RangeError(
      `Cannot ${what} as it must be ${wanted}: current value is ${show(like.name)}`,
    );
  }
  if (like.alpha !== undefined && !BUILT_IN[like.name].alpha) {
    throw new RangeError(
      `Cannot ${what} as alpha must be left out for ${like.name}, which has none: current value is ${like.alpha}`,
    );
  }
  return builtIn(what, like.name, like.alpha ?? NaN);
}
