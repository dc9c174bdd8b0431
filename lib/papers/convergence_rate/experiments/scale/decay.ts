/**
 * C30: weight decay bounds the adapters on a loss without a minimum.
 *
 * @module
 */
import { type Experiment, experiment, param, type Row } from "../../../../experiment/mod.ts";
import { matrix } from "../../../../linalg/mod.ts";
import type { Loss } from "../../losses.ts";
import { SIMPLE_CONSTANT } from "../../rules.ts";
import { course } from "../../simulation/courses.ts";
import { decayBound, logisticDecayLimit } from "../../theory/scale.ts";

/** A run under weight decay. */
export interface DecayRow extends Row {
  /** `λ`. */
  decay: number;
  /** `‖V‖²` at the end. */
  v2: number;
  /** Largest `‖V‖²` at the reported steps. */
  most: number;
  /** Its limit by theory, `2 log(1/λ − 1)`. */
  limit: number;
  /** Its bound, `2(J_λ(V₀) − L*)/λ`. */
  bound: number;
}

/** The separable logistic loss of one number, `log(1 + e^{−x})`. */
export function logisticLoss(): Loss {
  return {
    ...{ name: "logistic", rows: 1, columns: 1, smoothness: 0.25, low: 0 },
    evaluate({ data: [x] }, gradient) {
      gradient.data[0] = -1 / (1 + Math.exp(x));
      return x > 0 ? Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)) - x;
    },
  };
}

/**
 * Parameters of {@linkcode decayRuns}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const decayParameters = {
  decays: param.numbers([0.1, 0.01, 1e-3], "weight decay λ: λV is added to the gradient", {
    above: 0,
    below: 0.5,
  }),
  u0: param.number(0.5, "start a = b", { above: 0 }),
  steps: param.integer(20_000, "steps", { least: 1 }),
};

/**
 * The separable logistic loss with weight decay and its certified rule `κ⋆/(L‖V‖² + γ + λ)`.
 *
 * Rows: one a λ.
 * Source: ours.
 */
export const decayRuns: Experiment<typeof decayParameters, DecayRow[]> = experiment({
  name: "weight decay",
  about: "Weight decay bounds the adapters on a loss without a minimum.",
  parameters: decayParameters,
  run: ({ decays, u0, steps }) =>
    decays.map((decay) => {
      const one = matrix(1, 1, [u0]), problem = { loss: logisticLoss(), start: { b: one, a: one } };
      const { end, points } = course(problem, {
        ...{ steps, decay },
        rule: ({ smoothness, v2, gamma }) => SIMPLE_CONSTANT / (smoothness * v2 + gamma + decay),
      });
      const gap = points[0].loss + decay * points[0].v2 / 2;
      return {
        ...{ decay, v2: end.v2, most: Math.max(...points.map(({ v2 }) => v2)) },
        ...{ limit: logisticDecayLimit(decay), bound: decayBound(gap, decay) },
      };
    }),
});
