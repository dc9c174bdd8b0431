/**
 * Optimisers of the two factors: gradient descent, preconditioned, Adam, momentum, and a reader's own.
 *
 * @module
 */
import { checkKeys, checkMethods, checkNonNegative, checkString, show } from "../../../../check.ts";
import {
  add,
  addScaled,
  identity,
  type Matrix,
  multiplyNT,
  multiplyTN,
  solvePositive,
  solvePositiveRight,
} from "../../../../linalg/mod.ts";
import { type UpdateRule, updateRule } from "../../../../nn/mod.ts";

/** A moment of a run, before its step. */
export interface Moment {
  /** `A`, `d × r`; a step changes it in place. */
  readonly a: Matrix;
  /** `B`, `r × k`; a step changes it in place. */
  readonly b: Matrix;
  /** `−∇_A L = JBᵀ`. */
  readonly da: Matrix;
  /** `−∇_B L = AᵀJ`. */
  readonly db: Matrix;
  /** Step sizes of `A` and `B`. */
  readonly rates: readonly [number, number];
  /** Number of the step, from 1. */
  readonly t: number;
}

/** How factors follow their gradients. */
export interface Optimiser {
  /** Name, for captions. */
  readonly name: string;
  /**
   * Begins a run: returns the step, which changes `a` and `b` in place; if it returns a sentence, the run ends
   * with it as its status.
   */
  readonly begin: () => (moment: Moment) => string | void;
}

/** Names of the optimisers that are defined here. */
export type OptimiserName = "gd" | "preconditioned" | "momentum" | "adam";

/** An optimiser by its name, a rule of `nn` (one array at a time), or a reader's own. */
export type OptimiserLike = OptimiserName | UpdateRule | Optimiser;

const NAMES: readonly OptimiserName[] = ["gd", "preconditioned", "momentum", "adam"];

const plain: Optimiser = {
  name: "gradient descent",
  begin: () => ({ a, b, da, db, rates }) => {
    addScaled(a, rates[0], da);
    addScaled(b, rates[1], db);
  },
};

/**
 * Preconditioned gradient descent: `A += η JBᵀ(BBᵀ + λI)⁻¹`, `B += η (AᵀA + λI)⁻¹AᵀJ`.
 *
 * Source: Zhang and Pilanci 2024, arXiv 2402.02347; the paper's Section 3.
 *
 * @param damping `λ ≥ 0`; 0 needs factors of full rank.
 */
export function preconditioned(damping = 0): Optimiser {
  checkNonNegative("make an optimiser", "damping", damping);
  const damped = (gram: Matrix) => add(gram, identity(gram.rows), damping);
  return {
    name: damping === 0 ? "preconditioned" : `preconditioned, λ = ${damping}`,
    begin: () => ({ a, b, da, db, rates, t }) => {
      try {
        const moveA = solvePositiveRight(da, damped(multiplyNT(b, b)));
        addScaled(b, rates[1], solvePositive(damped(multiplyTN(a, a)), db));
        addScaled(a, rates[0], moveA);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        if (![...a.data, ...b.data].every(Number.isFinite)) return "diverged";
        return `singular: BBᵀ + λI or AᵀA + λI at step ${t - 1} with damping λ = ${damping}: set ` +
          "damping > 0 (1e-3 is usual) or r = r*";
      }
    },
  };
}

/** A rule for single arrays as an optimiser of both factors. */
function ofRule(rule: UpdateRule): Optimiser {
  return {
    name: rule.name,
    begin: () => {
      let updates: ReturnType<UpdateRule["begin"]>[] | undefined;
      return ({ a, b, da, db, rates, t }) => {
        updates ??= [rule.begin(a.data.length), rule.begin(b.data.length)];
        [[a, da], [b, db]].forEach(([x, dx], i) => {
          if (rates[i] > 0) updates![i](x.data, dx.data.map((g) => -g), rates[i], t);
        });
      };
    },
  };
}

/**
 * An optimiser by name, or a reader's own: the one door of everything that takes one.
 *
 * @param like A name, an update rule `{ name, begin(length) }` of `lora-dynamics/nn`, or an
 * {@linkcode Optimiser}, whose `begin` takes nothing.
 * @param damping `λ` of `"preconditioned"`.
 * @throws {RangeError} If a name is not known (the known are listed).
 * @throws {TypeError} If a part of an own one is missing.
 *
 * @example
 * ```ts
 * import { optimiser } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(optimiser("preconditioned", 1e-3).name, "preconditioned, λ = 0.001");
 * assertThrows(() => optimiser("precond" as never), RangeError, "one of gd, preconditioned");
 * ```
 */
export function optimiser(like: OptimiserLike, damping = 0): Optimiser {
  const what = "choose an optimiser";
  if (like === "gd") return plain;
  if (like === "preconditioned") return preconditioned(damping);
  if (like === "momentum" || like === "adam") return ofRule(updateRule(like));
  const wanted = `one of ${NAMES.join(", ")}, an update rule, or { name, begin }`;
  if (typeof like === "string") {
    throw new RangeError(`Cannot ${what} as it must be ${wanted}: current value is ${show(like)}`);
  }
  checkMethods(what, "optimiser", like, wanted, ["begin"]);
  checkKeys(what, like, ["name", "begin"], "an optimiser");
  checkString(what, "name", like.name);
  return like.begin.length > 0 ? ofRule(updateRule(like as UpdateRule)) : like as Optimiser;
}
