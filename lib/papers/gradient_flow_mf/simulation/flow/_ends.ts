/** How far a flow is followed, and whether it came there. */
import { show } from "../../../../check.ts";
import type { OdeSolution } from "../../../../ode/mod.ts";

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
