/**
 * The model of lazy-vs-feature: base, teacher and student networks. Shared by theory and simulation; it
 * holds definitions alone.
 *
 * @module
 */
import { checkFinite, checkInteger, checkPositive } from "../../check.ts";
import { type Activation, activation, type ActivationLike } from "../../gaussian/mod.ts";

/** The paper's erf, `erf(z/√2)`. */
export const ERF = "erf(z / sqrt(2))";

/** The four activations of the figures by their short names: `h₂`, `h₃`, ReLU and `erf(z/√2)`. */
export const ACTIVATIONS = { h2: "h2", h3: "h3", relu: "relu", erf: ERF } as const;
/** Short name of one of the four. */
export type ActivationName = keyof typeof ACTIVATIONS;
/** The short names. */
export const ACTIVATION_NAMES: readonly ActivationName[] = ["h2", "h3", "relu", "erf"];

/** Laws of an input coordinate, all of mean 0 and variance 1. */
export const INPUT_LAWS = ["gaussian", "rademacher", "uniform", "laplace"] as const;
/** Name of a law of an input coordinate. */
export type InputLaw = (typeof INPUT_LAWS)[number];

/** Fourth moment of each input law. */
export const FOURTH_MOMENT: Readonly<Record<InputLaw, number>> = {
  gaussian: 3,
  rademacher: 1,
  uniform: 9 / 5,
  laplace: 6,
};

/** The input coordinate of a law that is not Gaussian at a uniform number in (0, 1). */
export function inputOf(law: Exclude<InputLaw, "gaussian">, uniform: number): number {
  const half = uniform - 0.5;
  if (law === "rademacher") return half < 0 ? -1 : 1;
  if (law === "uniform") return Math.sqrt(12) * half;
  return -Math.sign(half) * Math.log(1 - 2 * Math.abs(half)) / Math.SQRT2;
}

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
  /** Student's left factor, unit length; `c` when not given. */
  readonly hatC?: readonly number[];
  /** Gram matrix of the base neurons, row by row; the identity when not given. */
  readonly gram?: readonly number[];
  /** Divide pre-activations by `r₀ = √(1+κ²)`; true when not given. */
  readonly normalize?: boolean;
}

/** A base, teacher and student: `ŷ = Σ λ_i σ((a_i + ξ ĉ_i s)/r₀)`. */
export interface Model extends Required<Omit<ModelOptions, "gram" | "activation">> {
  /** Activation. */
  readonly activation: Activation;
  /** Gram matrix of the base neurons; `undefined` for orthonormal ones. */
  readonly gram: readonly number[] | undefined;
  /** Norm of the perturbation, `ξ = κ√k`. */
  readonly xi: number;
  /** Fixed scale of the inputs of the activation. */
  readonly r0: number;
}

/** `sᵢ/√k` from signs; alternating, `+` first, when none are given. */
export function quantised(
  k: number,
  sign: (i: number) => number = (i) => i % 2 ? -1 : 1,
): number[] {
  return Array.from({ length: k }, (_, i) => sign(i) / Math.sqrt(k));
}

/** Fails unless `values` has `length` finite entries. */
function checkVector(name: string, values: readonly number[], length: number): void {
  const what = "build a model";
  if (!Array.isArray(values) || values.length !== length) {
    const now = Array.isArray(values) ? `${values.length} entries` : String(values);
    throw new RangeError(
      `Cannot ${what} as ${name} must have ${length} entries: current value is ${now}`,
    );
  }
  values.forEach((x, i) => checkFinite(what, `${name}[${i}]`, x));
}

function checkUnit(name: string, values: readonly number[], k: number): void {
  checkVector(name, values, k);
  const norm = Math.hypot(...values);
  if (Math.abs(norm - 1) < 1e-9) return;
  throw new RangeError(
    `Cannot build a model as ${name} must have norm 1: current value is ${norm}`,
  );
}

/**
 * A model of low-rank fine-tuning.
 *
 * Source: setting: dayi25a (Section 2), teacher neurons normalised as in its proofs; `λ = 1/√k` ours.
 *
 * @throws {RangeError} If `k < 1`, `κ ≤ 0`, or a vector has the wrong length or norm; whatever
 * `activation` throws.
 * @example
 * ```ts
 * import { fineTuning } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(fineTuning({ activation: "h3", k: 8, kappa: Math.SQRT1_2 }).xi, 2);
 * ```
 */
export function fineTuning(options: ModelOptions): Model {
  const what = "build a model";
  const { k, kappa, normalize = true } = options;
  checkInteger(what, "k", k, 1);
  checkPositive(what, "kappa", kappa);
  const { lambda = Array(k).fill(1 / Math.sqrt(k)), c = quantised(k) } = options;
  const { hatC = c, gram } = options;
  checkVector("lambda", lambda, k);
  checkUnit("c", c, k);
  checkUnit("hatC", hatC, k);
  if (gram !== undefined) checkVector("gram", gram, k * k);
  return {
    activation: activation(options.activation),
    k,
    kappa,
    normalize,
    lambda,
    c,
    hatC,
    gram,
    xi: kappa * Math.sqrt(k),
    r0: normalize ? Math.sqrt(1 + kappa * kappa) : 1,
  };
}

/** The standard model S: `k = 8`, `κ = 1/√2`, alternating `c`, orthonormal base. */
export function standard(
  sigma: ActivationLike = "h3",
  more: Partial<ModelOptions> = {},
): Model {
  return fineTuning({ activation: sigma, k: 8, kappa: Math.SQRT1_2, ...more });
}

/** Single-index model without base features: `ŷ = σ(⟨û, x⟩)`; here `n = d`. */
export function generalisedLinear(sigma: ActivationLike): Model {
  return fineTuning({ activation: sigma, k: 1, kappa: 1, c: [1], gram: [0], normalize: false });
}

/** The paper's Claim 2: base Gram `(1 + 1/k)I − ccᵀ`, which makes the teacher neurons orthonormal. */
export function claim2Gram(k: number, c: readonly number[]): number[] {
  return Array.from({ length: k * k }, (_, at) => {
    const i = Math.floor(at / k), j = at % k;
    return (i === j ? 1 + 1 / k : 0) - c[i] * c[j];
  });
}

/**
 * Gram matrix of the normalised teacher neurons `v_i = (w_i + ξc_i u)/r₀`, row by row.
 *
 * @throws {RangeError} If a neuron has not length 1: `normalize` must be set and `c` quantised.
 */
export function teacherGram({ k, c, xi, r0, gram }: Model): number[] {
  const out = Array.from({ length: k * k }, (_, at) => {
    const i = Math.floor(at / k),
      j = at % k,
      base = gram === undefined ? Number(i === j) : gram[at];
    return (base + xi * xi * c[i] * c[j]) / (r0 * r0);
  });
  for (let i = 0; i < k; i++) {
    const length = out[i * k + i];
    if (Math.abs(length - 1) < 1e-9) continue;
    throw new RangeError(
      `Cannot learn from scratch as every teacher neuron must have length 1: current squared length of ` +
        `neuron ${i} is ${length}`,
    );
  }
  return out;
}

/** Coordinates `a_i` of the collinear base weights of the plane construction, at `κ = 1`. */
export const PLANE = [Math.sqrt(3), 0, -Math.sqrt(3)] as const;

/**
 * A teacher on a plane with a generic activation whose Hermite tensors of degree 1 and 2 vanish.
 *
 * Source: ours.
 */
export function planeModel(): Model {
  // λ ∝ (1, −2E₁/E₂, 1) with E = √(2/π)/√(1+a²+κ²); unit variance by the arcsine kernel.
  const e = (a: number) => 1 / Math.sqrt(2 + a * a), raw = [1, -2 * e(PLANE[0]) / e(0), 1];
  let square = 0;
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      const cov = PLANE[i] * PLANE[j] + 1;
      const scale = Math.sqrt((2 + PLANE[i] ** 2) * (2 + PLANE[j] ** 2));
      square += raw[i] * raw[j] * 2 / Math.PI * Math.asin(cov / scale);
    }
  }
  return fineTuning({
    activation: ERF,
    k: 3,
    kappa: 1,
    c: quantised(3, () => 1),
    lambda: raw.map((x) => x / Math.sqrt(square)),
    gram: PLANE.flatMap((x) => PLANE.map((y) => x * y)),
    normalize: false,
  });
}
