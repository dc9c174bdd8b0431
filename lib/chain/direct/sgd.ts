import { checkFinite, checkFloats, checkInteger } from "../../check.ts";
import type { MatrixKernels } from "../../kernels/mod.ts";
import { sphere as unitVector } from "../../random/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { checkDraws } from "../draws.ts";
import { type CheckedModel, checkModel, type SingleIndexModel } from "../model.ts";
import { sizeSampler } from "../problem/inputs.ts";
import { type LawDraws, lawDraws, type Sampler } from "../problem/law_draws.ts";
import { noiseSampler } from "../problem/noise.ts";
import { Numbers } from "../rule/numbers.ts";
import { RuleRun } from "../rule/run.ts";
import { checkUnit } from "../state.ts";
import { diverged, RUNNING } from "../status.ts";
import { regions } from "./_regions.ts";

/**
 * One-pass SGD of a rank-one adapter as it is written down: vectors in `ℝ^d`, `b` fresh inputs per
 * step, cost `O(b d)`: the draws and two passes over ω. The yardstick of the exact chains: it runs the
 * same rule on real vectors and knows nothing of their law.
 *
 * Assumes: the frame of `frozen` is `e₁ = ω⋆, e₂, …` of the canonical basis.
 * Scale: time is counted in steps.
 * Source: code of nwemadji2026when.
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
  /** One run. */
  readonly copies = 1;
  /** Steps made so far. */
  steps = 0;

  readonly #data: Stream;
  readonly #noise: Sampler;
  readonly #size: Sampler | undefined;
  readonly #entries: LawDraws;
  readonly #kernels: MatrixKernels;
  readonly #run: RuleRun;
  readonly #left: Numbers;
  readonly #right: Numbers;
  readonly #x: Float64Array;
  /** ω is this times what is stored: a plain step leaves the division by its length to the next one. */
  #length = 1;
  #status = RUNNING;

  /**
   * A run from `u₀` (default `d⁻²`) and a uniform direction, or from a given `omega`.
   *
   * @throws {RangeError} If `d < p + 1`, `batch < 1`, a step size is not `> 0`, `noise < 0`, or omega
   * on the sphere has not length 1.
   * @throws {TypeError} If a shape does not fit or a key of the model is not known.
   */
  constructor(model: SingleIndexModel, rng: Stream, u0?: number, omega?: Float64Array) {
    const what = "run one-pass SGD";
    this.model = checkModel(what, model);
    const { d, sphere, rule } = this.model;
    checkDraws(what, rng);
    if (u0 !== undefined) checkFinite(what, "u0", u0);
    if (omega !== undefined) checkFloats(what, "omega", omega, d);
    if (omega !== undefined && sphere) checkUnit(what, "|omega|^2", omega);
    const vectors = Array<number>(2 + rule.memory).fill(d);
    const { kernels, parts: [x, ...kept] } = regions([d, ...vectors]);
    this.#kernels = kernels;
    this.#x = x;
    this.#run = new RuleRun(what, rule);
    this.#left = Numbers.zero(1, rule.memory);
    this.#right = new Numbers(kept, sphere ? 1 : 0);
    this.u = u0 ?? d ** -2;
    this.#right.point.set(omega ?? unitVector(rng.stream("start"), d));
    this.#data = rng.stream("data");
    this.#entries = lawDraws(this.#data);
    this.#noise = noiseSampler(this.model.noiseLaw, rng.stream("noise"));
    this.#size = sizeSampler(this.model.inputs, d, rng.stream("radius"));
  }

  /** Scalar factor. */
  get u(): number {
    return this.#left.point[0];
  }

  set u(value: number) {
    this.#left.point[0] = value;
  }

  /** Adapter direction ω, length `d`; valid until the next step. */
  get omega(): Float64Array {
    const omega = this.#right.point;
    if (this.#length !== 1) { for (let k = 0; k < omega.length; k++) omega[k] *= this.#length; }
    this.#length = 1;
    return omega;
  }

  /** What a rule with memory keeps beside `u` and beside ω. */
  get memory(): readonly { readonly u: number; readonly omega: Float64Array }[] {
    return this.#right.memory.map((omega, i) => ({ u: this.#left.memory[i][0], omega }));
  }

  /** Length of ω outside the frame. */
  get h(): number {
    const { omega } = this;
    let square = 0;
    for (let k = this.model.p; k < this.model.d; k++) square += omega[k] ** 2;
    return Math.sqrt(square);
  }

  /** Overlap `m = ω·ω⋆`, with its sign. */
  m(): number {
    return this.omega[0];
  }

  /** `"running"`, or the step at which the state has left the finite numbers and is NaN. */
  get status(): string {
    return this.#status;
  }

  /** Makes `steps` steps. */
  run(steps: number): void {
    checkInteger("run one-pass SGD", "steps", steps, 0);
    for (let k = 0; k < steps; k++) this.step();
  }

  /** One step: both gradients at the old point, then the update. */
  step(): void {
    const { d, p, batch, frozen, student, teacher, noise, loss } = this.model;
    const { dot, addScaled } = this.#kernels, { u } = this;
    const x = this.#x, gradient = this.#right.gradient, length = this.#length;
    const omegaAt = this.#right.point.byteOffset, xAt = x.byteOffset;
    // The gradient of one sample is a multiple of x.
    let gu = 0, c = 1;
    if (batch > 1) gradient.fill(0);
    for (let i = 0; i < batch; i++) {
      this.#input(x);
      let frozenPart = 0;
      const projection = length * dot(d, omegaAt, xAt);
      for (let j = 0; j < p; j++) frozenPart += frozen[j] * x[j];
      const lambda = frozenPart + u * projection;
      const label = teacher.f(x[0]) + (noise > 0 ? Math.sqrt(noise) * this.#noise.next() : 0);
      c = loss.slope(student.f(lambda), label) * student.df(lambda);
      gu += c * projection;
      if (batch > 1) addScaled(d, c, xAt, gradient.byteOffset);
    }
    const finite = this.#run.plain ? this.#movePlain(gu, c) : this.#move(gu, c);
    this.steps++;
    if (finite || this.#status !== RUNNING) return;
    this.#status = diverged(this.steps, "the state is");
    this.u = NaN;
    this.#right.point.fill(NaN);
  }

  /** One input. */
  #input(x: Float64Array): void {
    const { fill, length } = this.model.inputs;
    if (fill !== undefined) return fill(this.#entries, x);
    this.#data.fillNormal(x);
    if (this.#size === undefined) return;
    let square = 1;
    if (length !== undefined) square = this.#kernels.dot(x.length, x.byteOffset, x.byteOffset);
    const rho = this.#size.next() / Math.sqrt(square);
    for (let k = 0; k < x.length; k++) x[k] *= rho;
  }

  /** The move of a rule that keeps only the point, in one pass over ω. */
  #movePlain(gu: number, c: number): boolean {
    const { d, batch, schedule, sphere } = this.model, { u } = this;
    this.#run.ask(this.steps, schedule(this.steps));
    const { u: left, omega: right } = this.#run.table;
    const from = batch > 1 ? this.#right.gradient : this.#x, factor = batch > 1 ? 1 / batch : c;
    const square = this.#kernels.shrinkAndMove(
      d,
      this.#length * right[0],
      right[1] * u * factor,
      from.byteOffset,
      this.#right.point.byteOffset,
    );
    this.#length = sphere ? 1 / Math.sqrt(square) : 1;
    this.u = left[0] * u + left[1] * gu / batch;
    return square + this.u - (square + this.u) === 0;
  }

  /** The move of any rule. */
  #move(gu: number, c: number): boolean {
    const { batch, schedule } = this.model, left = this.#left, right = this.#right;
    if (batch === 1) this.#x.forEach((value, k) => right.gradient[k] = c * value);
    left.gradient[0] = gu;
    left.batch = right.batch = batch;
    right.factor = this.u;
    return this.#run.step(this.steps, schedule(this.steps), { u: left, omega: right });
  }
}
