/**
 * Fine-tuning towards a direction that is not orthogonal to the base, as a chain exact in law.
 *
 * @module
 */
import { checkInteger, checkKeys, checkPositive, checkWithin } from "../../../check.ts";
import { semidefiniteRoot } from "../../../linalg/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import type { Model } from "../model.ts";

/** Options of a run with a general direction. */
export interface GeneralOptions {
  /** Dimension of the inputs, at least `k + 2`. */
  readonly d: number;
  /** Step scale: `η = α/d`. */
  readonly alpha: number;
  /** Length of the part of `u` in the span of the base, in `[0, 1]`. */
  readonly parallel: number;
  /** Overlap at the start; that of a uniform direction when not given. */
  readonly m0?: number;
  /** Degrees of freedom by which the rest of an input is wrong: what a control of exactness changes. */
  readonly extraDegrees?: number;
}

/** Fails unless the options fit a model of `k` neurons. */
export function checkGeneral(options: GeneralOptions, k: number): void {
  const { d, alpha, parallel, m0 = 0, extraDegrees = 0 } = options;
  const what = "fine-tune towards a general direction";
  checkKeys(what, options, ["d", "alpha", "parallel", "m0", "extraDegrees"]);
  checkWithin(what, "m0", m0, -1, 1);
  checkInteger(what, "extraDegrees", extraDegrees, 0);
  checkInteger(what, "d", d, k + 2);
  checkPositive(what, "alpha", alpha);
  checkWithin(what, "parallel", parallel, 0, 1);
}

/**
 * Base and direction in an orthonormal basis of their span: `k` rows of the base in the first `k`
 * coordinates, and `u` with a uniform random part among them.
 */
export function generalFrame(
  { k, gram }: Model,
  parallel: number,
  rng: Stream,
): { base: Float64Array; u: Float64Array } {
  const eye = Float64Array.from({ length: k * k }, (_, at) => at % (k + 1) ? 0 : 1);
  const base = gram ? semidefiniteRoot(Float64Array.from(gram), k) : eye;
  const u = rng.fillNormal(new Float64Array(k + 1));
  let square = 0;
  for (let i = 0; i < k; i++) square += u[i] * u[i];
  for (let i = 0; i < k; i++) u[i] *= parallel / Math.sqrt(square);
  u[k] = Math.sqrt(1 - parallel * parallel);
  return { base, u };
}

/**
 * Spherical SGD on `û` in the whole space, nothing projected out. The state is `û` in the span of base
 * and `u`; the rest of an input enters through a `χ²` with `d − k − 2` degrees of freedom.
 *
 * Assumes: inputs `N(0, I_d)`, fresh at every step; fixed left factor.
 * Scale: `η = α/d`; `O(k²)` a step whatever `d`.
 * Source: ours; the paper's Figure 5 runs this setting.
 *
 * @example
 * ```ts
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { GeneralChain, standard } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const options = { d: 1000, alpha: 0.2, parallel: 0.5 };
 * const chain = new GeneralChain(standard(), options, stream("7", "example"));
 * chain.run(60_000);
 * assert(Math.abs(chain.m) > 0.9);
 * ```
 */
export class GeneralChain {
  /** Steps made. */
  steps = 0;
  readonly #model: Model;
  readonly #options: GeneralOptions;
  readonly #rng: Stream;
  /** Rows of the base; `undefined` when orthonormal. */
  readonly #base: Float64Array | undefined;
  readonly #u: Float64Array;
  /** Coordinates of `û`; its length outside the span. */
  readonly #at: Float64Array;
  #outside: number;
  readonly #x: Float64Array;
  /** Arguments, values and slopes of the student's neurons; arguments and values of the teacher's. */
  readonly #z: Float64Array;
  readonly #value: Float64Array;
  readonly #slope: Float64Array;
  readonly #zStar: Float64Array;
  readonly #valueStar: Float64Array;

  /**
   * A chain at a uniform random `û`.
   *
   * @throws {RangeError} If `d < k + 2`, `α ≤ 0` or `parallel` is outside `[0, 1]`.
   */
  constructor(model: Model, options: GeneralOptions, rng: Stream) {
    checkGeneral(options, model.k);
    const { k } = model;
    this.#model = model;
    this.#options = options;
    this.#rng = rng.stream("data");
    const { base, u } = generalFrame(model, options.parallel, rng.stream("frame"));
    this.#u = u;
    this.#x = new Float64Array(k + 1);
    const room = () => new Float64Array(k);
    [this.#z, this.#value, this.#slope] = [room(), room(), room()];
    [this.#zStar, this.#valueStar] = [room(), room()];
    this.#base = model.gram === undefined ? undefined : base;
    const start = rng.stream("start"), at = start.fillNormal(new Float64Array(k + 1));
    const rest = start.chiSquare(options.d - k - 1), { m0 } = options;
    let part = 0;
    for (let i = 0; i <= k; i++) part += at[i] * u[i];
    // A given overlap: the part across u keeps its direction.
    if (m0 !== undefined) { for (let i = 0; i <= k; i++) at[i] -= part * u[i]; }
    const scale = Math.sqrt(1 - (m0 ?? 0) ** 2) /
      Math.sqrt(at.reduce((sum, x) => sum + x * x, rest));
    this.#at = at.map((x, i) => x * scale + (m0 ?? 0) * u[i]);
    this.#outside = Math.sqrt(rest) * scale;
  }

  /** Overlap `⟨û, u⟩`. */
  get m(): number {
    let sum = 0;
    for (let i = 0; i < this.#u.length; i++) sum += this.#at[i] * this.#u[i];
    return sum;
  }

  /** Squared length of the part of `û` in the span of the base. */
  get inside(): number {
    let sum = 0;
    for (let i = 0; i < this.#at.length - 1; i++) sum += this.#at[i] ** 2;
    return sum;
  }

  /** Makes `steps` steps. */
  run(steps: number): void {
    checkInteger("fine-tune towards a general direction", "steps", steps, 0);
    for (let i = 0; i < steps; i++) this.step();
  }

  /** One step. */
  step(): void {
    const { k, lambda, c, hatC, xi, r0, activation } = this.#model;
    const { d, alpha, extraDegrees = 0 } = this.#options,
      rng = this.#rng,
      x = this.#x,
      at = this.#at;
    const base = this.#base, u = this.#u;
    this.steps++;
    let s = 0, sStar = 0;
    for (let i = 0; i <= k; i++) {
      x[i] = rng.normal();
      s += at[i] * x[i];
      sStar += u[i] * x[i];
    }
    const y = rng.normal(), degrees = d - k - 2 + extraDegrees;
    const rest = degrees > 0 ? rng.chiSquare(degrees) : 0;
    s += this.#outside * y;
    const z = this.#z, zStar = this.#zStar, value = this.#value, slope = this.#slope;
    for (let i = 0; i < k; i++) {
      let a = base === undefined ? x[i] : 0;
      if (base !== undefined) { for (let j = 0; j < k; j++) a += base[i * k + j] * x[j]; }
      z[i] = (a + xi * hatC[i] * s) / r0;
      zStar[i] = (a + xi * c[i] * sStar) / r0;
    }
    activation.fill(z, k, value, slope);
    activation.fillValues(zStar, k, this.#valueStar);
    let error = 0, gate = 0;
    for (let i = 0; i < k; i++) {
      error += lambda[i] * (value[i] - this.#valueStar[i]);
      gate += lambda[i] * hatC[i] * slope[i] / r0;
    }
    const move = alpha / d * xi * error * gate, keep = 1 + move * s;
    let square = (keep * this.#outside - move * y) ** 2 + move * move * rest;
    for (let i = 0; i <= k; i++) {
      at[i] = keep * at[i] - move * x[i];
    }
    this.#outside = Math.sqrt(square);
    for (let i = 0; i <= k; i++) square += at[i] * at[i];
    const length = Math.sqrt(square);
    for (let i = 0; i <= k; i++) at[i] /= length;
    this.#outside /= length;
  }
}
