import { checkInteger, checkKeys } from "../check.ts";
import type { Draws } from "./draws.ts";
import { type CheckedModel, checkModel, MODEL_KEYS, type SingleIndexModel } from "./model.ts";
import { checkRotation } from "./problem/inputs.ts";
import { squareSlope } from "./problem/loss.ts";
import { normalNoise } from "./problem/noise.ts";
import { RankOneChain } from "./rank_one.ts";
import type { SingleIndexStart } from "./state.ts";
import { type Batch, WishartLaw } from "./law/wishart.ts";

/** A linear model; the batch may depend on the current `u` (adaptive batch). */
export interface LinearModel extends Omit<SingleIndexModel, "batch"> {
  /** Samples per step: a number, or a rule from `|u|`. Any size: a step costs the same. */
  readonly batch: Batch;
}

/**
 * One-pass SGD of a rank-one adapter with linear student and teacher, exact in law at `O(1)` per
 * step for every `d` **and every batch**.
 *
 * All sums over the batch are quadratic in the Gaussians of the frame, hence functions of one
 * Wishart matrix `W ~ Wishart_{p+1}(I, b)` (Bartlett): with `v = w − ω⋆` in the frame,
 * `Σ c_i x_i = W v` inside and `Σ c_i² = vᵀ W v` for the χ² remainder outside. Label noise is one
 * more Gaussian direction with `v = −√Δ` whose projection is dropped.
 *
 * Assumes: σ = σ⋆ = x; square loss, normal inputs and label noise; `b ≥ p + 1` (`p + 2` with label
 * noise).
 * Scale: time is counted in steps.
 * Source: ours.
 *
 * @example A billion dimensions, a billion samples per step.
 * ```ts
 * import { LinearChain } from "lora-dynamics/chain/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertGreater } from "@std/assert";
 *
 * const model = { student: activation("x"), d: 1e9, frozen: [0.5], batch: 1e9, step: 0.1 };
 * const chain = new LinearChain(model, 4, stream("7", "example"));
 * chain.run(1200);
 * assertGreater(Math.abs(chain.state.m(0)), 0.9);
 * ```
 */
export class LinearChain extends RankOneChain {
  /**
   * `copies` independent chains in lockstep. `model.batch` is the constant batch, or the least one
   * that a rule may give.
   *
   * @throws {RangeError} If an activation is not linear, `d < p + 1`, `batch` is too small, or loss, label
   * noise or inputs are others than square and normal.
   * @throws {TypeError} If a shape does not fit or a key of the model or the start is not known.
   */
  constructor(model: LinearModel, copies: number, rng: Draws, start: SingleIndexStart = {}) {
    const what = "run linear one-pass SGD";
    checkKeys(what, model, MODEL_KEYS, "the model");
    const { batch } = model;
    const size = (model.frozen?.length ?? 0) + 1 + ((model.noise ?? 0) > 0 ? 1 : 0);
    const checked = checkModel(what, {
      ...model,
      batch: typeof batch === "function" ? size : batch,
    });
    for (const side of ["student", "teacher"] as const) {
      const { series } = checked[side];
      if (series?.length !== 2 || series[0] !== 0 || series[1] !== 1) {
        throw new RangeError(
          `Cannot ${what} as ${side} must be the activation x: ` +
            `current value is ${checked[side].name}`,
        );
      }
    }
    checkGaussian(what, checked);
    if (typeof batch === "number") checkInteger(what, "batch", batch, size);
    const law = () => new WishartLaw(what, checked, batch, copies, rng);
    super(what, checked, copies, rng, start, law);
  }

  /** Samples used so far, per copy. */
  get samples(): Float64Array {
    return (this.law as WishartLaw).samples;
  }
}

/** Sums over the batch are functions of a Wishart matrix for least squares on Gaussian data alone. */
function checkGaussian(what: string, { loss, noiseLaw, inputs }: CheckedModel): void {
  const refuse = (key: string, wanted: string, { name }: { readonly name: string }) => {
    throw new RangeError(
      `Cannot ${what} as ${key} must be ${wanted}: current value is ${name}, which ` +
        "SingleIndexChain runs",
    );
  };
  if (loss.slope !== squareSlope) refuse("loss", "square", loss);
  if (noiseLaw.draw !== normalNoise) refuse("noiseLaw", "normal", noiseLaw);
  if (inputs.radius ?? inputs.length) refuse("inputs", "normal", inputs);
  checkRotation(what, inputs);
}
