/**
 * Targets whose search is compared: matched activations, or a student with a teacher of its own.
 *
 * @module
 */
import { activation, type ActivationLike, informationExponent } from "../../../../gaussian/mod.ts";
import { checkKeys } from "../../../../check.ts";
import { slopeScale, stepScale } from "../../step_scale.ts";
import { type SearchMatrix, searchMatrix } from "../../theory/search_matrix.ts";
import { activationWords } from "../physics.ts";

/** An activation, or a student with a teacher of its own. */
export type SearchTarget =
  | ActivationLike
  | { readonly student: ActivationLike; readonly teacher: ActivationLike };

/** The activations of a target. */
export function pairOf(
  target: SearchTarget,
): { readonly student: ActivationLike; readonly teacher: ActivationLike } {
  if (typeof target === "object" && target !== null && "student" in target) {
    checkKeys("choose a target", target, ["student", "teacher"], "the target");
    return { student: target.student, teacher: target.teacher ?? target.student };
  }
  return { student: target as ActivationLike, teacher: target as ActivationLike };
}

/** Checks a target. */
export function checkTarget(target: SearchTarget): void {
  Object.values(pairOf(target)).forEach(activation);
}

/** Words of a target. */
export function targetWords(target: SearchTarget): string {
  const { student, teacher } = pairOf(target);
  const own = activationWords(student), other = activationWords(teacher);
  return own === other ? own : `${own} on ${other}`;
}

/** Unit of time: the paper's, or the same for all activations. */
export type TimeUnit = "paper" | "slope";

/** Factor by which a time in the paper's unit is multiplied. */
export function unitFactor(target: SearchTarget, unit: TimeUnit): number {
  const { student } = pairOf(target);
  return unit === "paper" ? 1 : slopeScale(student) / stepScale(student);
}

/** Search matrix of a target as a function of μ. */
export function matrixOf(target: SearchTarget): (mu: number) => SearchMatrix {
  const { student, teacher } = pairOf(target);
  return (mu) => searchMatrix(mu, student, teacher);
}

/** What targets have in common, in words; empty where that is nothing. */
export function commonWords(targets: readonly SearchTarget[]): string {
  const pairs = targets.map(pairOf);
  if (pairs.some(({ student, teacher }) => activation(student).name !== activation(teacher).name)) {
    return "teacher of its own";
  }
  const series = pairs.map(({ student }) => activation(student).series);
  const single = series.map((c) => c?.filter((x) => x !== 0).length === 1 ? c.length - 1 : 0);
  if (single.every((k) => k > 0 && k % 2 === 0)) return "even Hermite";
  if (single.every((k) => k > 1 && k % 2 === 1)) return "odd Hermite";
  try {
    const exponents = pairs.map(({ student }) => informationExponent(student));
    return exponents.every((k) => k === exponents[0]) ? `/{k}^{⋆} = ${exponents[0]}` : "";
  } catch {
    return ""; // no coefficient of a degree up to 30
  }
}
