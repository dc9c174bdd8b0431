/** The door of the formulas that need one adapter and `W₂ᵀW₂ = s²I` (problems MF and sQ). */
import { multiplyTN } from "../../../../linalg/mod.ts";
import type { Problem } from "../../model.ts";
import { checkProblem } from "../../shapes.ts";

/**
 * The `s > 0` with `W₂ᵀW₂ = s²I`.
 *
 * @throws {RangeError} If there is a second adapter or no such `s`.
 */
export function isotropicScale(what: string, problem: Problem): number {
  checkProblem(what, problem);
  if (problem.w1) {
    throw new RangeError(`Cannot ${what} as there must be one adapter: the problem has w1`);
  }
  const { rows: h, data } = multiplyTN(problem.w2, problem.w2), square = data[0];
  const off = data.reduce(
    (most, x, at) => Math.max(most, Math.abs(x - (at % (h + 1) === 0 ? square : 0))),
    0,
  );
  if (!(square > 0) || off > 1e-10 * square) {
    throw new RangeError(
      `Cannot ${what} as w2 must be s times a matrix with orthonormal columns: it is off by ` +
        `${(off / (square || 1)).toPrecision(2)}; see universalCurve (T9) for other frozen layers`,
    );
  }
  return Math.sqrt(square);
}
