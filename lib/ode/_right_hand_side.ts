/** The door of right-hand sides: both styles are taken, and a component that nobody writes is found. */
import { checkFunction } from "./options.ts";
import type { ParametricRhs } from "./stepper.ts";

/** A NaN that no arithmetic makes, so that it tells "never written" from "written as NaN". */
const UNWRITTEN = 0x7ff8_dead_beef_0001n;

/** Whether a value is a list of `n` numbers. */
function isList(value: unknown, n: number): value is ArrayLike<number> {
  return (Array.isArray(value) || ArrayBuffer.isView(value)) &&
    (value as unknown as ArrayLike<unknown>).length === n &&
    typeof (value as unknown as ArrayLike<unknown>)[0] === "number";
}

/**
 * A right-hand side that writes its derivative: the function itself, or one that copies what the
 * function returns. It is called once, at the start, to see which.
 *
 * @throws {TypeError} If a component is neither written nor returned, or something else is returned.
 */
export function writing(
  what: string,
  f: unknown,
  t0: number,
  y0: ArrayLike<number>,
  p?: Float64Array,
): ParametricRhs {
  checkFunction(what, "f", f);
  const rhs = f as (...args: unknown[]) => unknown, n = y0.length, y = Float64Array.from(y0);
  const dy = new Float64Array(n), bits = new BigUint64Array(dy.buffer).fill(UNWRITTEN);
  const returned = rhs(t0, y, dy, p), missing = bits.indexOf(UNWRITTEN);
  const wanted =
    `Cannot ${what} as f must write all ${n} derivatives into its third argument, or ` +
    `return them`;
  if (returned instanceof Promise) {
    returned.catch(() => {}); // it is told below
    throw new TypeError(`${wanted}, at once: it returned a promise, as async functions do`);
  }
  if (missing < 0) return rhs as ParametricRhs; // what it returns beside that is its own affair
  if (isList(returned, n)) {
    return (t, state, out, parameters) => {
      const list = rhs(t, state, out, parameters) as ArrayLike<number>;
      for (let i = 0; i < n; i++) out[i] = list[i];
    };
  }
  const found = returned === undefined
    ? `dy[${missing}] was left as it was`
    : `it returned ${
      isList(returned, (returned as number[])?.length)
        ? `a list of ${(returned as number[]).length}`
        : typeof returned
    }`;
  throw new TypeError(`${wanted}: ${found}`);
}
