/**
 * What the experiment on alignment takes and gives.
 *
 * @module
 */
import { param, type Row, type Values } from "../../../../experiment/mod.ts";
import { problemParameters, seedParameter, startsParameter } from "../physics.ts";
import { trainingParameters } from "../training.ts";

/**
 * Parameters of `alignmentCourses`.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const courseParameters = {
  ...problemParameters({ d: 100, k: 100, N: 1600, values: [1, 1, 1, 1] }),
  r: param.integer(8, "rank of the adapter", { least: 1 }),
  variances: param.numbers(
    [1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6],
    "variances α² of the entries of a random A₀",
    {
      above: 0,
    },
  ),
  starts: startsParameter(["LoRA"], "starts; those that draw nothing run once, whatever α² is"),
  ...trainingParameters({ eta: 1 / 64, optimiser: "gd" }),
  steps: param.integer(1500, "steps", { least: 1 }),
  every: param.integer(10, "steps between two rows", { least: 1 }),
  window: param.integer(700, "last step of panel (a)", { least: 1 }),
  seed: seedParameter("the reference instance: portable draws 1, 2, 3 for U, V, X and 4 for A₀"),
};

/** Their values. */
export type CourseParameters = Values<typeof courseParameters>;

/** A moment of a run. */
export interface CourseRow extends Row {
  /** Name of the start. */
  start: string;
  /** `α²`; null where the start draws nothing. */
  variance: number | null;
  /** Step. */
  at: number;
  /** `sin θ_t` with `U_{r*}(G)`; null for `r < r*` and where `A` is not to be had. */
  sine: number | null;
  /** `sin` of the angle with `col Δ`. */
  truth: number | null;
  /** `½‖AB − Δ‖²`. */
  risk: number;
  /** Training loss. */
  loss: number;
  /** Leak `‖B − BVVᵀ‖/‖B‖` of `B` out of the leading rows of `G`. */
  leak: number | null;
  /** `sin θ_t` of the linear phase, the same for every α; null where it does not apply. */
  linear: number | null;
  /** Its leading order. */
  leading: number | null;
  /** End `t_nl` of the phase that is guaranteed; null where nothing is. */
  guaranteed: number | null;
  /** Whether a middle factor is all that is trained. */
  middle: boolean;
  /** `"running"`, or why the run ended. */
  status: string;
}

/** Tables of `alignmentCourses`. */
export type CourseTables = {
  /** The runs. */
  readonly runs: CourseRow[];
  /** `sin` of the angle of `col Δ` with `U_{r*}(G)`, where late runs end; and why theory is silent. */
  readonly plateau: (Row & { sine: number; silent: string })[];
};
