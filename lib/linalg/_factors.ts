/**
 * What gradients and steps of two factors share.
 *
 * @module
 */
import { checkMatrix, checkShapes, type Matrix } from "./matrix.ts";

/** Checks the shapes; `transposed` says whether the second factor is V (n × r) or A (r × n). */
export function checkProblem(
  what: string,
  left: Matrix,
  right: Matrix,
  target: Matrix,
  transposed: boolean,
): void {
  const names = transposed ? ["u", "v"] : ["b", "a"];
  checkMatrix(what, names[0], left);
  checkMatrix(what, names[1], right);
  checkMatrix(what, "target", target);
  const m = left.rows, r = left.columns;
  const n = transposed ? right.rows : right.columns;
  const fits = target.rows === m && target.columns === n &&
    (transposed ? right.columns : right.rows) === r;
  if (!fits) {
    const wanted = transposed
      ? "u, v and target must be m x r, n x r and m x n"
      : "b, a and target must be m x r, r x n and m x n";
    checkShapes(what, wanted, false, { [names[0]]: left, [names[1]]: right, target });
  }
  if (r > m || r > n) {
    throw new RangeError(
      `Cannot ${what} as r must be at most min(m, n) of the ${m} x ${n} target: ` +
        `current value is ${r}`,
    );
  }
}
