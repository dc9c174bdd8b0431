/**
 * Steps of the exact chain of an adapter on a two-layer teacher, in the compiled module: one input a step, no
 * momentum, an activation that is a polynomial or a ReLU.
 *
 * @module
 */
import type { Activation } from "../gaussian/mod.ts";
import { type MatrixKernels, matrixKernels } from "../kernels/mod.ts";

/** Highest degree of a polynomial in powers of `z`, which lose digits as it grows. */
const HIGHEST = 12;

/** Scalars at the beginning of a chain's numbers. */
const SCALARS = 10;

/** Flags of the kernel. */
const UNIT = 1, LAZY = 2, TRAINS_C = 4, NOISE = 8;

/** The model of {@linkcode AdapterSteps}. */
export interface AdapterModel {
  /** Number of neurons. */
  readonly k: number;
  /** Output weights `λ`. */
  readonly lambda: readonly number[];
  /** Left factor of the teacher. */
  readonly c: readonly number[];
  /** Strength `ξ` of the perturbation. */
  readonly xi: number;
  /** Scale of the arguments. */
  readonly r0: number;
  /** Activation `σ`. */
  readonly activation: Activation;
  /** Whether `û` is kept at length 1, and a trained `ĉ` on its sphere. */
  readonly unit: boolean;
  /** Whether the student is linearised at `û = 0`. */
  readonly linearised: boolean;
  /** Whether `ĉ` is trained, too. */
  readonly trainsFactor: boolean;
  /** Whether a row of draws ends with label noise. */
  readonly noisy: boolean;
  /** Squared length of a factor without constraint at which the chain has diverged. */
  readonly limit: number;
}

/** Where the steps find their draws: what is not drawn yet is drawn straight into their memory. */
export interface AdapterRows {
  /** Length of a row: base features, two normals, label noise if there is any. */
  readonly width: number;
  /** Most rows that are drawn at a time. */
  readonly most: number;
  /** Whether nothing is left of what was drawn. */
  readonly empty: boolean;
  /** What was drawn, row by row. */
  readonly block: Float64Array;
  /** For each row the squared length of the rest of the input. */
  readonly rests: Float64Array;
  /** The next row. */
  at: number;
  /** Rows that are left, after drawing some when there are none. */
  left(): number;
  /** Draws rows into given memory. */
  draw(block: Float64Array, rests: Float64Array): void;
  /** Rows that were drawn and come next. */
  keep(block: Float64Array<ArrayBuffer>, rests: Float64Array<ArrayBuffer>): void;
}

/** State that the steps change. */
export interface AdapterState {
  /** Overlap `⟨û, u⟩`. */
  m: number;
  /** Length of `û` across `u`. */
  across: number;
  /** Sum of the squared errors. */
  squares: number;
  /** `ξψ̂` of the last input. */
  gate: number;
}

let room: MatrixKernels | undefined;
let numbers = 0;

/** Memory that all chains of this realm use in turns. */
function memory(length: number): MatrixKernels {
  if (room === undefined || numbers < length) {
    numbers = 2 * length;
    room = matrixKernels(numbers);
  }
  return room;
}

/** Coefficients of `Σ_j c_j He_j` in powers of `z`. */
function powers(series: readonly number[]): number[] {
  const out = new Array<number>(series.length).fill(0);
  let low: number[] = [], high = [1]; // He_{j−1}, He_j
  series.forEach((c, j) => {
    high.forEach((x, i) => out[i] += c * x);
    const next = [0, ...high];
    low.forEach((x, i) => next[i] -= j * x);
    [low, high] = [high, next];
  });
  return out;
}

/** Even coefficients, then odd ones, `terms` of each. */
function split(c: readonly number[], terms: number): number[] {
  const half = (parity: number) => Array.from({ length: terms }, (_, j) => c[2 * j + parity] ?? 0);
  return [...half(0), ...half(1)];
}

/** An activation as the kernel takes it: factor of all values, and pairs of coefficients (0: ReLU). */
interface Shape {
  readonly factor: number;
  readonly terms: number;
  readonly coefficients: readonly number[];
}

function shapeOf({ series, closed }: Activation): Shape | undefined {
  if (closed?.base === "relu" && closed.inner > 0) {
    return { factor: closed.inner * closed.outer, terms: 0, coefficients: [] };
  }
  if (!series || series.length > HIGHEST + 1) return undefined;
  const c = powers(series), terms = Math.max(2, Math.ceil(c.length / 2));
  const slopes = c.slice(1).map((x, j) => (j + 1) * x);
  return { factor: 1, terms, coefficients: [...split(c, terms), ...split(slopes, terms)] };
}

/**
 * The steps of one chain.
 *
 * Law: `e = Σ λ_i (σ((a_i + ξĉ_i s)/r₀) − σ((a_i + ξc_i s*)/r₀))`, `γ = ξ e Σ λ_i ĉ_i σ′(·)/r₀`; `û` moves by
 * `−ηγ` times the input, of which a row holds the base features `a`, `s* = x₁`, and `x₂`, the coordinate along
 * the part of `û` across `u`; `s = m x₁ + |û_⊥| x₂`.
 * Source: ours.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { AdapterSteps } from "lora-dynamics/chain/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 *
 * const model = {
 *   ...{ k: 1, lambda: [1], c: [1], xi: 1, r0: 1, activation: activation("z") },
 *   ...{ unit: true, linearised: false, trainsFactor: false, noisy: false, limit: 1e6 },
 * };
 * const rows = {
 *   ...{ width: 3, most: 1, empty: false, at: 0, left: () => 1, draw() {}, keep() {} },
 *   ...{ block: Float64Array.of(0.3, 1, -2), rests: Float64Array.of(0) }, // a, x₁, x₂
 * };
 * const state = { m: 0.6, across: 0.8, squares: 0, gate: 0 };
 * AdapterSteps.of(model, Float64Array.of(1))!.advance(state, rows, { steps: 1, eta: 0.1 });
 * const error = 0.6 * 1 + 0.8 * -2 - 1, turn = 0.1 * error * (0.8 * 1 - 0.6 * -2);
 * assertAlmostEquals(state.m, (0.6 - 0.8 * turn) / Math.sqrt(1 + turn ** 2), 1e-15);
 * ```
 */
export class AdapterSteps {
  readonly #k: number;
  readonly #terms: number;
  readonly #flags: number;
  readonly #hatC: Float64Array;
  /** The numbers of the chain as they lie in the module's memory. */
  readonly #numbers: Float64Array;

  private constructor(model: AdapterModel, hatC: Float64Array, shape: Shape) {
    const { k, xi, r0, lambda, c, limit } = model, { terms, coefficients, factor } = shape;
    const even = k + k % 2, numbers = new Float64Array(SCALARS + 4 * even + coefficients.length);
    this.#k = k;
    this.#terms = terms;
    this.#hatC = hatC;
    this.#flags = (model.unit ? UNIT : 0) | (model.linearised ? LAZY : 0) |
      (model.trainsFactor ? TRAINS_C : 0) | (model.noisy ? NOISE : 0);
    [numbers[3], numbers[4], numbers[9]] = [xi, 1 / r0, limit];
    numbers.set(lambda.map((x) => factor * x), SCALARS);
    numbers.set(c, SCALARS + 2 * even);
    numbers.set(coefficients, SCALARS + 4 * even);
    this.#numbers = numbers;
  }

  /**
   * The steps of a model, unless the module does not know its activation.
   *
   * @param hatC Left factor of the student, which the steps move where it is trained.
   */
  static of(model: AdapterModel, hatC: Float64Array): AdapterSteps | undefined {
    const shape = shapeOf(model.activation);
    return shape && new AdapterSteps(model, hatC, shape);
  }

  /**
   * Makes at most `steps` steps, as many as the rows have drawn, and ends after the one in which `|m|` reaches
   * `level`.
   *
   * @param options `eta`: step size; `etaFactor`: step size of `ĉ` times `ξ`.
   * @returns Steps made; times −1 if the chain has diverged in the last one.
   */
  advance(
    state: AdapterState,
    rows: AdapterRows,
    { steps, eta, etaFactor = 0, level = Infinity }: {
      readonly steps: number;
      readonly eta: number;
      readonly etaFactor?: number;
      readonly level?: number;
    },
  ): number {
    const direct = rows.empty && steps >= rows.most;
    const count = direct ? rows.most : Math.min(steps, rows.left()), { width } = rows;
    const own = this.#numbers, draws = own.length, ends = draws + count * width;
    // Behind the draws of an odd k the kernel reads one number more.
    const { floats, heap, fineTuningSteps } = memory(ends + 1 + count), from = heap / 8;
    [own[0], own[1], own[2]] = [state.m, state.across, eta];
    [own[5], own[7], own[8]] = [state.squares, etaFactor, level];
    const factor = SCALARS + this.#k + this.#k % 2, trains = (this.#flags & TRAINS_C) !== 0;
    own.set(this.#hatC, factor);
    floats.set(own, from);
    const block = floats.subarray(from + draws, from + ends);
    const rests = floats.subarray(from + ends + 1, from + ends + 1 + count);
    if (direct) rows.draw(block, rests);
    else {
      copy(rows.block, rows.at * width, block);
      copy(rows.rests, rows.at, rests);
    }
    const result = fineTuningSteps(
      ...[count, this.#k, this.#terms, this.#flags] as const,
      ...[heap, heap + 8 * draws, heap + 8 * (ends + 1)] as const,
    );
    [state.m, state.across] = [floats[from], floats[from + 1]];
    [state.squares, state.gate] = [floats[from + 5], floats[from + 6]];
    if (trains) copy(floats, from + factor, this.#hatC);
    const made = Math.abs(result);
    if (!direct) rows.at += made;
    else if (made < count) rows.keep(block.slice(made * width), rests.slice(made));
    return result;
  }
}

/** Fills `to` with what begins at a place of `from`. */
function copy(from: Float64Array, at: number, to: Float64Array): void {
  const count = to.length;
  if (count > 64) return to.set(from.subarray(at, at + count));
  for (let i = 0; i < count; i++) to[i] = from[at + i];
}
