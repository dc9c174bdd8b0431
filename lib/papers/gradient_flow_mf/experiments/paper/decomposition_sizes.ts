/**
 * Eqs. (7) and (8) at starts: the identity, and the size of the disturbances.
 *
 * @module
 */
import { type Experiment, experiment, grid, param, type Row } from "../../../../experiment/mod.ts";
import { add, type Matrix, multiplyNT, multiplyTN, spectralNorm } from "../../../../linalg/mod.ts";
import { stackOf } from "../../measures.ts";
import { velocity } from "../../model.ts";
import { problemQ } from "../../problems/mod.ts";
import { adaptersOf } from "../../run_start.ts";
import { problemOf } from "../../shapes.ts";
import { layerStart } from "../../starts.ts";
import { decomposedVelocity, decomposition } from "../../theory/paper/decomposition.ts";
import { statedProblemParameter } from "./_escape.ts";
import { rankParameter, seedParameter, startSeeds, startsParameter } from "../physics.ts";

/** A start beside (7) and (8). */
export interface DecompositionRow extends Row {
  /** Name of the start. */
  start: string;
  /** Its scale. */
  alpha: number;
  /** Its seed. */
  seed: string;
  /** `‖D₁‖`. */
  d1: number;
  /** `‖D₂‖`. */
  d2: number;
  /** Largest entry of the difference between `Ż_i` and the right-hand sides of (7) and (8). */
  mismatch: number;
  /** The same for (7) without the `W₂ᵀF` of `D₁`. */
  mismatchWithout: number;
}

/**
 * Parameters of {@linkcode decompositionSizes}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const decompositionSizesParameters = {
  problem: statedProblemParameter(problemQ({ delta: 0.5 })),
  starts: startsParameter(["gauss", "zeroB"]),
  alpha: param.numbers([0.3, 1e-2, 1e-3], "scales α of the starts", { above: 0 }),
  r: rankParameter(3),
  copies: param.integer(2, "starts at each scale", { least: 1 }),
  seed: seedParameter(801),
};

/** Largest absolute entry of a difference. */
function largest(a: Matrix, b: Matrix): number {
  return Math.max(...add(a, b, -1).data.map(Math.abs));
}

/**
 * The decomposition (7), (8) of the paper at starts: whether it is the flow, and how large the
 * disturbances `D₁`, `D₂` are.
 *
 * @example
 * ```ts
 * import { decompositionSizes } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await decompositionSizes({ starts: ["zeroB"], seed: "5" });
 * assert(rows.every(({ d1, mismatch }) => d1 === 0 && mismatch < 1e-15));
 * ```
 */
export const decompositionSizes: Experiment<
  typeof decompositionSizesParameters,
  DecompositionRow[]
> = experiment({
  name: "size of the disturbances",
  about: "Whether (7) and (8) are the flow, and how D₁ and D₂ scale with the start.",
  parameters: decompositionSizesParameters,
  run: ({ problem: like, starts, alpha, r, copies, seed }) => {
    const problem = problemOf(like), seeds = startSeeds(seed, 801, copies);
    return grid({ start: starts, alpha, seed: seeds }).map(({ start, alpha, seed }) => {
      const adapters = adaptersOf(problem, { startedBy: start, alpha, r, seed });
      const moving = velocity(problem, adapters), { b1, a1 } = adapters;
      const real = [stackOf(moving.b1, moving.a1), stackOf(moving.b2!, moving.a2!)];
      const split = decomposedVelocity(problem, adapters);
      const { f, d1, d2 } = decomposition(problem, adapters), back = multiplyTN(problem.w2, f);
      const without = add(split[0], stackOf(multiplyNT(back, a1), multiplyTN(b1, back)));
      return {
        ...{ start: layerStart(start).name, alpha, seed },
        ...{ d1: spectralNorm(d1), d2: spectralNorm(d2) },
        mismatch: Math.max(largest(split[0], real[0]), largest(split[1], real[1])),
        mismatchWithout: largest(without, real[0]),
      };
    });
  },
});
