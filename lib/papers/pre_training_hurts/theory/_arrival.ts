import type { OdeSolution } from "../../../ode/mod.ts";

/** Time of the terminal event of a solution, `NaN` without one; a solve that broke off is an error. */
export function arrival({ status, events }: OdeSolution): number {
  if (status !== "done" && status !== "event") {
    throw new Error(`Cannot integrate the flow to its end: ${status}`);
  }
  return events.length > 0 ? events[0].t : NaN;
}
