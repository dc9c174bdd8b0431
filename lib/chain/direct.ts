import { checkFinite, checkFloats, checkInteger } from "../check.ts";
import { sphere as unitVector } from "../random/mod.ts";
import type { Stream } from "../random/mod.ts";
import { type CheckedModel, checkModel, type SingleIndexModel } from "./model.ts";
import { checkDraws } from "./state.ts";

/**
 * One-pass SGD of a rank-one adapter as it is written down: vectors in `ℝ^d`, `b` fresh inputs per
 * step, cost `O(b d)`. The yardstick of the exact chains; it shares no update with them.
 *
 * Assumes: inputs `N(0, I_d)`; the frame of `frozen` is `e₁ = ω⋆, e₂, …` of the canonical basis.
 * Scale: time is counted in steps; for He_k the step size is divided by `N_k = k·k!`.
 * Source: code of nwemadji2026when, as specified in pre-training-hurts §2.1.
 *
 * @example
 * ```ts
 * import { DirectSgd } from "lora-dynamics/chain/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const model = { student: activation("erf"), d: 20, frozen: [0.5], batch: 8, step: 0.2 };
 * const sgd = new DirectSgd(model, stream("7", "example"), 0.1);
 * sgd.run(3);
 * assertAlmostEquals(Math.hypot(...sgd.omega), 1, 1e-12);
 * ```
 */
export class DirectSgd {
  /** The model, checked and with defaults filled in. */
  readonly model: CheckedModel;
  /** Adapter direction ω, length `d`. */
  readonly omega: Float64Array;
  /** Scalar factor. */
  u: number;

  readonly #data: Stream;
  readonly #noise: Stream;
  readonly #x: Float64Array;
  readonly #gradient: Float64Array;

  /**
   * A run from `u₀` (default `d⁻²`) and a uniform direction, or from a given `omega`.
   *
   * @throws {RangeError} If `d < p + 1`, `batch < 1`, a step size is not `> 0`, `noise < 0`.
   * @throws {TypeError} If a shape does not fit.
   */
  constructor(model: SingleIndexModel, rng: Stream, u0?: number, omega?: Float64Array) {
    const what = "run one-pass SGD";
    this.model = checkModel(what, model);
    const { d } = this.model;
    checkDraws(what, rng);
    this.u = u0 ?? d ** -2;
    checkFinite(what, "u0", this.u);
    if (omega !== undefined) checkFloats(what, "omega", omega, d);
    this.omega = omega?.slice() ?? unitVector(rng.stream("start"), d);
    this.#data = rng.stream("data");
    this.#noise = rng.stream("noise");
    this.#x = new Float64Array(d);
    this.#gradient = new Float64Array(d);
  }

  /** Makes `steps` steps. */
  run(steps: number): void {
    checkInteger("run one-pass SGD", "steps", steps, 0);
    for (let k = 0; k < steps; k++) this.step();
  }

  /** One step: both gradients at the old point, then the update. */
  step(): void {
    const { d, p, batch, frozen, student, teacher, noise, stepU, stepOmega, sphere } = this.model;
    const { omega } = this, x = this.#x, gradient = this.#gradient.fill(0);
    let gu = 0;
    for (let i = 0; i < batch; i++) {
      this.#data.fillNormal(x);
      let projection = 0, frozenPart = 0;
      for (let k = 0; k < d; k++) projection += omega[k] * x[k];
      for (let j = 0; j < p; j++) frozenPart += frozen[j] * x[j];
      const lambda = frozenPart + this.u * projection;
      const label = teacher.f(x[0]) + (noise > 0 ? Math.sqrt(noise) * this.#noise.normal() : 0);
      const c = (student.f(lambda) - label) * student.df(lambda);
      gu += c * projection;
      for (let k = 0; k < d; k++) gradient[k] += c * x[k];
    }
    let square = 0;
    for (let k = 0; k < d; k++) {
      omega[k] -= stepOmega * this.u * gradient[k] / batch;
      square += omega[k] * omega[k];
    }
    this.u -= stepU * gu / batch;
    if (sphere) {
      const scale = 1 / Math.sqrt(square);
      for (let k = 0; k < d; k++) omega[k] *= scale;
    }
  }

  /** Length of ω outside the frame. */
  get h(): number {
    let square = 0;
    for (let k = this.model.p; k < this.model.d; k++) square += this.omega[k] ** 2;
    return Math.sqrt(square);
  }
}
