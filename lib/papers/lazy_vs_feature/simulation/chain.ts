/**
 * One-pass SGD of low-rank fine-tuning as a Markov chain, exact in law at a cost independent of `d`.
 *
 * @module
 */
import { checkInteger, checkPositive } from "../../../check.ts";
import { AdapterSteps } from "../../../chain/mod.ts";
import { type Activation, activation } from "../../../gaussian/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import type { Model } from "../model.ts";
import type { RunNow } from "../step_scales.ts";
import { type CheckedRun, checkRun, type RunOptions } from "./options.ts";
import { Rows } from "./rows.ts";

/** Squared length at which an adapter without constraint has diverged; the teacher's is 1. */
const ESCAPE = 1e6;

/**
 * The chain of one copy.
 *
 * In a frame `e₁ = u, e₂, …` of `û` (and of the velocity, with momentum) an input has a few normal
 * coordinates; the rest of it enters through a squared length with the remaining degrees of freedom, so
 * the coordinates are a Markov chain.
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
  /** Step scale of the last step. */
  alpha: number;
  /** `ξψ̂` of the last input: what a step-size rule may look at. */
  gate = 0;
  /** Steps made. */
  steps = 0;
  /** `"diverged"` once `|û|²` or `|ĉ|²` has passed 10⁶, or a step is no number; the chain then stands still. */
  status: "running" | "diverged" = "running";
  /** Left factor of the student. */
  readonly hatC: Float64Array;

  readonly #model: Model;
  readonly #run: CheckedRun;
  readonly #rows: Rows;
  readonly #compiled: AdapterSteps | undefined;
  readonly #scale: ((now: RunNow) => number) | undefined;
  // Read at every step: places and truth values, as comparing text is slow.
  readonly #activation: Activation;
  readonly #trainsC: boolean;
  readonly #lazy: boolean;
  readonly #unit: boolean;
  readonly #lambda: Float64Array;
  readonly #c: Float64Array;
  readonly #perR0: number;
  /** Arguments and values of the student's and of the teacher's neurons. */
  readonly #z: Float64Array;
  readonly #zStar: Float64Array;
  readonly #value: Float64Array;
  readonly #valueStar: Float64Array;
  readonly #slope: Float64Array;
  readonly #gradient: Float64Array;
  /** Velocity of `û` along `u`, along its part across `u`, and beside both; velocity of `ĉ`. */
  readonly #velocity = [0, 0, 0];
  readonly #velocityC: Float64Array;
  /** Sum of the squared errors since `takeLoss`. */
  #squares = 0;
  #divergedAt = 0;
  #inputs = 0;

  /**
   * A chain at its start.
   *
   * @throws {RangeError} If `n < 2` (that is `d < k + 2`; 3 with momentum), or another option is out of
   * range or does not fit the model.
   * @throws {TypeError} If an option is not known.
   */
  constructor(model: Model, options: RunOptions, rng: Stream) {
    const run = this.#run = checkRun(model, options), { k } = model;
    this.#model = model;
    this.#activation = activation(model.activation);
    this.#rows = new Rows(model, run, rng.stream("data"));
    const room = () => new Float64Array(k);
    [this.#z, this.#zStar, this.#value] = [room(), room(), room()];
    [this.#valueStar, this.#slope, this.#gradient] = [room(), room(), room()];
    this.#velocityC = room();
    this.hatC = Float64Array.from(model.hatC);
    this.#lambda = Float64Array.from(model.lambda);
    this.#c = Float64Array.from(model.c);
    this.#perR0 = 1 / model.r0;
    const { algorithm, n, m0, alpha: { constant, course, rule } } = run;
    this.#trainsC = algorithm === "joint" || algorithm === "adapter";
    this.#lazy = algorithm === "lazy";
    this.#unit = algorithm === "sphere" || algorithm === "joint";
    if (run.batch === 1 && run.momentum === 0) {
      this.#compiled = AdapterSteps.of({
        ...model,
        ...{ unit: this.#unit, linearised: this.#lazy, trainsFactor: this.#trainsC },
        ...{ noisy: run.noise > 0, limit: ESCAPE },
      }, this.hatC);
    }
    this.#scale = constant !== undefined ? undefined : rule?.open(n) ?? (({ tau }) => course!(tau));
    this.alpha = constant ?? this.#scale!({ tau: 0, m: 0, gate: 0 });
    if (algorithm === "free" || algorithm === "lazy") {
      this.across = 0;
      return;
    }
    const start = rng.stream("start"), g = start.normal(), rest = start.chiSquare(n - 1);
    this.m = m0 ?? g / Math.sqrt(g * g + rest);
    this.across = m0 === undefined ? Math.sqrt(rest / (g * g + rest)) : Math.sqrt(1 - m0 * m0);
  }

  /** Squared length `|û|²` (1 on the sphere). */
  get nu(): number {
    return this.#unit ? 1 : this.m * this.m + this.across * this.across;
  }

  /** What became of the run, in words. */
  get verdict(): string {
    if (this.status === "running") return `running after ${this.steps} steps`;
    return `diverged at step ${this.#divergedAt}: ${
      this.#unit ? "a step was no number" : `|û|² or |ĉ|² passed ${ESCAPE}`
    } with α = ${this.alpha}; ` +
      "near u steps above terminal(model).critical are unstable";
  }

  /** `1 − |m|` without cancellation, for a unit adapter. */
  get gap(): number {
    return this.across ** 2 / (1 + Math.abs(this.m));
  }

  /** Overlap `⟨ĉ, c⟩`. */
  get q(): number {
    let sum = 0;
    for (let i = 0; i < this.hatC.length; i++) sum += this.hatC[i] * this.#c[i];
    return sum;
  }

  /** Mean of `½e²` over the inputs since the last call: the loss that training sees; null without any. */
  takeLoss(): number | null {
    const mean = this.#inputs > 0 ? this.#squares / this.#inputs / 2 : null;
    this.#squares = this.#inputs = 0;
    return mean;
  }

  /**
   * Makes `steps` steps, or fewer: a run ends after the step in which `|m|` reaches `level`.
   *
   * @throws {RangeError} If `steps` is not an integer ≥ 0 or `level` is not positive.
   */
  run(steps: number, level = Infinity): void {
    checkInteger("run fine-tuning SGD", "steps", steps, 0);
    if (level !== Infinity) checkPositive("run fine-tuning SGD", "level", level);
    const end = this.steps + steps;
    while (this.steps < end) {
      this.#advance(end - this.steps, level);
      if (Math.abs(this.m) >= level) return;
    }
  }

  /** One step. */
  step(): void {
    this.#advance(1, Infinity);
  }

  /** At least one step, and at most so many. */
  #advance(most: number, level: number): void {
    const scale = this.#scale;
    if (scale !== undefined) {
      this.alpha = scale({ tau: this.steps / this.#run.n, m: this.m, gate: this.gate });
    }
    if (this.#divergedAt > 0) {
      this.steps += scale ? 1 : most;
      return;
    }
    if (!this.#compiled) return this.#oneStep();
    const state = { m: this.m, across: this.across, squares: this.#squares, gate: 0 };
    const { n, ratio } = this.#run, eta = this.alpha / n;
    const made = this.#compiled.advance(state, this.#rows, {
      ...{ steps: scale ? 1 : most, level, eta, etaFactor: eta * ratio * this.#model.xi },
    });
    this.#inputs += Math.abs(made);
    this.steps += Math.abs(made);
    // A step too long for a double: û stays where it was.
    const whole = Number.isFinite(state.m + state.across);
    if (whole) [this.m, this.across, this.gate] = [state.m, state.across, state.gate];
    this.#squares = state.squares;
    if (made < 0 || !whole) this.#diverge();
  }

  /**
   * `γ = ξ e ψ̂` of the input with base features from `at` on; adds `e λ_i σ̃′(ẑ_i) s`, the gradient in `ĉ` over
   * `ξ`, to `#gradient`.
   */
  #gamma(a: Float64Array, at: number, s: number, sStar: number): number {
    const { xi } = this.#model, lazy = this.#lazy;
    const lambda = this.#lambda, c = this.#c, perR0 = this.#perR0;
    const z = this.#z, zStar = this.#zStar, hatC = this.hatC, k = z.length;
    const value = this.#value, valueStar = this.#valueStar, slope = this.#slope;
    const xiS = lazy ? 0 : xi * s, xiStar = xi * sStar;
    for (let i = 0; i < k; i++) {
      z[i] = (a[at + i] + xiS * hatC[i]) * perR0;
      zStar[i] = (a[at + i] + xiStar * c[i]) * perR0;
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
    if (this.#run.noise > 0) error -= a[at + k + 2];
    if (this.#trainsC) {
      for (let i = 0; i < k; i++) this.#gradient[i] += error * slope[i] * s;
    }
    this.gate = xi * gate;
    return xi * error * gate;
  }

  /** One step as the formulas have it. */
  #oneStep(): void {
    const { n, batch, momentum } = this.#run, { m, across } = this, rows = this.#rows;
    const ball = momentum !== 0, k = this.#z.length;
    rows.left();
    const { block, width } = rows;
    let one = 0, two = 0, three = 0, turn = 0, square = 0;
    if (this.#trainsC) this.#gradient.fill(0);
    this.steps++;
    for (let i = 0, at = rows.at * batch * width; i < batch; i++, at += width) {
      const x1 = block[at + k], x2 = block[at + k + 1];
      const gamma = this.#gamma(block, at, m * x1 + across * x2, x1);
      one += gamma * x1;
      two += gamma * x2;
      // Across û the component is exact even where û is nearly u.
      turn += gamma * (across * x1 - m * x2);
      if (ball) three += gamma * block[at + width - 1];
      square += gamma * gamma;
    }
    if (this.#unit) [one, two] = [across * turn, -m * turn];
    const rest = Math.sqrt(square * rows.rests[rows.at++]);
    const eta = this.alpha / n / batch;
    if (ball) this.#moveBall(eta, [one, two, three, rest]);
    else this.#move(m - eta * one, across - eta * two, eta * rest);
    if (this.#trainsC) this.#moveFactor();
  }

  /** Where `û` has gone: along `u`, along its old part across `u`, elsewhere. */
  #move(along: number, beside: number, rest: number): void {
    const outside = rest === 0 ? Math.abs(beside) : Math.sqrt(beside * beside + rest * rest);
    if (this.#unit) {
      const length = Math.sqrt(along * along + outside * outside);
      // A step too long for a double: û stays where it is.
      if (!(length < Infinity)) return this.#diverge();
      this.m = along / length;
      this.across = outside / length;
      return;
    }
    this.m = along;
    this.across = outside;
    if (!(along * along + outside * outside < ESCAPE)) this.#diverge();
  }

  /** A heavy-ball step: `v ← βv + g`, `û ← û − ηv`, in the frame of `u`, `û`, `v` and the new rest. */
  #moveBall(eta: number, gradient: readonly number[]): void {
    const v = this.#velocity, { momentum } = this.#run;
    const w = gradient.map((g, i) => g + momentum * (v[i] ?? 0));
    const beside = [this.across - eta * w[1], -eta * w[2], -eta * w[3]];
    const outside = Math.hypot(...beside);
    this.#move(this.m - eta * w[0], outside, 0);
    // The new second direction of the frame is that of û across u, the third holds the rest of v.
    const second = outside > 0
      ? (beside[0] * w[1] + beside[1] * w[2] + beside[2] * w[3]) / outside
      : 0;
    const square = w[1] ** 2 + w[2] ** 2 + w[3] ** 2 - second ** 2;
    [v[0], v[1], v[2]] = [w[0], second, Math.sqrt(Math.max(0, square))];
  }

  /** The step of `ĉ`: on its sphere in joint training, free as an adapter. */
  #moveFactor(): void {
    const { n, ratio, batch, momentum } = this.#run, hatC = this.hatC, g = this.#gradient;
    const scale = this.alpha / n / batch * ratio * this.#model.xi, v = this.#velocityC;
    let along = 0, radius2 = 0, square = 0;
    for (let i = 0; i < g.length; i++) {
      along += g[i] * hatC[i];
      radius2 += hatC[i] * hatC[i];
    }
    // On a sphere of radius |ĉ| the step of the unit vector ĉ/|ĉ| is |ĉ|² times as long.
    const unit = this.#unit, part = unit ? along / radius2 : 0, size = unit ? radius2 : 1;
    for (let i = 0; i < g.length; i++) {
      v[i] = momentum * v[i] + size * (g[i] - part * hatC[i]);
      hatC[i] -= scale * v[i];
      square += hatC[i] * hatC[i];
    }
    if (unit) {
      const back = Math.sqrt(radius2 / square);
      for (let i = 0; i < g.length; i++) hatC[i] *= back;
    } else if (!(square < ESCAPE)) this.#diverge();
  }

  #diverge(): void {
    this.status = "diverged";
    this.#divergedAt = this.steps;
  }
}
