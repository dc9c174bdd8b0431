/**
 * The runs from scratch and towards a general direction in `d` dimensions: what their chains are
 * checked against.
 *
 * @module
 */
import { checkInteger } from "../../../check.ts";
import { dot, normalize, semidefiniteRoot } from "../../../linalg/mod.ts";
import { sphere, type Stream } from "../../../random/mod.ts";
import { PLANE, planeModel, teacherGram } from "../bases.ts";
import type { Model } from "../model.ts";
import { checkGeneral, generalFrame, type GeneralOptions } from "./general.ts";
import { checkScratch, type ScratchOptions } from "./scratch.ts";

/** Fills a short vector: one by one is faster than a call to the block generator. */
function drawInto(x: Float64Array, rng: Stream): void {
  for (let i = 0; i < x.length; i++) x[i] = rng.normal();
}

/** A row of coordinates as a vector of `d` entries. */
function embed(row: ArrayLike<number>, d: number): Float64Array {
  const out = new Float64Array(d);
  out.set(row);
  return out;
}

/** Direct SGD on all weights (A6). Scale: `O(kd)` a step. Source: ours. */
export class DirectScratch {
  readonly #model: Model;
  readonly #options: ScratchOptions;
  readonly #rng: Stream;
  readonly #teachers: Float64Array[];
  readonly #students: Float64Array[];

  /** A run at uniform random students. */
  constructor(model: Model, options: ScratchOptions, rng: Stream) {
    checkScratch(options, model.k);
    const { k } = model, root = semidefiniteRoot(Float64Array.from(teacherGram(model)), k);
    [this.#model, this.#options, this.#rng] = [model, options, rng.stream("direct")];
    const rows = Array.from({ length: k }, (_, i) => i);
    this.#teachers = rows.map((i) => embed(root.subarray(i * k, (i + 1) * k), options.d));
    this.#students = rows.map((i) => sphere(rng.stream("direct start", i), options.d));
  }

  /** Overlap of a student and a teacher neuron. */
  overlap(i: number, j: number): number {
    return dot(this.#students[i], this.#teachers[j]);
  }

  /** Overlap of two students. */
  between(i: number, j: number): number {
    return dot(this.#students[i], this.#students[j]);
  }

  /** Makes `steps` steps. */
  run(steps: number): void {
    checkInteger("learn from scratch", "steps", steps, 0);
    const { lambda, activation } = this.#model, { f, df } = activation;
    const { d, eta } = this.#options, x = new Float64Array(d);
    for (let step = 0; step < steps; step++) {
      drawInto(x, this.#rng);
      const z = this.#students.map((w) => dot(w, x));
      const error = this.#teachers.reduce(
        (sum, v, i) => sum + lambda[i] * (f(z[i]) - f(dot(v, x))),
        0,
      );
      this.#students.forEach((w, i) => {
        const delta = eta * error * lambda[i] * df(z[i]);
        for (let j = 0; j < d; j++) w[j] -= delta * (x[j] - z[i] * w[j]);
        normalize(w);
      });
    }
  }
}

/** Direct SGD of both directions of the plane (A7); polar retraction by Newton's iteration. */
export class DirectPlane {
  readonly #options: ScratchOptions;
  readonly #rng: Stream;
  readonly #rows: [Float64Array, Float64Array];

  /** A run at a uniform random plane, by Gram and Schmidt and a random turn. */
  constructor(options: ScratchOptions, rng: Stream) {
    checkScratch(options, 2);
    this.#options = options;
    this.#rng = rng.stream("direct");
    const first = sphere(rng.stream("direct start", 0), options.d);
    const second = sphere(rng.stream("direct start", 1), options.d);
    const part = dot(first, second);
    this.#rows = [first, normalize(second.map((x, i) => x - part * first[i]))];
  }

  /** Overlap of two directions; the teacher's are the first axes. */
  overlap(i: number, j: number): number {
    return this.#rows[i][j];
  }

  /** Makes `steps` steps. */
  run(steps: number): void {
    const { d, eta } = this.#options, x = new Float64Array(d), [u, v] = this.#rows;
    const { lambda, activation } = planeModel(), { f, df } = activation;
    for (let step = 0; step < steps; step++) {
      drawInto(x, this.#rng);
      const z1 = dot(u, x), z2 = dot(v, x);
      let error = 0;
      const slopes = [0, 0];
      PLANE.forEach((a, i) => {
        error += lambda[i] * (f(a * z1 + z2) - f(a * x[0] + x[1]));
        slopes[0] += lambda[i] * a * df(a * z1 + z2);
        slopes[1] += lambda[i] * df(a * z1 + z2);
      });
      for (let j = 0; j < d; j++) {
        u[j] -= eta * error * slopes[0] * x[j];
        v[j] -= eta * error * slopes[1] * x[j];
      }
      // X ← (3I − XXᵀ) X/2 converges to the polar factor from any X whose norm is at most 1.
      const scale = 1 / Math.sqrt(dot(u, u) + dot(v, v));
      for (const row of [u, v]) row.forEach((value, j) => row[j] = value * scale);
      for (let pass = 0; pass < 200; pass++) {
        const a = dot(u, u), b = dot(u, v), c = dot(v, v);
        if (Math.abs(a - 1) + Math.abs(b) + Math.abs(c - 1) < 1e-14) break;
        for (let j = 0; j < d; j++) {
          const left = u[j], right = v[j];
          u[j] = ((3 - a) * left - b * right) / 2;
          v[j] = ((3 - c) * right - b * left) / 2;
        }
      }
    }
  }
}

/** Direct SGD towards a general direction. Source: ours. */
export class DirectGeneral {
  readonly #model: Model;
  readonly #options: GeneralOptions;
  readonly #rng: Stream;
  readonly #base: Float64Array[];
  readonly #u: Float64Array;
  #hatU: Float64Array;

  /** A run at a uniform random `û`. */
  constructor(model: Model, options: GeneralOptions, rng: Stream) {
    checkGeneral(options, model.k);
    const { k } = model, { d } = options;
    [this.#model, this.#options, this.#rng] = [model, options, rng.stream("direct")];
    const { base, u } = generalFrame(model, options.parallel, rng.stream("frame"));
    this.#base = Array.from({ length: k }, (_, i) => embed(base.subarray(i * k, (i + 1) * k), d));
    this.#u = embed(u, d);
    this.#hatU = sphere(rng.stream("direct start"), d);
    const { m0 } = options;
    if (m0 === undefined) return;
    const part = dot(this.#hatU, this.#u);
    const across = normalize(this.#hatU.map((x, i) => x - part * this.#u[i]));
    this.#hatU = across.map((x, i) => m0 * this.#u[i] + Math.sqrt(1 - m0 * m0) * x);
  }

  /** Squared length of the part of `û` in the span of the base. */
  get inside(): number {
    let sum = 0;
    for (let i = 0; i < this.#model.k; i++) sum += this.#hatU[i] ** 2;
    return sum;
  }

  /** Overlap `⟨û, u⟩`. */
  get m(): number {
    return dot(this.#hatU, this.#u);
  }

  /** Makes `steps` steps. */
  run(steps: number): void {
    const { lambda, c, hatC, xi, r0, activation } = this.#model, { f, df } = activation;
    const { d, alpha } = this.#options, x = new Float64Array(d), hatU = this.#hatU;
    for (let step = 0; step < steps; step++) {
      drawInto(x, this.#rng);
      const s = dot(hatU, x), sStar = dot(this.#u, x);
      let error = 0, gate = 0;
      this.#base.forEach((w, i) => {
        const a = dot(w, x), z = (a + xi * hatC[i] * s) / r0;
        error += lambda[i] * (f(z) - f((a + xi * c[i] * sStar) / r0));
        gate += lambda[i] * hatC[i] * df(z) / r0;
      });
      const gamma = xi * error * gate;
      for (let j = 0; j < d; j++) hatU[j] -= alpha / d * gamma * (x[j] - s * hatU[j]);
      normalize(hatU);
    }
  }
}
