/**
 * Left factors `c` and `ĉ` by name, as numbers, or by a reader's own function.
 *
 * @module
 */
import { checkFinite, checkInteger, checkKeys, checkOneOf } from "../../check.ts";
import type { Stream } from "../../random/mod.ts";

/** `sᵢ/√k` from signs; alternating, `+` first, when none are given. */
export function quantised(
  k: number,
  sign: (i: number) => number = (i) => i % 2 ? -1 : 1,
): number[] {
  return Array.from({ length: k }, (_, i) => sign(i) / Math.sqrt(k));
}

/** Independent uniform signs over `√k`. Source: dayi25a, A3 and Eq. (4). */
export function randomSigns(k: number, rng: Stream): number[] {
  return quantised(k, () => rng.uniform() < 0.5 ? -1 : 1);
}

/** A uniform unit vector. Source: the paper's simulations. */
function uniform(k: number, rng: Stream): number[] {
  const x = Array.from({ length: k }, () => rng.normal()), norm = Math.hypot(...x);
  return x.map((y) => y / norm);
}

/** The left factors that have a name. */
export const leftFactors: Readonly<
  Record<LeftFactorName, (k: number, rng: Stream) => readonly number[]>
> = {
  alternating: (k) => quantised(k),
  plus: (k) => quantised(k, () => 1),
  "random signs": randomSigns,
  uniform,
  zero: (k) => Array<number>(k).fill(0),
};

/** Names of the built-in left factors: `zero` is the start `B = 0` of an adapter. */
export type LeftFactorName = "alternating" | "plus" | "random signs" | "uniform" | "zero";

/**
 * A left factor: a name, entries, `{ plus: n }` (`n` signs `+`, then `−`), or a function of `k` and a
 * stream. Entries are taken as they stand for `ĉ`; for `c` they are scaled to unit length.
 */
export type LeftFactor =
  | LeftFactorName
  | readonly number[]
  | { readonly plus: number }
  | ((k: number, rng: Stream) => readonly number[]);

/** The student's: also `"c"`, the teacher's, and `{ flipped: n }`, the teacher's with `n` signs wrong. */
export type StudentFactor = LeftFactor | "c" | { readonly flipped: number };

const WHAT = "choose a left factor", NAMES = Object.keys(leftFactors) as LeftFactorName[];

/** Whether a factor is drawn anew for every copy. */
export function isRandom(factor: StudentFactor): boolean {
  return factor === "random signs" || factor === "uniform" || typeof factor === "function";
}

/**
 * The entries of a teacher's left factor.
 *
 * @throws {RangeError} If a name is not known, or there are not `k` finite entries of positive length.
 * @example
 * ```ts
 * import { leftFactor } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(leftFactor({ plus: 3 }, 4, stream("7")), [0.5, 0.5, 0.5, -0.5]);
 * ```
 */
export function leftFactor(factor: LeftFactor, k: number, rng: Stream): readonly number[] {
  const raw = entries(factor, k, rng), norm = Math.hypot(...raw);
  if (norm > 0) return Math.abs(norm - 1) < 1e-12 ? raw : raw.map((x) => x / norm);
  throw new RangeError(`Cannot ${WHAT} as c must not vanish: current value is ${raw.join(", ")}`);
}

/**
 * The entries of a student's left factor beside the teacher's `c`.
 *
 * @throws {RangeError} If a name is not known, or there are not `k` finite entries.
 */
export function studentFactor(
  factor: StudentFactor,
  c: readonly number[],
  rng: Stream,
): readonly number[] {
  if (factor === "c") return c;
  if (typeof factor === "object" && "flipped" in factor) {
    checkKeys(WHAT, factor, ["flipped"], "it");
    checkInteger(WHAT, "flipped", factor.flipped, 0, c.length);
    return c.map((x, i) => i < factor.flipped ? -x : x);
  }
  return entries(factor, c.length, rng);
}

function entries(factor: LeftFactor, k: number, rng: Stream): readonly number[] {
  if (typeof factor === "object" && "plus" in factor) {
    checkKeys(WHAT, factor, ["plus"], "it");
    checkInteger(WHAT, "plus", factor.plus, 0, k);
    return quantised(k, (i) => i < factor.plus ? 1 : -1);
  }
  const list = typeof factor === "string"
    ? leftFactors[checkOneOf(WHAT, "the left factor", factor, NAMES)](k, rng)
    : typeof factor === "function"
    ? factor(k, rng)
    : factor;
  if (!Array.isArray(list) || list.length !== k) {
    throw new RangeError(
      `Cannot ${WHAT} as it must have k = ${k} entries: current value has ${
        (list as readonly number[])?.length
      }`,
    );
  }
  list.forEach((x, i) => checkFinite(WHAT, `entry ${i}`, x));
  return list;
}

/** A left factor in words. */
export function factorWords(factor: StudentFactor): string {
  if (typeof factor === "string") return factor === "plus" ? "all signs +" : factor;
  if (typeof factor === "function") return factor.name || "a function";
  if ("plus" in factor) return `${factor.plus} signs +`;
  if ("flipped" in factor) return `c with ${factor.flipped} signs wrong`;
  return `(${factor.map((x) => Number(x.toPrecision(3))).join(", ")})`;
}

/** What the landscape of an orthonormal base keeps of two left factors: `A = (Σc)(Σĉ)`, `q = ⟨ĉ, c⟩`. */
export function factorSums(
  c: readonly number[],
  hatC: readonly number[],
): { A: number; q: number } {
  const total = (x: readonly number[]) => x.reduce((sum, value) => sum + value, 0);
  return { A: total(c) * total(hatC), q: c.reduce((sum, x, i) => sum + x * hatC[i], 0) };
}
