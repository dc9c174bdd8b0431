/**
 * One-pass SGD of low-rank fine-tuning as a Markov chain, exact in law at a cost independent of `d`.
 *
 * @module
 */
import {
  checkFinite,
  checkInteger,
  checkNonNegative,
  checkOneOf,
  checkPositive,
} from "../../../check.ts";
import { semidefiniteRoot } from "../../../linalg/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import type { Activation } from "../../../gaussian/mod.ts";
import { INPUT_LAWS, type InputLaw, inputOf, type Model } from "../model.ts";

/**
 * `sphere`: A1, unit adapter, fixed `ĉ`; `joint`: A2, `ĉ` is trained too; `free`: A3, from zero without
 * constraint; `lazy`: A4, the linearised model from zero.
 */
export type Algorithm = "sphere" | "joint" | "free" | "lazy";

/** Options of a run. */
export interface RunOptions {
  /** Algorithm; `sphere` when not given. */
  readonly algorithm?: Algorithm;
  /** Dimension `n = d − k` of the complement of the base (`d` for a single-index model). */
  readonly n: number;
  /** Step scale: `η = α/n`. */
  readonly alpha: number;
  /** Ratio `η_c/η` of joint training; 1 when not given. */
  readonly ratio?: number;
  /** Inputs averaged in one step; 1 when not given. */
  readonly batch?: number;
  /** Standard deviation of label noise; 0 when not given. */
  readonly noise?: number;
  /** Law of the base features of an orthonormal base; Gaussian when not given. */
  readonly law?: InputLaw;
  /** Overlap at the start of `sphere` and `joint`; that of a uniform direction when not given. */
  readonly m0?: number;
}

/** Checks the options of a run; returns the complete ones. */
export function checkRun(options: RunOptions): Required<Omit<RunOptions, "m0">> {
  const what = "run fine-tuning SGD";
  const { n, alpha, ratio = 1, batch = 1, noise = 0, law = "gaussian" } = options;
  const { algorithm = "sphere", m0 } = options;
  checkInteger(what, "n = d − k", n, 2);
  checkPositive(what, "alpha", alpha);
  checkNonNegative(what, "ratio", ratio);
  checkInteger(what, "batch", batch, 1);
  checkNonNegative(what, "noise", noise);
  checkOneOf(what, "law", law, INPUT_LAWS);
  checkOneOf(what, "algorithm", algorithm, ["sphere", "joint", "free", "lazy"]);
  if (m0 !== undefined) {
    checkFinite(what, "m0", m0);
    if (Math.abs(m0) > 1) {
      throw new RangeError(`Cannot ${what} as m0 must be in [-1, 1]: current value is ${m0}`);
    }
  }
  return { n, alpha, ratio, batch, noise, law, algorithm };
}

/** Squared length at which an adapter without constraint has diverged; the teacher's is 1. */
const ESCAPE = 1e6;

/**
 * The chain of one copy.
 *
 * Given the projections of an input on the base, on `û` and on `u`, the rest of it enters through a
 * squared length with `n − 2` degrees of freedom, so the order parameters are a Markov chain.
 *
 * Assumes: inputs `N(0, I_d)`, a fresh one at every step, `u ⊥ span W`.
 * Scale: time is counted in steps; `τ = steps/n`.
 * Source: algorithm: dayi25a, Eq. (4), `η = 2η_paper`; exact chain: ours.
 *
 * @example
 * ```ts
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { FineTuningChain, standard } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const chain = new FineTuningChain(standard(), { n: 2000, alpha: 0.2 }, stream("7", "example"));
 * chain.run(80_000);
 * assert(chain.m > 0.99 && chain.gap < 0.01); // dimension 2008, eight normals a step
 * ```
 */
export class FineTuningChain {
  /** Overlap `⟨û, u⟩`. */
  m = 0;
  /** Length of `û` across `u`: `√(1 − m²)` on the sphere, kept without cancellation. */
  across = 1;
  /** Squared length `|û|²` (1 on the sphere). */
  nu = 1;
  /** Step scale; a schedule may change it. */
  alpha: number;
  /** `ξψ̂` of the last input: what a step-size rule may look at. */
  gate = 0;
  /** Steps made. */
  steps = 0;
  /** `"diverged"` once `|û|²` has passed 10⁶; the chain then stands still. */
  status: "running" | "diverged" = "running";
  /** Left factor of the student. */
  readonly hatC: Float64Array;

  readonly #model: Model;
  readonly #run: Required<Omit<RunOptions, "m0">>;
  // Read at every step: places and truth values, as comparing text from a message is slow.
  readonly #activation: Activation;
  readonly #joint: boolean;
  readonly #lazy: boolean;
  readonly #free: boolean;
  /** Law of the base features, unless Gaussian. */
  readonly #other: Exclude<InputLaw, "gaussian"> | undefined;
  readonly #lambda: Float64Array;
  readonly #c: Float64Array;
  readonly #perR0: number;
  readonly #rng: Stream;
  readonly #root: Float64Array | undefined;
  readonly #a: Float64Array;
  /** Arguments and values of the student's and of the teacher's neurons. */
  readonly #z: Float64Array;
  readonly #zStar: Float64Array;
  readonly #value: Float64Array;
  readonly #valueStar: Float64Array;
  readonly #slope: Float64Array;
  readonly #gradient: Float64Array;
  #squares = 0;
  #divergedAt = 0;
  #inputs = 0;

  /**
   * A chain at its start.
   *
   * @throws {RangeError} If `n < 2` (that is `d < k + 2`), `α ≤ 0`, another option is out of range, or
   * the base is not orthonormal under a law that is not Gaussian.
   */
  constructor(model: Model, options: RunOptions, rng: Stream) {
    this.#run = checkRun(options);
    this.alpha = this.#run.alpha;
    this.#model = model;
    this.#activation = model.activation;
    this.#rng = rng.stream("data");
    const { k, gram } = model;
    this.#root = gram && semidefiniteRoot(Float64Array.from(gram), k);
    this.#a = new Float64Array(k);
    this.#z = new Float64Array(k);
    this.#zStar = new Float64Array(k);
    this.#value = new Float64Array(k);
    this.#valueStar = new Float64Array(k);
    this.#slope = new Float64Array(k);
    this.#gradient = new Float64Array(k);
    this.hatC = Float64Array.from(model.hatC);
    this.#lambda = Float64Array.from(model.lambda);
    this.#c = Float64Array.from(model.c);
    this.#perR0 = 1 / model.r0;
    const { n, algorithm, law } = this.#run;
    this.#other = law === "gaussian" ? undefined : law;
    this.#joint = algorithm === "joint";
    this.#lazy = algorithm === "lazy";
    this.#free = this.#lazy || algorithm === "free";
    if (gram !== undefined && law !== "gaussian") {
      throw new RangeError(
        `Cannot run fine-tuning SGD as W must be orthonormal for the law ${law} of its features: ` +
          "the model gives a Gram matrix",
      );
    }
    if (this.#free) {
      this.nu = this.across = 0;
      return;
    }
    const start = rng.stream("start"), g = start.normal(), rest = start.chiSquare(n - 1);
    this.m = options.m0 ?? g / Math.sqrt(g * g + rest);
    this.across = options.m0 === undefined
      ? Math.sqrt(rest / (g * g + rest))
      : Math.sqrt(1 - options.m0 ** 2);
  }

  /** What became of the run, in words. */
  get verdict(): string {
    if (this.status === "running") return `running after ${this.steps} steps`;
    return `diverged at step ${this.#divergedAt}: |û|² passed ${ESCAPE} with α = ${this.alpha}; near u ` +
      "steps above terminal(model).critical are unstable";
  }

  /** `1 − |m|` without cancellation, for a unit adapter. */
  get gap(): number {
    return this.across ** 2 / (1 + Math.abs(this.m));
  }

  /** Overlap `⟨ĉ, c⟩`. */
  get q(): number {
    let sum = 0;
    for (let i = 0; i < this.hatC.length; i++) sum += this.hatC[i] * this.#model.c[i];
    return sum;
  }

  /** Mean of `½e²` over the inputs since the last call: the loss that training sees; null without any. */
  takeLoss(): number | null {
    const mean = this.#inputs > 0 ? this.#squares / this.#inputs / 2 : null;
    this.#squares = this.#inputs = 0;
    return mean;
  }

  /** Makes `steps` steps. */
  run(steps: number): void {
    checkInteger("run fine-tuning SGD", "steps", steps, 0);
    for (let i = 0; i < steps; i++) this.step();
  }

  /** Base features of one input, in `#a`. */
  #drawBase(): void {
    const a = this.#a, root = this.#root, k = a.length, rng = this.#rng, other = this.#other;
    if (root === undefined) {
      if (other === undefined) rng.fillNormal(a);
      else for (let i = 0; i < k; i++) a[i] = inputOf(other, rng.uniform());
      return;
    }
    const z = this.#z;
    for (let i = 0; i < k; i++) z[i] = rng.normal();
    for (let i = 0; i < k; i++) {
      let sum = 0;
      for (let j = 0, at = i * k; j < k; j++, at++) sum += root[at] * z[j];
      a[i] = sum;
    }
  }

  /**
   * `γ = ξ e ψ̂` of the drawn input; adds `e λ_i σ̃′(ẑ_i) s`, the gradient in `ĉ` over `ξ`, to
   * `#gradient`.
   */
  #gamma(s: number, sStar: number): number {
    const { xi } = this.#model, { noise } = this.#run, lazy = this.#lazy;
    const lambda = this.#lambda, c = this.#c, perR0 = this.#perR0;
    const a = this.#a, z = this.#z, zStar = this.#zStar, hatC = this.hatC, k = a.length;
    const value = this.#value, valueStar = this.#valueStar, slope = this.#slope;
    for (let i = 0; i < k; i++) {
      z[i] = (lazy ? a[i] : a[i] + xi * hatC[i] * s) * perR0;
      zStar[i] = (a[i] + xi * c[i] * sStar) * perR0;
    }
    this.#activation.fill(z, k, value, slope);
    this.#activation.fillValues(zStar, k, valueStar);
    let error = 0, gate = 0;
    for (let i = 0; i < k; i++) {
      error += lambda[i] * (value[i] - valueStar[i]);
      slope[i] *= lambda[i] * perR0;
      gate += slope[i] * hatC[i];
    }
    if (lazy) error += xi * gate * s;
    this.#squares += error * error;
    this.#inputs++;
    if (noise > 0) error -= noise * this.#rng.normal();
    if (this.#joint) {
      for (let i = 0; i < k; i++) this.#gradient[i] += error * slope[i] * s;
    }
    this.gate = xi * gate;
    return xi * error * gate;
  }

  /** One step. */
  step(): void {
    const { n, batch } = this.#run, rng = this.#rng, free = this.#free;
    this.steps++;
    if (this.#divergedAt > 0) return;
    const eta = this.alpha / n / batch;
    const side = free ? Math.sqrt(Math.max(0, this.nu - this.m * this.m)) : this.across;
    let alongS = 0, alongP = 0, alongTeacher = 0, square = 0;
    if (this.#joint) this.#gradient.fill(0);
    for (let i = 0; i < batch; i++) {
      this.#drawBase();
      const first = rng.normal(), p = rng.normal(), other = this.m * first + side * p;
      // On the sphere s is drawn and s* follows; from zero it is the other way round.
      const gamma = free ? this.#gamma(other, first) : this.#gamma(first, other);
      alongS += gamma * (free ? other : first);
      alongTeacher += gamma * (free ? first : other);
      alongP += gamma * p;
      square += gamma * gamma;
    }
    const rest = n > 2 ? eta * eta * square * rng.chiSquare(n - 2) : 0;
    if (free) this.#moveFree(eta * alongTeacher, eta * alongP, eta * alongS, rest);
    else this.#moveSphere(eta * alongP, rest);
    if (this.#joint) this.#turn();
  }

  /** The step of a unit adapter: by `p` towards `−u` across `û`, and `√rest` elsewhere. */
  #moveSphere(p: number, rest: number): void {
    const { m, across } = this, length = Math.sqrt(1 + p * p + rest);
    this.m = (m - p * across) / length;
    this.across = Math.sqrt((across + p * m) ** 2 + rest) / length;
  }

  /** The step of a free adapter: gradient components along `u`, across it, along `û`, elsewhere. */
  #moveFree(teacher: number, p: number, s: number, rest: number): void {
    this.m -= teacher;
    this.nu += -2 * s + teacher * teacher + p * p + rest;
    if (this.nu < ESCAPE) return;
    this.status = "diverged";
    this.#divergedAt = this.steps;
  }

  /** The step of `ĉ` in joint training. */
  #turn(): void {
    const { n, ratio, batch } = this.#run, { alpha } = this, hatC = this.hatC, g = this.#gradient;
    let along = 0, square = 0;
    for (let i = 0; i < g.length; i++) along += g[i] * hatC[i];
    const scale = alpha / n / batch * ratio * this.#model.xi;
    for (let i = 0; i < g.length; i++) {
      hatC[i] -= scale * (g[i] - along * hatC[i]);
      square += hatC[i] * hatC[i];
    }
    for (let i = 0; i < g.length; i++) hatC[i] /= Math.sqrt(square);
  }
}
