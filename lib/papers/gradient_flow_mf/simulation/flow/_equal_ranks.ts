/** Starts of several runs that advance together. */
import type { Adapters, Problem } from "../../model.ts";
import { checkAdapters, checkProblem } from "../../shapes.ts";

/** Refuses starts whose ranks differ, or that do not fit the problem. */
export function equalRanks(what: string, problem: Problem, starts: readonly Adapters[]): void {
  checkProblem(what, problem);
  const ranks = starts.map((start) => checkAdapters(what, problem, start));
  const other = ranks.find((pair) => pair.some((r, i) => r !== ranks[0][i]));
  if (other === undefined) return;
  throw new TypeError(
    `Cannot ${what} as starts must have equal ranks: current ranks are ${ranks[0]} and ${other}`,
  );
}
