/**
 * A reader's own change of the flow: what a hook sees, and what it may return.
 *
 * @module
 */
import { checkKeys, show } from "../../../../check.ts";
import type { Matrix } from "../../../../linalg/mod.ts";
import type { Adapters } from "../../model.ts";

/** The four factors. */
export type FactorName = "b1" | "a1" | "b2" | "a2";

/** Their names. */
export const FACTORS: readonly FactorName[] = ["b1", "a1", "b2", "a2"];

/** A moment of the flow, as a hook sees it. */
export interface Moment {
  /** Time; the number of the step under gradient descent. */
  readonly t: number;
  /** The factors; only to be read. */
  readonly adapters: Adapters;
  /** Their time derivatives, which the hook may change in place. */
  readonly velocity: Adapters;
  /** `E`; computed when it is asked for. */
  readonly error: Matrix;
}

/**
 * Changes the velocities: in place, or by returning new ones of some factors, by their names. It may
 * return nothing else, so that no answer is lost.
 */
export type Hook = (moment: Moment) => void | Partial<Adapters>;

/** What a hook returned that it may not, in words. */
function inWords(found: unknown): string {
  if (found instanceof Promise) return "a promise";
  return ArrayBuffer.isView(found) ? `a ${found.constructor.name}` : show(found);
}

/**
 * Calls a hook and takes what it returns.
 *
 * @throws {TypeError} If that is neither nothing nor velocities of factors, of their shapes.
 */
export function follow(hook: Hook, moment: Moment): void {
  const found: unknown = hook(moment);
  if (found === undefined) return;
  const what = "change the velocities";
  const own = typeof found === "object" && found !== null && !Array.isArray(found) &&
    !ArrayBuffer.isView(found) && !(found instanceof Promise);
  if (!own) {
    throw new TypeError(
      `Cannot ${what} as the hook must return nothing (it changes velocity.b1.data, … in place) or new ` +
        `velocities such as { b1 }: current value is ${inWords(found)}`,
    );
  }
  checkKeys(what, found, FACTORS, "what the hook returns");
  for (const [name, given] of Object.entries(found)) {
    const old = moment.velocity[name as FactorName], { rows, columns, data } = given ?? {};
    const size = ({ rows, columns }: Pick<Matrix, "rows" | "columns">) => `${rows} × ${columns}`;
    if (old && rows === old.rows && columns === old.columns && data?.length === old.data.length) {
      old.data.set(data);
      continue;
    }
    throw new TypeError(
      `Cannot ${what} as ${name} of what the hook returns must ${
        old ? `be a matrix, ${size(old)}` : "be left out (layer 2 has no adapter)"
      }: current value is ${rows === undefined ? inWords(given) : size({ rows, columns })}`,
    );
  }
}
