import { checkInteger } from "../check.ts";
import { columns, type Matrix, matrix, multiply, type Svd, svd, transpose } from "../linalg/mod.ts";
import type { Stream } from "../random/mod.ts";

/**
 * Start of an adapter. With `s` the scale, `P_r` the best approximation of rank r, `∇` the gradient in
 * `W` (out × in), `∇ = U S Vᵀ` and `−∇ = U⁻ S Vᵀ`, the singular vectors numbered from 1:
 *
 * - `"LoRA"`: `B = 0`, `A` random, `s = α/r`. Hu et al. 2021, arXiv 2106.09685.
 * - `"LoRA+"`: the same start, `B` learns `ratio` times faster. Hayou et al. 2024, arXiv 2402.12354.
 * - `"rsLoRA"`: the same start, `s = α/√r`. Kalajdzievski 2023, arXiv 2312.03732.
 * - `"PiSSA"`: `s·B A = P_r(W)`, both factors with the root of `S/s`; `W ← W − s·B A`. Meng et al.
 *   2024, arXiv 2404.02948.
 * - `"LoRA-GA"`: `A = f·V[1…r]ᵀ`, `B = f·U[r+1…2r]`, `f = out^¼/√γ`; `W ← W − s·B A`. The authors'
 *   definition (direction ArB2r, scale stable): Wang et al. 2024, arXiv 2407.05000. Needs `2r ≤ min`.
 * - `"LoRA-GA PEFT"`: `A = V[1…r]ᵀ`, `B = f·U[r+1…2r] S[r+1…2r]`; `W ← W − s·B A`: huggingface/peft,
 *   where only `B` is scaled.
 * - `"LoRA-SB"`: `A = V[1…r]ᵀ`, `B = U⁻[1…r]`, both frozen, `R = γ S[1…r]/s` is trained, so that
 *   `s·B R A = γ P_r(−∇)`. Ponkshe et al. 2024, arXiv 2411.19557; spec lora-one A6.
 * - `"LoRA-One"`: `B = √γ U⁻ S^½`, `A = √γ S^½ Vᵀ`, so that `B A = γ P_r(−∇)`; `W` stays. Zhang, Liu and
 *   Chen 2025, arXiv 2502.01235, spectral initialisation; spec lora-one A2.
 * - `"LoRA-One script"`: the same with `S/S₁` for `S` and `1/γ` for `γ`: the authors' training script.
 * - `"LoRA-One README"`: `B = U⁻ S/√γ`, `A = S Vᵀ/√γ`: the authors' README (`S` for its root).
 * - `"LoRA-One toy"`: `B = γ U⁻`, `A = γ Vᵀ`, `W ← W − s·B A`: the authors' early toy notebook.
 */
export type AdapterMethod =
  | "LoRA"
  | "LoRA+"
  | "rsLoRA"
  | "PiSSA"
  | "LoRA-GA"
  | "LoRA-GA PEFT"
  | "LoRA-SB"
  | "LoRA-One"
  | "LoRA-One README"
  | "LoRA-One script"
  | "LoRA-One toy";

/** What is known of a method before any matrix. */
export interface MethodTraits {
  /** Whether the scale is `α/√r` instead of `α/r`. */
  readonly rootScale: boolean;
  /** Whether it starts from the gradient. */
  readonly gradient: boolean;
  /** Whether only a middle factor is trained. */
  readonly middle: boolean;
  /** Whether `W` is shifted, so that the function stays what it was. */
  readonly shift: boolean;
  /** The γ that its authors use. */
  readonly gamma: number;
}

const traits = (
  rootScale: boolean,
  gradient: boolean,
  shift: boolean,
  gamma: number,
  middle = false,
): MethodTraits => ({ rootScale, gradient, shift, gamma, middle });

/** All methods with their traits. */
export const methods: Readonly<Record<AdapterMethod, MethodTraits>> = {
  "LoRA": traits(false, false, false, 1),
  "LoRA+": traits(false, false, false, 1),
  "rsLoRA": traits(true, false, false, 1),
  "PiSSA": traits(false, false, true, 1),
  "LoRA-GA": traits(true, true, true, 16),
  "LoRA-GA PEFT": traits(true, true, true, 16),
  "LoRA-SB": traits(false, true, false, 1, true),
  "LoRA-One": traits(true, true, false, 1),
  "LoRA-One README": traits(true, true, false, 128),
  "LoRA-One script": traits(true, true, false, 128),
  "LoRA-One toy": traits(true, true, true, 1),
};

/** Factors of an adapter: `B` out × r, `A` r × in, `R` r × r where the method has one. */
export interface Factors {
  readonly b: Matrix;
  readonly a: Matrix;
  readonly r?: Matrix;
}

/** What a start may depend on. */
export interface StartOptions {
  readonly rank: number;
  readonly scale: number;
  readonly gamma: number;
  /** Draws `A`, then `B`. */
  readonly rng: Stream;
  /** Law of random entries. */
  readonly law: "normal" | "uniform";
  /** Standard deviation of `A` times √in; for `uniform` the half-width times √in. */
  readonly spreadA: number;
  /** The same for `B`, times √out; 0 for LoRA. */
  readonly spreadB: number;
}

/** The factors of a start; `source` is `W` for PiSSA and `∇` for the methods that use the gradient. */
export function startFactors(method: AdapterMethod, source: Matrix, o: StartOptions): Factors {
  const { rank, scale, gamma } = o;
  if (method === "LoRA" || method === "LoRA+" || method === "rsLoRA") return randomStart(source, o);
  const first = svd(source), { values } = first;
  const part = values.subarray(0, rank);
  if (method === "PiSSA") return split(first, rank, part.map((x) => Math.sqrt(x / scale)));
  if (method === "LoRA-GA" || method === "LoRA-GA PEFT") {
    const most = Math.floor(Math.min(source.rows, source.columns) / 2);
    const what =
      `start ${method} on a ${source.rows} x ${source.columns} layer, which takes 2r directions,`;
    checkInteger(what, "rank", rank, 1, most);
    const f = Math.pow(source.rows, 0.25) / Math.sqrt(gamma), peft = method !== "LoRA-GA";
    const b = columns(first.u, rank, 2 * rank), a = transpose(columns(first.v, 0, rank));
    scaleColumns(b, values.subarray(rank, 2 * rank).map((x) => peft ? f * x : f));
    return { b, a: peft ? a : { ...a, data: a.data.map((x) => f * x) } };
  }
  const down = { ...first, u: { ...first.u, data: first.u.data.map((x) => -x) } };
  if (method === "LoRA-SB") {
    const r = matrix(rank, rank);
    for (let j = 0; j < rank; j++) r.data[j * rank + j] = gamma * values[j] / scale;
    return { ...split(down, rank, part.map(() => 1)), r };
  }
  // A direction at rounding level is no direction: its root would be large against it.
  const clipped = part.map((x) => x > 1e-12 * values[0] ? x : 0);
  const share = (f: (x: number) => number) => split(down, rank, clipped.map(f));
  if (method === "LoRA-One") return share((x) => Math.sqrt(gamma * x));
  if (method === "LoRA-One script") return share((x) => x && Math.sqrt(x / values[0] / gamma));
  if (method === "LoRA-One README") return share((x) => x / Math.sqrt(gamma));
  return split(down, rank, part.map(() => gamma));
}

/** `B = U diag(weights)`, `A = diag(weights) Vᵀ` with the first `rank` singular vectors. */
function split({ u, v }: Svd, rank: number, weights: Float64Array): Factors {
  const b = columns(u, 0, rank), right = columns(v, 0, rank);
  scaleColumns(b, weights);
  scaleColumns(right, weights);
  return { b, a: transpose(right) };
}

function scaleColumns(x: Matrix, weights: Float64Array): void {
  const n = x.columns;
  for (let i = 0; i < x.data.length; i++) x.data[i] *= weights[i % n];
}

function randomStart(weight: Matrix, o: StartOptions): Factors {
  const a = matrix(o.rank, weight.columns), b = matrix(weight.rows, o.rank);
  draw(a, o.rng.stream("A"), o.law, o.spreadA / Math.sqrt(weight.columns));
  if (o.spreadB !== 0) draw(b, o.rng.stream("B"), o.law, o.spreadB / Math.sqrt(weight.rows));
  return { b, a };
}

function draw({ data }: Matrix, rng: Stream, law: "normal" | "uniform", width: number): void {
  if (law === "normal") rng.fillNormal(data);
  else rng.fillUniform(data);
  for (let i = 0; i < data.length; i++) {
    data[i] = width * (law === "normal" ? data[i] : 2 * data[i] - 1);
  }
}

/** `s·B A` or `s·B R A`. */
export function productOf({ b, a, r }: Factors, scale: number): Matrix {
  const result = multiply(r ? multiply(b, r) : b, a);
  for (let i = 0; i < result.data.length; i++) result.data[i] *= scale;
  return result;
}
