import {
  checkFinite,
  checkInteger,
  checkKeys,
  checkNonNegative,
  checkPositive,
} from "../../check.ts";
import type { Activation, ActivationLike } from "../../gaussian/mod.ts";
import type { MatrixKernels } from "../../kernels/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { checkDraws } from "../draws.ts";
import { activationOf, checkNumbers } from "../model.ts";
import { diverged, RUNNING } from "../status.ts";
import { regions } from "./_regions.ts";

/** Online SGD of the first layer of a two-layer network on a two-layer teacher. */
export interface TwoLayerModel {
  /** Activation σ of the student. */
  readonly activation: ActivationLike;
  /** Activation σ⋆ of the teacher; the student's when not given. */
  readonly teacher?: ActivationLike;
  /** Input dimension, at least the number of teacher units. */
  readonly d: number;
  /** Fixed output weights `a` of the student, one per neuron: `1/K` each for a mean of `K` neurons. */
  readonly output: readonly number[];
  /** Output weights `a⋆` of the teacher; its neuron `m` reads the coordinate `x_m`. */
  readonly teacherOutput: readonly number[];
  /** Step size η of the weights. */
  readonly step: number;
  /** Variance Δ of the label noise; 0 when not given. */
  readonly noise?: number;
}

const KEYS: readonly (keyof TwoLayerModel)[] = [
  ...["activation", "teacher", "d", "output", "teacherOutput", "step", "noise"] as const,
];

/**
 * Online SGD of a two-layer network as it is written down: every step draws one input `x ~ N(0, I_d)`
 * and moves the rows of `W`, at a cost `O(K d)`. Rows of inactive neurons are not touched.
 *
 * Law: `f(x) = Σ_i a_i σ(w_i·x)`, `y = Σ_m a⋆_m σ⋆(x_m) + √Δ z`, `w_i ← w_i − η (f − y) a_i σ′(w_i·x) x`,
 * all from the old weights.
 * Assumes: teacher weights are the first canonical basis vectors, as for any orthonormal teacher
 * after a rotation.
 * Scale: time is counted in steps (samples); Saad and Solla's time is `η·steps` at `a_i = 1`, `η = η₀/d`.
 * Source: D. Saad, S. A. Solla, On-line learning in soft committee machines, Phys. Rev. E 52 (1995)
 * 4225, with free output weights.
 *
 * @example Two neurons learn a ReLU from one start near zero and one near the teacher.
 * ```ts
 * import { DirectTwoLayer } from "lora-dynamics/chain/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const relu = { activation: activation("relu"), d: 20, output: [0.5, 0.5], teacherOutput: [1] };
 * const start = new Float64Array(2 * 20);
 * start[0] = start[20] = 0.5;
 * const sgd = new DirectTwoLayer({ ...relu, step: 0.1 }, stream("7", "example"), start);
 * sgd.run(2000);
 * assertAlmostEquals((sgd.weights[0] + sgd.weights[20]) / 2, 1, 1e-6);
 * ```
 */
export class DirectTwoLayer {
  /** First-layer weights `W`, `K × d` row-major; they may be read and written between steps. */
  readonly weights: Float64Array;
  /** Steps made so far. */
  steps = 0;

  readonly #activation: Activation;
  readonly #teacher: Activation;
  readonly #data: Stream;
  readonly #noise: Stream;
  readonly #noiseScale: number;
  readonly #kernels: MatrixKernels;
  readonly #x: Float64Array;
  readonly #coefficients: Float64Array;
  #status = RUNNING;

  /**
   * A run from the weights `start` (`K × d` row-major), or from rows `N(0, 1/d)`.
   *
   * @throws {RangeError} If `d` is smaller than the number of teacher units, `step` is not `> 0`,
   * `noise < 0` or a weight is not finite.
   * @throws {TypeError} If a list is empty, an activation is none, `start` has the wrong length,
   * or a key of the model is not known.
   */
  constructor(readonly model: TwoLayerModel, rng: Stream, start?: ArrayLike<number>) {
    const what = "run two-layer SGD";
    checkKeys(what, model, KEYS, "the model");
    const { d, output, teacherOutput, step, noise = 0 } = model;
    this.#noiseScale = Math.sqrt(noise);
    this.#activation = activationOf(what, "activation", model.activation);
    this.#teacher = activationOf(what, "teacher", model.teacher ?? this.#activation);
    checkNumbers(what, "output", output);
    checkNumbers(what, "teacherOutput", teacherOutput);
    checkInteger(what, "d", d, teacherOutput.length);
    checkPositive(what, "step", step);
    checkNonNegative(what, "noise", noise);
    checkDraws(what, rng);
    const K = output.length;
    if (start !== undefined && start.length !== K * d) {
      throw new TypeError(
        `Cannot ${what} as start must have ${K} x ${d} entries: current value has ${start.length}`,
      );
    }
    const { kernels, parts } = regions([K * d, d, K]);
    this.#kernels = kernels;
    [this.weights, this.#x, this.#coefficients] = parts;
    if (start === undefined) {
      rng.stream("start").fillNormal(this.weights);
      for (let i = 0; i < K * d; i++) this.weights[i] /= Math.sqrt(d);
    } else {
      for (let i = 0; i < K * d; i++) {
        checkFinite(what, `start[${i}]`, start[i]);
        this.weights[i] = start[i];
      }
    }
    this.#data = rng.stream("data");
    this.#noise = rng.stream("noise");
  }

  /** `"running"`, or the step at which the weights have left the finite numbers. */
  get status(): string {
    return this.#status;
  }

  /** Makes `steps` steps. */
  run(steps: number): void {
    checkInteger("run two-layer SGD", "steps", steps, 0);
    for (let k = 0; k < steps; k++) this.step();
  }

  /** One step on one fresh input. */
  step(): void {
    const { d, output, teacherOutput, step } = this.model;
    const activation = this.#activation;
    const x = this.#x, c = this.#coefficients, K = output.length;
    const { rowsTimesVector, moveRows } = this.#kernels;
    this.#data.fillNormal(x);
    rowsTimesVector(K, d, this.weights.byteOffset, x.byteOffset, c.byteOffset);
    let error = this.#noiseScale > 0 ? -this.#noiseScale * this.#noise.normal() : 0;
    for (let m = 0; m < teacherOutput.length; m++) {
      error -= teacherOutput[m] * this.#teacher.f(x[m]);
    }
    for (let i = 0; i < K; i++) error += output[i] * activation.f(c[i]);
    for (let i = 0; i < K; i++) c[i] = -step * error * output[i] * activation.df(c[i]);
    moveRows(K, d, c.byteOffset, x.byteOffset, this.weights.byteOffset);
    this.steps++;
    if (!Number.isFinite(error) && this.#status === RUNNING) {
      this.#status = diverged(this.steps, "the weights are");
    }
  }
}
