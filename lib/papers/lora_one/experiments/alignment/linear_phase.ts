/**
 * The golden run beside its linear phase: remainder, angle and bound at each step of the guaranteed time.
 *
 * @module
 */
import { add, spectralBound, spectralNorm, transpose } from "../../../../linalg/mod.ts";
import { alignment } from "../../measures.ts";
import { toyProblem, toyStart } from "../../problems/instances.ts";
import { LoraDescent } from "../../simulation/descent/mod.ts";
import { linearPhase } from "../../theory/linear.ts";

/** One golden run followed through its guaranteed phase. */
export interface PhaseRun {
  /** `t_nl`. */
  readonly end: number;
  /** `‖Z_t − Z_t^lin‖/‖A₀‖` at each step `t ≤ t_nl`. */
  readonly remainders: number[];
  /** Actual `sin θ_t`. */
  readonly sines: number[];
  /** Its bound. */
  readonly bounds: number[];
}

/** Descent of F1's golden instance beside its linear phase, for `t ≤ t_nl`. */
export function phaseRun(variance: number): PhaseRun {
  const problem = toyProblem(), start = toyStart(Math.sqrt(variance));
  const phase = linearPhase(problem, start.a, 1 / 64);
  const run = new LoraDescent(problem, start, { rate: 1 / 64 });
  const size = spectralNorm(start.a), end = phase.nonlinearTime;
  const out: PhaseRun = { end, remainders: [], sines: [], bounds: [] };
  run.advance(Math.floor(end), (t) => {
    const { a, b } = phase.factors(t);
    const [da, db] = [add(run.a, a, -1), transpose(add(run.b, b, -1))];
    const stack = { rows: 200, columns: 8, data: Float64Array.from([...da.data, ...db.data]) };
    out.remainders.push(spectralBound(stack) / size);
    out.sines.push(alignment(run.a, phase.directions.u));
    out.bounds.push(phase.sineBound(t));
  });
  return out;
}
