/**
 * C23, C25: where runs of the scalar model cease to fall, and where they diverge, by scan and bisection.
 *
 * @module
 */
import { type Experiment, experiment, param, type Row } from "../../../../experiment/mod.ts";
import { constantRun, firstStep } from "../../simulation/scalar.ts";
import { divergenceStep, monotoneStep } from "../../theory/constant.ts";

/** Steps that were found, and what theory says of them. */
export interface BoundaryStep extends Row {
  /** `a₀`. */
  a0: number;
  /** Smallest step that diverged. */
  diverging: number;
  /** `η_div`. */
  theory: number;
  /** Smallest step at which the loss rose somewhere; null where theory does not know it. */
  rising: number | null;
  /** `2/a₀²`; null for `b₀ ≠ 0` or `a₀² < 4|y|`. */
  risingTheory: number | null;
}

/**
 * Parameters of {@linkcode boundarySteps}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const boundaryParameters = {
  a0: param.numbers([1, 2, 4, 8], "starts a₀", { above: 0 }),
  b0: param.number(0, "start b₀"),
  y: param.number(1, "target"),
  steps: param.integer(20_000, "the most steps of a run", { least: 100 }),
};

/**
 * The smallest constant steps on `½(ab − y)²` that diverge, and that raise the loss somewhere.
 *
 * Rows: one a start.
 * Source: ours.
 *
 * @example Another target.
 * ```ts
 * import { boundarySteps } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows: [row] } = await boundarySteps({ a0: [3], b0: -1, y: 2.5, steps: 5000 });
 * assertAlmostEquals(row.diverging / row.theory, 1, 1e-6);
 * ```
 */
export const boundarySteps: Experiment<typeof boundaryParameters, BoundaryStep[]> = experiment({
  name: "boundary of the scalar model",
  about: "Where runs of the scalar model cease to fall, and where they diverge.",
  parameters: boundaryParameters,
  check: ({ a0, b0, y }, refuse) => {
    if (a0.some((a) => a * b0 === y)) {
      refuse("y", "another number than every a0 × b0, where the start has nothing to learn", y);
    }
  },
  run: ({ a0: starts, b0, y, steps }) =>
    starts.map((a0) => {
      const theory = divergenceStep(a0, y, b0), known = b0 === 0 && a0 * a0 >= 4 * Math.abs(y);
      const risingTheory = known ? monotoneStep(a0, y) : null;
      const run = (eta: number) => constantRun({ a0, b0, y, eta, steps });
      return {
        ...{
          a0,
          diverging: firstStep(0.5 * theory, (eta) => run(eta).state === "diverged"),
          theory,
        },
        rising: risingTheory === null
          ? null
          : firstStep(0.5 * risingTheory, (eta) => !run(eta).monotone),
        risingTheory,
      };
    }),
});
