import { checkInteger } from "../check.ts";
import { sphere } from "../random/mod.ts";
import type { Stream } from "../random/mod.ts";
import { checkCommittee, type CommitteeModel } from "./committee_model.ts";
import { checkDraws } from "./state.ts";

/**
 * Committee SGD as it is written down: rows in `ℝ^d`, cost `O(b d (K + r))`. The yardstick of
 * `CommitteeChain`; it shares no update with it.
 *
 * Assumes: teacher rows are the first `K` canonical basis vectors.
 * Scale: time is counted in steps.
 * Source: code of nwemadji2026when, as specified in pre-training-hurts §2.4.
 *
 * @example
 * ```ts
 * import { DirectCommittee } from "lora-dynamics/chain/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const model = {
 *   activation: activation("relu"), d: 15, frozen: [0.5, 0.5, 1], rank: 2, batch: 4, step: 0.3,
 * };
 * const sgd = new DirectCommittee(model, stream("7", "example"));
 * sgd.run(5);
 * assertAlmostEquals(Math.hypot(...sgd.v[1]), 1, 1e-12);
 * ```
 */
export class DirectCommittee {
  /** Left factor, `K × r`. */
  readonly u: Float64Array;
  /** Rows of the right factor, each of length `d`. */
  readonly v: Float64Array[];
  /** Output divisor `S`. */
  readonly scale: number;

  readonly #data: Stream;

  /**
   * A run from `U₀ = d⁻²` and independent uniform rows of `V`.
   *
   * @throws {RangeError} If `d < K + 2r`, or a size or step is out of range.
   * @throws {TypeError} If the activation or the list of frozen rows is none.
   */
  constructor(readonly model: CommitteeModel, rng: Stream) {
    this.scale = checkCommittee("run committee SGD", model);
    checkDraws("run committee SGD", rng);
    const { d, frozen, rank } = model;
    this.u = new Float64Array(frozen.length * rank).fill(d ** -2);
    this.v = Array.from({ length: rank }, (_, j) => sphere(rng.stream("start", j), d));
    this.#data = rng.stream("data");
  }

  /** Makes `steps` steps. */
  run(steps: number): void {
    checkInteger("run committee SGD", "steps", steps, 0);
    for (let k = 0; k < steps; k++) this.step();
  }

  /** One step: all gradients at the old point, then the update. */
  step(): void {
    const { activation, d, frozen, rank, batch, step } = this.model;
    const K = frozen.length, { u, v, scale } = this;
    const gu = new Float64Array(K * rank);
    const gv = v.map(() => new Float64Array(d));
    const x = new Float64Array(d);
    for (let i = 0; i < batch; i++) {
      this.#data.fillNormal(x);
      const vx = v.map((row) => row.reduce((sum, value, k) => sum + value * x[k], 0));
      const pre = frozen.map((mu, k) =>
        mu * x[k] + vx.reduce((sum, s, j) => sum + u[k * rank + j] * s, 0)
      );
      const error = pre.reduce((sum, l, k) => sum + activation.f(l) - activation.f(x[k]), 0) /
        scale;
      const delta = pre.map((l) => error * activation.df(l) / scale);
      for (let j = 0; j < rank; j++) {
        let c = 0;
        for (let k = 0; k < K; k++) {
          gu[k * rank + j] += delta[k] * vx[j];
          c += delta[k] * u[k * rank + j];
        }
        for (let k = 0; k < d; k++) gv[j][k] += c * x[k];
      }
    }
    for (let i = 0; i < u.length; i++) u[i] -= step / batch * gu[i];
    v.forEach((row, j) => {
      for (let k = 0; k < d; k++) row[k] -= step / batch * gv[j][k];
      const length = Math.hypot(...row);
      for (let k = 0; k < d; k++) row[k] /= length;
    });
  }
}
