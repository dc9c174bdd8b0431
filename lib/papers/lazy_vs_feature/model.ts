/**
 * The model of lazy-vs-feature on one screen: base, teacher, student, loss, gradient, one step. Slow,
 * plain, right; everything fast is tested equal to it.
 *
 * @module
 */
import { checkFinite, checkInteger, checkKeys, checkPositive } from "../../check.ts";
import { type Activation, activation, type ActivationLike } from "../../gaussian/mod.ts";
import { dot, normalize, semidefiniteRoot } from "../../linalg/mod.ts";
import { quantised } from "./left_factors.ts";

/** What a model is made of; see `fineTuning`. */
export interface ModelOptions {
  /** Activation: a name, an expression or a function. */
  readonly activation: ActivationLike;
  /** Number of neurons. */
  readonly k: number;
  /** Perturbation per neuron, `κ = ξ/√k > 0`. */
  readonly kappa: number;
  /** Output weights; `1/√k` when not given. */
  readonly lambda?: readonly number[];
  /** Teacher's left factor, unit length; alternating signs over `√k` when not given. */
  readonly c?: readonly number[];
  /** Student's left factor, of any length; `c` when not given. */
  readonly hatC?: readonly number[];
  /** The student's own κ, where it is not the teacher's: multiplies `hatC` by `studentKappa/kappa`. */
  readonly studentKappa?: number;
  /** Gram matrix of the base neurons, row by row; the identity when not given. */
  readonly gram?: readonly number[];
  /** Divide pre-activations by `r₀ = √(1+κ²)`; true when not given. */
  readonly normalize?: boolean;
}

/** A base, teacher and student: `ŷ = Σ λ_i σ((a_i + ξ ĉ_i s)/r₀)`, `a = Wx`, `s = ⟨û, x⟩`. */
export interface Model
  extends Required<Omit<ModelOptions, "gram" | "activation" | "studentKappa">> {
  /** Activation. */
  readonly activation: Activation;
  /** Gram matrix of the base neurons; `undefined` for orthonormal ones. */
  readonly gram: readonly number[] | undefined;
  /** Norm of the perturbation, `ξ = κ√k`. */
  readonly xi: number;
  /** Fixed scale of the inputs of the activation. */
  readonly r0: number;
}

const KEYS: readonly (keyof ModelOptions)[] = [
  ...["activation", "k", "kappa", "lambda", "c", "hatC", "studentKappa", "gram"] as const,
  "normalize",
];
const WHAT = "build a model";

/** Fails unless `values` has `length` finite entries. */
function checkVector(name: string, values: readonly number[], length: number): void {
  if (!Array.isArray(values) || values.length !== length) {
    const now = Array.isArray(values) ? `${values.length} entries` : String(values);
    throw new RangeError(
      `Cannot ${WHAT} as ${name} must have ${length} entries: current value is ${now}`,
    );
  }
  values.forEach((x, i) => checkFinite(WHAT, `${name}[${i}]`, x));
}

function checkGram(gram: readonly number[], k: number): void {
  checkVector("gram", gram, k * k);
  const size = Math.max(...gram.map(Math.abs));
  gram.forEach((x, at) => {
    const i = Math.floor(at / k), j = at % k, other = gram[j * k + i];
    if (Math.abs(x - other) <= 1e-9 * size) return;
    throw new RangeError(
      `Cannot ${WHAT} as gram must be symmetric: current value has gram[${i}][${j}] = ${x}, ` +
        `gram[${j}][${i}] = ${other}`,
    );
  });
  try {
    semidefiniteRoot(Float64Array.from(gram), k);
  } catch {
    throw new RangeError(
      `Cannot ${WHAT} as gram must be positive semidefinite: current value is ${gram.join(", ")}`,
    );
  }
}

/**
 * A model of low-rank fine-tuning.
 *
 * Source: setting: dayi25a (Section 2), teacher neurons normalised as in its proofs; `λ = 1/√k` ours.
 *
 * @throws {RangeError} If `k < 1`, `κ ≤ 0`, a vector has the wrong length, `c` has not norm 1, or `gram`
 * is not symmetric and positive semidefinite; whatever `activation` throws.
 * @throws {TypeError} If an option is not known.
 * @example
 * ```ts
 * import { fineTuning } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(fineTuning({ activation: "h3", k: 8, kappa: Math.SQRT1_2 }).xi, 2);
 * ```
 */
export function fineTuning(options: ModelOptions): Model {
  checkKeys(WHAT, options, KEYS);
  const { k, kappa, studentKappa = kappa, normalize = true, gram } = options;
  checkInteger(WHAT, "k", k, 1);
  checkPositive(WHAT, "kappa", kappa);
  checkPositive(WHAT, "studentKappa", studentKappa);
  const { lambda = Array(k).fill(1 / Math.sqrt(k)), c = quantised(k), hatC = c } = options;
  checkVector("lambda", lambda, k);
  checkVector("c", c, k);
  checkVector("hatC", hatC, k);
  const norm = Math.hypot(...c);
  if (Math.abs(norm - 1) > 1e-9) {
    throw new RangeError(`Cannot ${WHAT} as c must have norm 1: current value is ${norm}`);
  }
  if (gram !== undefined) checkGram(gram, k);
  return {
    activation: activation(options.activation),
    ...{ k, kappa, normalize, lambda, c, gram },
    hatC: studentKappa === kappa ? hatC : hatC.map((x) => x * studentKappa / kappa),
    xi: kappa * Math.sqrt(k),
    r0: normalize ? Math.sqrt(1 + kappa * kappa) : 1,
  };
}

/** The standard model S: `k = 8`, `κ = 1/√2`, alternating `c`, orthonormal base. */
export function standard(sigma: ActivationLike = "h3", more: Partial<ModelOptions> = {}): Model {
  return fineTuning({ activation: sigma, k: 8, kappa: Math.SQRT1_2, ...more });
}

/** Single-index model without base features: `ŷ = σ(⟨û, x⟩)`; here `n = d`. */
export function generalisedLinear(sigma: ActivationLike): Model {
  return fineTuning({ activation: sigma, k: 1, kappa: 1, c: [1], gram: [0], normalize: false });
}

/** Error and slopes of one input. */
export interface Response {
  /** `e = f̂(x) − f*(x)`. */
  readonly error: number;
  /** `λ_i σ̃′(ẑ_i)`: the gradient of `½e²` is `ξ e Σ ĉ_i slope_i x` in `û`, `ξ e s slope` in `ĉ`. */
  readonly slope: readonly number[];
}

/**
 * What student and teacher answer to an input of projections `a = Wx`, `s = ⟨û, x⟩`, `s* = ⟨u, x⟩`.
 *
 * Source: dayi25a, Section 2.
 */
export function response(
  { lambda, c, hatC, xi, r0, activation: { f, df } }: Model,
  a: ArrayLike<number>,
  s: number,
  sStar: number,
): Response {
  let error = 0;
  const slope = lambda.map((weight, i) => {
    const z = (a[i] + xi * hatC[i] * s) / r0;
    error += weight * (f(z) - f((a[i] + xi * c[i] * sStar) / r0));
    return weight * df(z) / r0;
  });
  return { error, slope };
}

/** An adapter of rank one. */
export interface Adapter {
  /** Direction `û`, unit, across the base. */
  readonly u: Float64Array;
  /** Left factor `ĉ`. */
  readonly c: readonly number[];
}

/**
 * One step of the paper's algorithm on one whole input: gradient of `½e²` in `û`, projected across the
 * base and across `û`, step `η`, back to the sphere; with `ratio > 0` `ĉ` moves likewise.
 *
 * Scale: `O(kd)`. Source: dayi25a, Eq. (4), `η = 2η_paper` as its loss is `e²`; the move of `ĉ`: its joint
 * training.
 *
 * @param model The model; its own `hatC` is not read.
 * @param world Rows `W` of the base, and `u`.
 * @param adapter The student.
 * @param x The input.
 * @param options `eta`, and `ratio = η_c/η` (0: `ĉ` is frozen).
 */
export function sgdStep(
  model: Model,
  world: { readonly base: readonly Float64Array[]; readonly u: Float64Array },
  adapter: Adapter,
  x: Float64Array,
  { eta, ratio = 0 }: { readonly eta: number; readonly ratio?: number },
): Adapter {
  const now = { ...model, hatC: adapter.c }, s = dot(adapter.u, x);
  const { error, slope } = response(now, world.base.map((w) => dot(w, x)), s, dot(world.u, x));
  const gamma = model.xi * error * slope.reduce((sum, g, i) => sum + g * adapter.c[i], 0);
  const across = without(without(x, ...orthonormal(world.base)), adapter.u);
  const u = normalize(adapter.u.map((value, i) => value - eta * gamma * across[i]));
  if (ratio === 0) return { u, c: adapter.c };
  // On the sphere of radius |ĉ| the gradient in the unit vector ĉ/|ĉ| is |ĉ| times that in ĉ.
  const length = Math.hypot(...adapter.c), unit = adapter.c.map((value) => value / length);
  const g = without(slope.map((value) => model.xi * error * s * length * value), unit);
  const moved = unit.map((value, i) => value - eta * ratio * g[i]), size = Math.hypot(...moved);
  return { u, c: moved.map((value) => value * length / size) };
}

/** `x` without its parts along orthonormal vectors. */
function without<T extends number[] | Float64Array>(x: T, ...along: ArrayLike<number>[]): T {
  const out = x.slice() as T;
  for (const e of along) {
    let part = 0;
    for (let i = 0; i < x.length; i++) part += e[i] * x[i];
    for (let i = 0; i < x.length; i++) out[i] -= part * e[i];
  }
  return out;
}

/** An orthonormal basis of the span of vectors, by Gram and Schmidt. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const out: Float64Array[] = [];
  for (const w of vectors) {
    const rest = without(without(w, ...out), ...out);
    if (dot(rest, rest) > 1e-18 * dot(w, w)) out.push(normalize(rest));
  }
  return out;
}
