/** How far a flow is followed, how exactly, and whether it came there. */
import { show } from "../../../../check.ts";
import { frobeniusNorm } from "../../../../linalg/mod.ts";
import type { OdeSolution } from "../../../../ode/mod.ts";
import type { Adapters } from "../../model.ts";

/** The last of the times of a flow. */
export function lastOf(times: readonly number[]): number {
  if (!Array.isArray(times) || times.length === 0) {
    throw new TypeError(
      `Cannot follow the flow as times must be a list of one or more: current value is ${
        show(times)
      }`,
    );
  }
  const end = times[times.length - 1];
  if (end !== 0) return end;
  throw new RangeError("Cannot follow the flow as the last of times must be > 0: it is 0");
}

/** Refuses a solution that ends early. */
export function checkDone({ status, t }: OdeSolution, end: number): void {
  if (status === "done") return;
  throw new Error(`Cannot follow the flow to t = ${end}: ${status} at t = ${t}`);
}

/** Tolerances of a flow from a start: its size is the largest root mean square of a factor's entries. */
export function accuracyOf({ b1, a1, b2, a2 }: Adapters): { rtol: number; atol: number } {
  const sizes = [b1, a1, b2, a2].map((x) => x ? frobeniusNorm(x) / Math.sqrt(x.data.length) : 0);
  return { rtol: 3e-14, atol: 1e-12 * Math.min(1, Math.max(...sizes) || Infinity) };
}
