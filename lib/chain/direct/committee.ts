import { checkInteger } from "../../check.ts";
import { sphere } from "../../random/mod.ts";
import type { Stream } from "../../random/mod.ts";
import { checkCommittee, type CommitteeModel, type CommitteeSetting } from "../committee_model.ts";
import { checkDraws } from "../draws.ts";
import { Numbers } from "../rule/numbers.ts";
import { RuleRun } from "../rule/run.ts";
import { diverged, RUNNING } from "../status.ts";

/**
 * Committee SGD as it is written down: rows in `ℝ^d`, cost `O(b d (K + r))`. The yardstick of
 * `CommitteeChain`: it runs the same rule on real vectors and knows nothing of its law.
 *
 * Assumes: the frame is the canonical basis; its first `K` vectors are the teacher rows.
 * Scale: time is counted in steps.
 * Source: code of nwemadji2026when.
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
  /** Steps made so far. */
  steps = 0;

  readonly #setting: CommitteeSetting;
  readonly #run: RuleRun;
  readonly #left: Numbers;
  readonly #right: Numbers;
  readonly #data: Stream;
  #status = RUNNING;

  /**
   * A run from `U₀ = d⁻²` and independent uniform rows of `V`.
   *
   * @throws {RangeError} If `d < p + 2r`, or a size or step is out of range.
   * @throws {TypeError} If the activation or the list of frozen rows is none, or a key of the model is
   * not known.
   */
  constructor(readonly model: CommitteeModel, rng: Stream) {
    const what = "run committee SGD";
    this.#setting = checkCommittee(what, model);
    checkDraws(what, rng);
    const { d, frozen, rank, batch } = model, { rule, scale } = this.#setting;
    this.scale = scale;
    this.#run = new RuleRun(what, rule);
    this.#left = Numbers.zero(frozen.length * rank, rule.memory);
    const vectors = Array.from({ length: 2 + rule.memory }, () => new Float64Array(rank * d));
    this.#right = new Numbers(vectors, this.#setting.sphere ? rank : 0);
    this.#left.batch = this.#right.batch = batch;
    this.u = this.#left.point.fill(d ** -2);
    this.v = this.#rows(this.#right.point);
    this.v.forEach((row, j) => row.set(sphere(rng.stream("start", j), d)));
    this.#data = rng.stream("data");
  }

  /** Rows of length `d` of a matrix. */
  #rows(matrix: Float64Array): Float64Array[] {
    const { d, rank } = this.model;
    return Array.from({ length: rank }, (_, j) => matrix.subarray(j * d, (j + 1) * d));
  }

  /** What a rule with memory keeps beside `U` and beside the rows of `V`. */
  get memory(): readonly { readonly u: Float64Array; readonly v: Float64Array[] }[] {
    return this.#right.memory.map((v, i) => ({ u: this.#left.memory[i], v: this.#rows(v) }));
  }

  /** `"running"`, or the step at which the state has left the finite numbers and is NaN. */
  get status(): string {
    return this.#status;
  }

  /** Makes `steps` steps. */
  run(steps: number): void {
    checkInteger("run committee SGD", "steps", steps, 0);
    for (let k = 0; k < steps; k++) this.step();
  }

  /** One step: all gradients at the old point, then the update. */
  step(): void {
    const { d, rank, batch } = this.model, { activation, K, p, rows } = this.#setting;
    const { u, v, scale } = this;
    const gu = this.#left.gradient.fill(0), gv = this.#rows(this.#right.gradient.fill(0));
    const x = new Float64Array(d);
    for (let i = 0; i < batch; i++) {
      this.#data.fillNormal(x);
      const vx = v.map((row) => row.reduce((sum, value, k) => sum + value * x[k], 0));
      const pre = Array.from({ length: K }, (_, k) => {
        let own = 0;
        for (let q = 0; q < p; q++) own += rows[k * p + q] * x[q];
        return own + vx.reduce((sum, s, j) => sum + u[k * rank + j] * s, 0);
      });
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
    const step = this.#setting.schedule(this.steps);
    const finite = this.#run.step(this.steps, step, { u: this.#left, omega: this.#right });
    this.steps++;
    if (finite || this.#status !== RUNNING) return;
    this.#status = diverged(this.steps, "the state is");
    for (const point of [this.u, this.#right.point]) point.fill(NaN);
  }
}
