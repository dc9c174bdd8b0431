/**
 * The reduced population dynamics beside the direct one.
 *
 * @module
 */
import { identity, type Matrix, matrix, qr } from "../../../../linalg/mod.ts";
import { alignment } from "../../measures.ts";
import { population } from "../../problems/linear.ts";
import { LoraDescent } from "../descent/factor_descent.ts";
import { ReducedDescent, type ReducedStart } from "../descent/reduced.ts";

/** `A₀` in reduced coordinates, with `U = [e₁ … e_{r*}]`: `a` its first rows, `b` from `QR` of the rest. */
export function reducedCoordinates(a: Matrix, rank: number): ReducedStart {
  const r = a.columns, rest = matrix(a.rows - rank, r, a.data.slice(rank * r));
  return { a: matrix(rank, r, a.data.slice(0, rank * r)), b: qr(rest).r };
}

/**
 * Largest deviations of the reduced from the direct dynamics along one path.
 *
 * @param values Singular values of `Δ`, whose left vectors are the first unit vectors.
 * @param a `A₀`, `d × r`; `B₀ = 0`.
 * @param options Step size and number of steps; angles are compared every twenty.
 */
export function pairedDeviation(
  values: readonly number[],
  a: Matrix,
  { rate, steps }: { readonly rate: number; readonly steps: number },
): { risk: number; sine: number } {
  const rank = values.length, u = identity(a.rows, rank);
  const target = { ...u, data: u.data.map((x, i) => x * values[i % rank]) };
  const start = { a, b: matrix(a.columns, rank) };
  const direct = new LoraDescent(population(target), start, { rate });
  const reduced = new ReducedDescent(values, reducedCoordinates(a, rank), rate);
  let risk = 0, sine = 0;
  direct.advance(steps, (t) => {
    reduced.advance(t);
    risk = Math.max(risk, Math.abs(direct.risk() - reduced.risk()));
    if (t % 20 === 0) sine = Math.max(sine, Math.abs(alignment(direct.a, u) - reduced.sine()));
  });
  return { risk, sine };
}
