import { checkFinite, checkFloats, checkInteger } from "../check.ts";
import { type MatrixKernels, matrixKernels } from "../kernels/mod.ts";
import { sphere as unitVector } from "../random/mod.ts";
import type { Stream } from "../random/mod.ts";
import { type CheckedModel, checkModel, type SingleIndexModel } from "./model.ts";
import { checkDraws } from "./state.ts";

/**
 * One-pass SGD of a rank-one adapter as it is written down: vectors in `ℝ^d`, `b` fresh inputs per
 * step, cost `O(b d)`: the draws and two passes over ω. The yardstick of the exact chains; it shares
 * no update with them.
 *
 * Assumes: inputs `N(0, I_d)`; the frame of `frozen` is `e₁ = ω⋆, e₂, …` of the canonical basis.
 * Scale: time is counted in steps.
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
  /** Scalar factor. */
  u: number;

  readonly #data: Stream;
  readonly #noise: Stream;
  readonly #kernels: MatrixKernels;
  readonly #omega: Float64Array;
  readonly #x: Float64Array;
  readonly #gradient: Float64Array;
  /** ω is this times `#omega`: a step leaves the division by its length to the next one. */
  #length = 1;

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
    this.#kernels = matrixKernels(3 * d);
    const { floats, heap } = this.#kernels;
    const vector = (i: number) => floats.subarray(heap / 8 + i * d, heap / 8 + (i + 1) * d);
    [this.#omega, this.#x, this.#gradient] = [vector(0), vector(1), vector(2)];
    this.#omega.set(omega ?? unitVector(rng.stream("start"), d));
    this.#data = rng.stream("data");
    this.#noise = rng.stream("noise");
  }

  /** Adapter direction ω, length `d`; valid until the next step. */
  get omega(): Float64Array {
    const omega = this.#omega;
    if (this.#length !== 1) { for (let k = 0; k < omega.length; k++) omega[k] *= this.#length; }
    this.#length = 1;
    return omega;
  }

  /** Makes `steps` steps. */
  run(steps: number): void {
    checkInteger("run one-pass SGD", "steps", steps, 0);
    for (let k = 0; k < steps; k++) this.step();
  }

  /** One step: both gradients at the old point, then the update. */
  step(): void {
    const { d, p, batch, frozen, student, teacher, noise, stepU, stepOmega, sphere } = this.model;
    const { dot, addScaled, shrinkAndMove } = this.#kernels;
    const x = this.#x, gradient = this.#gradient, length = this.#length;
    const omegaAt = this.#omega.byteOffset, xAt = x.byteOffset;
    // The gradient of one sample is a multiple of x.
    let gu = 0, c = 1;
    if (batch > 1) gradient.fill(0);
    for (let i = 0; i < batch; i++) {
      this.#data.fillNormal(x);
      let frozenPart = 0;
      const projection = length * dot(d, omegaAt, xAt);
      for (let j = 0; j < p; j++) frozenPart += frozen[j] * x[j];
      const lambda = frozenPart + this.u * projection;
      const label = teacher.f(x[0]) + (noise > 0 ? Math.sqrt(noise) * this.#noise.normal() : 0);
      c = (student.f(lambda) - label) * student.df(lambda);
      gu += c * projection;
      if (batch > 1) addScaled(d, c, xAt, gradient.byteOffset);
    }
    const [from, factor] = batch > 1 ? [gradient.byteOffset, 1 / batch] : [xAt, c];
    const square = shrinkAndMove(d, length, -stepOmega * this.u * factor, from, omegaAt);
    this.#length = sphere ? 1 / Math.sqrt(square) : 1;
    this.u -= stepU * gu / batch;
  }

  /** Length of ω outside the frame. */
  get h(): number {
    const { omega } = this;
    let square = 0;
    for (let k = this.model.p; k < this.model.d; k++) square += omega[k] ** 2;
    return Math.sqrt(square);
  }
}
