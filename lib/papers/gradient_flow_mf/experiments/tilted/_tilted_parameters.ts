/** What F5 asks of targets at an angle: its parameters, its rows, and the curves that both share. */
import { geomspace, linspace, param, type Row, type Values } from "../../../../experiment/mod.ts";
import { tiltedProblem } from "../../problems/tilted.ts";
import { tiltedTarget, type UniversalCurve, universalCurve } from "../../theory/tilted/tilted.ts";
import { REFERENCE, startParameter } from "../physics.ts";

/** One number of a run, with theory beside it. */
export interface TiltedAngleRow extends Row {
  /**
   * `"course"` (loss at a time), `"collapse"` (the same from random starts), `"rate"` (μ of the end),
   * `"limit"` (`‖A‖²` at the end), `"time"` (at which the loss falls below `at`), `"floor"` (loss at the
   * end where `s_b = 0`).
   */
  quantity: string;
  /** Angle of the target in degrees. */
  degrees: number;
  /** Scale of the start. */
  alpha: number;
  /** Time on the universal curve, or the loss that is reached. */
  at: number;
  /** What the run has. */
  run: number;
  /** What theory gives. */
  theory: number;
}

/**
 * Parameters of {@linkcode tilted}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const tiltedParameters = {
  s: param.numbers([1, 0.3], "the two singular values of W₂ between which the target lies", {
    above: 0,
    entries: 2,
  }),
  sigma: param.number(1, "singular value of the target", { above: 0 }),
  m: param.integer(10, "sizes of the problem", { least: 2 }),
  curves: param.numbers([5, 15, 30, 60], "angles of the loss curves, in degrees", {
    above: 0,
    below: 90,
  }),
  angles: param.numbers([1, 3, 5, 8, 12, 20, 30, 45, 60, 75], "angles of the runs in (c) to (f)", {
    above: 0,
    below: 90,
  }),
  collapse: param.number(30, "angle of the random starts in (b)", { above: 0, below: 90 }),
  alpha: param.numbers([1e-2, 1e-3, 1e-4], "scales α of the random starts", { above: 0 }),
  random: startParameter("gauss", "random start"),
  r: param.integer(1, "rank of the adapter", { least: 1 }),
  scale: param.number(1e-5, "scale α of the spectral starts in (a) and (c) to (e)", { above: 0 }),
  epsilon: param.numbers([1e-2, 1e-6], "losses whose times are taken, in units of σ²", {
    above: 0,
    below: 0.1,
  }),
  horizon: param.number(60, "last time of the curves, in units of 1/σ", { above: 0 }),
  seed: param.seed(REFERENCE, `seed of the random starts; "${REFERENCE}" takes 81`),
};

/** Their values. */
export type TiltedParameters = Values<typeof tiltedParameters>;

/** The curve of an angle. */
export function curveAt(
  { s: [a, b], sigma, m }: Pick<TiltedParameters, "s" | "sigma" | "m">,
  degrees: number,
): UniversalCurve {
  return universalCurve(tiltedTarget(tiltedProblem({ m, s: [a, b], sigma, degrees })));
}

/** Angles of the lines: fine where the curves turn over. */
export function fineAngles(): number[] {
  return [...geomspace(0.02, 10, 41), ...linspace(11, 89, 40)];
}
