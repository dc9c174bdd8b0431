/** When a run of gradient descent counts as diverged. */
import { frobeniusNorm } from "../../../../linalg/mod.ts";
import type { AdapterFlow } from "./flow.ts";

/** A loss beyond this multiple of what there was to lose is divergence. */
const LARGE = 1e6;

/** The loss that a run from the start of a flow must stay below. */
export function largestLoss(flow: AdapterFlow): number {
  const { problem, start } = flow;
  return LARGE * Math.max(flow.loss(start), 0.5 * frobeniusNorm(problem.target) ** 2);
}
