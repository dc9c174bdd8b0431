/**
 * The reduced population dynamics beside the direct one.
 *
 * @module
 */
import { identity, type Matrix, matrix, qr } from "../../../../linalg/mod.ts";
import { portable } from "../../../../random/mod.ts";
import { alignment } from "../../measures.ts";
import { loraStart, population } from "../../problems/linear.ts";
import { LoraDescent } from "../descent/factor_descent.ts";
import { ReducedDescent, type ReducedStart } from "../descent/reduced.ts";

/** `A₀` in reduced coordinates, with `U = [e₁ … e_{r*}]`: `a` its first rows, `b` from `QR` of the rest. */
export function reducedCoordinates(a: Matrix, rank: number): ReducedStart {
  const r = a.columns, rest = matrix(a.rows - rank, r, a.data.slice(rank * r));
  return { a: matrix(rank, r, a.data.slice(0, rank * r)), b: qr(rest).r };
}

/** Largest deviations of the reduced from the direct dynamics along one path. */
export function pairedDeviation(steps: number): { risk: number; sine: number } {
  const d = 60, rank = 3, r = 6, values = [1, 0.8, 0.5], target = identity(d, rank);
  target.data.forEach((x, i) => target.data[i] = x * values[i % rank]);
  const problem = population(target);
  const start = loraStart(portable(40), { d, k: rank, r, initStd: 1e-2 });
  const direct = new LoraDescent(problem, start, { rate: 1 / 64 });
  const reduced = new ReducedDescent(values, reducedCoordinates(start.a, rank), 1 / 64);
  let risk = 0, sine = 0;
  const u = identity(d, rank);
  direct.advance(steps, (t) => {
    while (reduced.steps < t) reduced.step();
    risk = Math.max(risk, Math.abs(direct.risk() - reduced.risk()));
    if (t % 20 === 0) sine = Math.max(sine, Math.abs(alignment(direct.a, u) - reduced.sine()));
  });
  return { risk, sine };
}
