import { checkInteger } from "../check.ts";
import { wishart } from "../random/mod.ts";
import { CommitteeLaw } from "./law/committee.ts";
import { checkCommittee, type CommitteeModel, type CommitteeSetting } from "./committee_model.ts";
import { checkDraws, type Draws } from "./draws.ts";
import { Kept } from "./kept.ts";
import { Numbers } from "./rule/numbers.ts";
import { RuleRun } from "./rule/run.ts";
import { diverged, RUNNING } from "./status.ts";

/**
 * One-pass SGD of a two-layer student `ŷ = S⁻¹ Σ_k σ(W_k·x)`, `W = W₀ + U V`, exact in law at a
 * cost independent of `d`.
 *
 * Teacher rows `T` are orthonormal, `y = S⁻¹ Σ_k σ(t_k·x)`; frozen rows `W₀` are `D T` or any rows in a
 * frame of `p` directions that begins with `T`; `V` has unit rows, re-normalised after every step. The
 * state is `U` (`K × r`), the coordinates `a` of `V` in the frame (`r × p`) and a square root `H`
 * (`r × r`) of the Gram matrix of the rows of `V` outside it. What a batch does outside all of these
 * is a Wishart matrix with `d − p − r` degrees of freedom.
 *
 * Assumes: inputs `N(0, I_d)`, a fresh batch at every step, `U₀ = d⁻²` in every entry.
 * Scale: time is counted in steps.
 * Source: model: code of nwemadji2026when; exact chain: ours.
 *
 * @example
 * ```ts
 * import { CommitteeChain } from "lora-dynamics/chain/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const model = {
 *   activation: activation("relu"), d: 100, frozen: [0.1, 0.1, 1, 1], rank: 2, batch: 30, step: 1,
 * };
 * const chain = new CommitteeChain(model, stream("7", "example"));
 * chain.run(10);
 * const row = [...chain.a.subarray(0, 4), ...chain.h.subarray(0, 2)];
 * assertAlmostEquals(Math.hypot(...row), 1, 1e-12);
 * ```
 */
export class CommitteeChain {
  /** Left factor, `K × r`. */
  readonly u: Float64Array;
  /** Coordinates of the adapter's rows in the frame, `r × p`; the first `K` on the teacher's. */
  readonly a: Float64Array;
  /** Square root of the Gram matrix of the rest of the rows, `r × r`. */
  readonly h: Float64Array;
  /** Output divisor `S`. */
  readonly scale: number;
  /** Steps made so far. */
  steps = 0;

  readonly #setting: CommitteeSetting;
  readonly #law: CommitteeLaw;
  readonly #run: RuleRun;
  readonly #left: Numbers;
  readonly #right: Kept;
  readonly #remainder: Draws;
  readonly #across: Draws;
  #status = RUNNING;

  /**
   * A chain from `U₀ = d⁻²` and independent uniform rows of `V`.
   *
   * @throws {RangeError} If `d < p + 2r`, or a size or step is out of range.
   * @throws {TypeError} If the activation or the list of frozen rows is none, or a key of the model is
   * not known.
   */
  constructor(readonly model: CommitteeModel, rng: Draws) {
    const what = "run committee SGD";
    this.#setting = checkCommittee(what, model);
    checkDraws(what, rng);
    const { d, rank: r, batch } = model;
    const { K, p, rule, sphere, scale } = this.#setting;
    this.scale = scale;
    this.#law = new CommitteeLaw(model, this.#setting, rng);
    this.#run = new RuleRun(what, rule);
    this.#left = Numbers.zero(K * r, rule.memory);
    this.#right = new Kept({ p, r, memory: rule.memory, sphere });
    this.#left.batch = this.#right.batch = batch;
    this.#remainder = rng.stream("remainder");
    this.#across = rng.stream("memory");
    this.u = this.#left.point.fill(d ** -2);
    // Rows of V are normalised Gaussians: `a` from normals, the rest's Gram from a Wishart.
    this.a = rng.stream("start").fillNormal(this.#right.frame.subarray(0, r * p));
    this.#right.start(wishart(rng.stream("start remainder"), d - p, r));
    this.h = new Float64Array(r * r);
    this.#copyRoot(this.#right.root, this.#right.k, this.h, r);
  }

  /** What a rule with memory keeps: beside `U`, and the coordinates of what it keeps beside `V`. */
  get memory(): readonly { readonly u: Float64Array; readonly a: Float64Array }[] {
    const size = this.a.length;
    return this.#left.memory.map((u, i) => ({
      u,
      a: this.#right.frame.subarray((i + 1) * size, (i + 2) * size),
    }));
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
    const { d, rank: r } = this.model, left = this.#left, right = this.#right;
    this.#law.draw(this, left, right);
    wishart(this.#remainder, d - this.#setting.p - right.k, r, right.wishart);
    if (right.k > r) this.#across.fillNormal(right.normals);
    this.#copyRoot(this.h, r, right.root, right.k);
    const step = this.#setting.schedule(this.steps);
    const finite = this.#run.step(this.steps, step, { u: left, omega: right });
    this.#copyRoot(right.root, right.k, this.h, r);
    this.steps++;
    if (finite) return;
    if (this.#status === RUNNING) this.#status = diverged(this.steps, "the state is");
    for (const part of [this.u, this.a, this.h]) part.fill(NaN);
  }

  /** Copies the student's block of a root into one with another number of columns. */
  #copyRoot(from: Float64Array, fromColumns: number, to: Float64Array, toColumns: number): void {
    const { rank: r } = this.model;
    for (let i = 0; i < r; i++) {
      for (let j = 0; j < r; j++) to[i * toColumns + j] = from[i * fromColumns + j];
    }
  }

  /** Student rows in the frame, `W₀ + U a`, `K × p` row-major. */
  overlaps(): Float64Array {
    const { rank: r } = this.model, { K, p, rows } = this.#setting;
    const out = rows.slice();
    for (let i = 0; i < K; i++) {
      for (let q = 0; q < p; q++) {
        for (let j = 0; j < r; j++) out[i * p + q] += this.u[i * r + j] * this.a[j * p + q];
      }
    }
    return out;
  }

  /** Gram matrix `W Wᵀ` of the student rows, `K × K` row-major. */
  gram(): Float64Array {
    const { rank: r } = this.model, { K, p } = this.#setting, { u, h } = this;
    const q = this.overlaps();
    const rest = new Float64Array(K * r);
    for (let i = 0; i < K; i++) {
      for (let l = 0; l < r; l++) {
        for (let j = 0; j < r; j++) rest[i * r + l] += u[i * r + j] * h[j * r + l];
      }
    }
    const out = new Float64Array(K * K);
    for (let i = 0; i < K; i++) {
      for (let k = 0; k < K; k++) {
        for (let j = 0; j < p; j++) out[i * K + k] += q[i * p + j] * q[k * p + j];
        for (let l = 0; l < r; l++) out[i * K + k] += rest[i * r + l] * rest[k * r + l];
      }
    }
    return out;
  }
}
