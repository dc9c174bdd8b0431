/**
 * What an update rule of a chain is: a value that turns inner products into a move.
 *
 * @module
 */
import { checkInteger, checkMethods, checkOneOf, checkString } from "../../check.ts";

/** One thing for the left factor (`u`, or `U` of a committee) and one for ω (the rows of `V`). */
export interface Pair<T> {
  /** Of the left factor. */
  readonly u: T;
  /** Of the direction ω. */
  readonly omega: T;
}

/** Inner products of one vector with all that a rule may combine. */
export interface Products {
  /** With itself. */
  readonly square: number;
  /** With the point, `u` or ω. */
  readonly point: number;
  /** With each vector of the memory. */
  readonly memory: readonly number[];
}

/** What a rule knows before it moves, beside the gradient. */
export interface Now {
  /** Steps made so far. */
  readonly t: number;
  /** The step sizes of this step, as the model's schedule gives them. */
  readonly step: Pair<number>;
  /** The point. */
  readonly point: Pair<Products>;
  /** The memory, in its order. */
  readonly memory: readonly Pair<Products>[];
}

/** A new vector as a combination of the old ones and the gradient; what is not given counts 0. */
export interface Combination {
  /** Share of the old point. */
  readonly point?: number;
  /** Shares of the old memory. */
  readonly memory?: readonly number[];
  /** Share of the gradient of the batch loss. */
  readonly gradient?: number;
}

/** The new point, and one new pair for each vector of the memory. */
export interface Move extends Pair<Combination> {
  /** New memory; may be left out by a rule that has none. */
  readonly memory?: readonly Pair<Combination>[];
}

/**
 * An update rule that keeps the chain exact: new vectors are combinations of the point, the memory
 * and the gradient, with coefficients made from their inner products and the step's number.
 *
 * The law of these inner products is known for every `d`, so the chain of such a rule is exact, and
 * direct SGD runs the same object on real vectors. A rule that treats coordinates one by one (Adam,
 * RMSProp, the sign of the gradient, clipping entry by entry) cannot be written: its move depends
 * on the axes, which the overlaps do not know. On the sphere ω has length 1 again after every move;
 * the memory is left as the rule makes it, and starts at 0.
 *
 * @example SGD whose step falls when the gradient is long.
 * ```ts
 * import { type ChainRule, SingleIndexChain } from "lora-dynamics/chain/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const careful: ChainRule = {
 *   name: "careful SGD",
 *   memory: 0,
 *   step({ step }, { u, omega }) {
 *     const shrink = 1 / (1 + u.square + omega.square);
 *     return {
 *       u: { point: 1, gradient: -step.u * shrink },
 *       omega: { point: 1, gradient: -step.omega * shrink },
 *     };
 *   },
 * };
 * const model = { student: activation("erf"), d: 1000, frozen: [0.5], batch: 500, step: 0.2 };
 * const chain = new SingleIndexChain({ ...model, rule: careful }, 4, stream("7", "example"));
 * chain.run(10);
 * assert(chain.state.u.every(Number.isFinite));
 * ```
 */
export interface ChainRule {
  /** Name, for captions and messages. */
  readonly name: string;
  /** Number of vectors kept beside ω, each with its number (or matrix) beside `u`. */
  readonly memory: 0 | 1 | 2;
  /**
   * What the move depends on: the step sizes alone, the number of the step too, or all that there is
   * (when not given). Less is faster, since one call serves all copies; a rule that says less may not
   * look at more.
   */
  readonly sees?: "step" | "time" | "all";
  /** The move, from the state and the gradient at it. */
  step(now: Now, gradient: Pair<Products>): Move;
}

/** Whether a rule promises not to look at inner products. */
export const isBlind = ({ sees = "all" }: ChainRule): boolean => sees !== "all";

/** Checks a reader's rule at the public door. */
export function checkRule(what: string, rule: ChainRule): void {
  checkMethods(what, "rule", rule, "a rule with a method step(now, gradient)", ["step"]);
  checkString(what, "rule.name", rule.name);
  checkInteger(what, "rule.memory", rule.memory, 0, 2);
  checkOneOf(what, "rule.sees", rule.sees ?? "all", ["step", "time", "all"]);
}
