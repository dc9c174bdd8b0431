/**
 * Verdicts of claims of exactness: one law for all that are compared, and another for every control.
 *
 * @module
 */
import type { CheckResult } from "../../../../experiment/mod.ts";
import {
  isOneLaw,
  LAW_BOUNDS,
  type LawComparison,
  lawDistance,
} from "../../experiments/law/compare.ts";

/**
 * Agreement of named comparisons with one law. Where controls are asked for it passes as soon as one of them is taken
 * for the same law, so that a control that fails says that every broken law was seen.
 */
export function lawVerdict(
  cases: Readonly<Record<string, readonly LawComparison[]>>,
  wrong: boolean,
): CheckResult {
  const distances = Object.entries(cases).map(([name, rows]) => [name, lawDistance(rows)] as const);
  const holds = distances.map(([, distance]) => isOneLaw(distance));
  return {
    measured: Object.fromEntries(
      distances.map(([name, { z, p, count }]) => [
        name,
        { "largest |z|": z, "chance of the smallest p": p, "means compared": count },
      ]),
    ),
    expected: "one law",
    tolerance: `every |z| < ${LAW_BOUNDS.z}, chance of the smallest KS p-value > ${LAW_BOUNDS.p}`,
    pass: wrong ? holds.some((one) => one) : holds.every((one) => one),
  };
}
