/**
 * The rate laboratory: any scalar slope, any exponent of the rule, any horizon. The run of a learning
 * rate rule as an ODE in the logarithm of the number of steps: `T = 10³⁰` costs what `T = 10³` does.
 *
 * @module
 */
import { checkNonNegative, checkPositive, checkSorted } from "../../../check.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { solveOde } from "../../../ode/mod.ts";
import { PAPER_CONSTANT } from "../rules.ts";

/** What is tried. */
export interface LaboratoryOptions {
  /** `f′(x)` on `x > 0`, negative where the loss falls. */
  readonly slope: (x: number) => number;
  /** `L`, a bound of `|f″|`. */
  readonly smoothness: number;
  /** `‖V₀‖²/2`, the first update `x₀ > 0`. */
  readonly x0: number;
  /** Exponent `q ≥ 0` of `η = 1/(cL(‖V‖^{2q} + |f′|))`; 1 is the paper's rule, 0 a constant step. */
  readonly power?: number;
  /** Numbers of steps at which to report, increasing, ≥ 1. */
  readonly times: readonly number[];
}

/** The laboratory at one time. */
export interface LaboratoryRow extends Row {
  /** Steps. */
  t: number;
  /** Update. */
  x: number;
  /** `‖∇_V J‖²`. */
  gradient2: number;
  /** `‖∇_W L‖²`. */
  full2: number;
  /** Local exponent `d log ‖∇_V J‖²/d log t`. */
  exponent: number;
  /** `‖∇_W L‖²` of full gradient descent with step `1/L`. */
  descent2: number;
}

/** Result of the laboratory. */
export interface Laboratory {
  /** `done`, or the reason why it stopped, with the point. */
  readonly status: string;
  /** One row per time that was reached. */
  readonly rows: LaboratoryRow[];
}

/**
 * The balanced scalar run with rule `η = min{1/(cL(‖V‖^{2q} + |f′|)), 1}` in continuous time:
 * `d log x/d log t = 2t|f′(x)|η`.
 *
 * Scale: `t` counts steps; steps are replaced by a flow, with relative error of the order of the change
 * of `x` per step.
 * Source: ours, convergence-rate §5.8 and §11.1.
 *
 * @throws {RangeError} If an argument is out of range. A slope that is not finite ends the run with a
 * status that names the point.
 *
 * @example The exponent of a power law at `10³⁰` steps.
 * ```ts
 * import { laboratory, powerExponents } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const p = 1.5, slope = (x: number) => -((1 + x) ** -p);
 * const { rows } = laboratory({ slope, smoothness: p, x0: 0.25, times: [1e30] });
 * assertAlmostEquals(rows[0].exponent, powerExponents(p).gradient2, 1e-4);
 * ```
 */
export function laboratory(
  { slope, smoothness, x0, power = 1, times }: LaboratoryOptions,
): Laboratory {
  const what = "run the laboratory";
  checkPositive(what, "smoothness", smoothness);
  checkPositive(what, "x0", x0);
  checkNonNegative(what, "power", power);
  checkSorted(what, "times", times);
  times.forEach((t, i) =>
    checkPositive(what, `times[${i}] - 1, for a time of at least one step,`, t - 1 + 1e-12)
  );
  const scale = PAPER_CONSTANT * smoothness;
  let bad: string | undefined;
  const at = (x: number) => {
    const f = slope(x);
    if (!Number.isFinite(f)) bad ??= `slope: f' is ${f} at x = ${x}`;
    return f;
  };
  // State: logarithms of x and of gradient descent's w, against log t from t = 10⁻⁶ on.
  const rhs = (s: number, y: Float64Array, out: Float64Array) => {
    const t = Math.exp(s), x = Math.exp(y[0]), w = Math.exp(y[1]), f = at(x);
    const eta = Math.min(1 / (scale * ((2 * x) ** power + Math.abs(f))), 1);
    out[0] = -2 * t * f * eta;
    out[1] = -t * at(w) / (smoothness * w);
  };
  const logs = times.map(Math.log), first = Math.log(x0);
  const { status, states } = solveOde(rhs, Math.log(1e-6), logs.at(-1)!, [first, first], {
    rtol: 1e-10,
    atol: 1e-10,
    times: logs,
    maxSteps: 100_000,
  });
  const gradient2 = (x: number) => 2 * x * slope(x) ** 2, out = new Float64Array(2), h = 1e-4;
  const rows = states.map((y, i): LaboratoryRow => {
    const [x, w] = [Math.exp(y[0]), Math.exp(y[1])];
    rhs(logs[i], y, out);
    // d log ‖∇J‖²/d log x by a central difference, times d log x/d log t.
    const ratio = gradient2(x * Math.exp(h)) / gradient2(x * Math.exp(-h));
    const exponent = Math.log(ratio) / (2 * h) * out[0];
    return {
      t: times[i],
      x,
      gradient2: gradient2(x),
      full2: slope(x) ** 2,
      exponent,
      descent2: slope(w) ** 2,
    };
  });
  return { status: bad ?? status, rows };
}
