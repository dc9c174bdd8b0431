/** Hermite polynomials as trees. */
import { factorial } from "../functions/hermite.ts";
import { add, mul, number, sub, type Tree } from "./tree.ts";

/** `He_k(u)` by its recurrence, divided by `√k!` when normalised. */
export function hermiteTree(k: number, u: Tree, normalised: boolean): Tree {
  const series = new Array<number>(k + 1).fill(0);
  series[k] = normalised ? 1 / Math.sqrt(factorial(k)) : 1;
  return seriesTree(series, u);
}

/** `Σ_j c_j He_j(u)` by Clenshaw's rule. */
export function seriesTree(c: readonly number[], u: Tree): Tree {
  let b1: Tree = number(0), b2: Tree = number(0);
  for (let j = c.length - 1; j >= 0; j--) {
    [b1, b2] = [sub(add(number(c[j]), mul(u, b1)), mul(number(j + 1), b2)), b1];
  }
  return b1;
}
