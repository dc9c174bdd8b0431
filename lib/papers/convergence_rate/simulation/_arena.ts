/**
 * Random problems with room for their states.
 *
 * @module
 */
import { innerProduct, matrix, multiply, type Shape } from "../../../linalg/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import type { Loss } from "../losses.ts";
import type { Adapters } from "../model.ts";
import { Descent } from "./descent.ts";

/** States that share a random loss; then the next one is drawn. */
export const STATES = 4;

/** A random problem with room for its states. */
export interface Arena {
  readonly loss: Loss;
  readonly run: Descent;
  readonly start: Adapters;
  readonly move: Adapters;
}

/** Room for random states of a loss, of random rank up to `most`. */
export function arena(loss: Loss, rng: Stream, most: number): Arena {
  const { rows: m, columns: n } = loss, r = 1 + rng.integer(Math.min(most, m, n));
  const zeros = (): Adapters => ({ b: matrix(m, r), a: matrix(r, n) });
  return { loss, run: new Descent(loss, zeros()), start: zeros(), move: zeros() };
}

/** Shape of a random update, up to `most` in both directions. */
export function randomShape(rng: Stream, most = 6): Shape {
  return [1 + rng.integer(most), 1 + rng.integer(most)];
}

/** Fills factors with normals, scaled to `‖V‖` as given. */
export function drawAdapters({ b, a }: Adapters, rng: Stream, norm: number): void {
  rng.fillNormal(b.data);
  rng.fillNormal(a.data);
  const scale = norm / Math.sqrt(innerProduct(a, a) + innerProduct(b, b));
  for (let i = 0; i < b.data.length; i++) b.data[i] *= scale;
  for (let i = 0; i < a.data.length; i++) a.data[i] *= scale;
}

/** The loss after the factors of `run` have moved. */
export function lossAt({ loss, run }: Arena): number {
  return loss.evaluate(multiply(run.b, run.a, run.x), run.full);
}
