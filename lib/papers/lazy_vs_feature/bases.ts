/**
 * Bases by their Gram matrices: by name, as numbers, or by a reader's own function; and the plane.
 *
 * @module
 */
import { checkInside, checkInteger, checkKeys, checkOneOf } from "../../check.ts";
import { type Stream, wishart } from "../../random/mod.ts";
import { quantised } from "./left_factors.ts";
import { ERF } from "./activations.ts";
import { fineTuning, type Model } from "./model.ts";

/** The paper's Claim 2: base Gram `(1 + 1/k)I − ccᵀ`, which makes the teacher neurons orthonormal. */
export function claim2Gram(k: number, c: readonly number[]): number[] {
  return Array.from({ length: k * k }, (_, at) => {
    const i = Math.floor(at / k), j = at % k;
    return (i === j ? 1 + 1 / k : 0) - c[i] * c[j];
  });
}

/** Gram matrix of `k` independent uniform unit vectors in `d` dimensions, the base of the paper's figures. */
export function randomGram(k: number, d: number, rng: Stream): number[] {
  checkInteger("draw a base", "d", d, k);
  const gram = wishart(rng, d, k);
  return Array.from(gram, (x, at) => {
    const i = Math.floor(at / k), j = at % k;
    return i === j ? 1 : x / Math.sqrt(gram[i * (k + 1)] * gram[j * (k + 1)]);
  });
}

/**
 * A base: `"orthonormal"`, `"claim 2"`, `{ correlation: ρ }` (the same for every pair of neurons),
 * `{ unitVectors: d }` (uniform on the sphere of `ℝ^d`, drawn for every copy), the entries of a Gram
 * matrix, or a function of `k`, `c` and a stream that returns them.
 */
export type Base =
  | "orthonormal"
  | "claim 2"
  | { readonly correlation: number }
  | { readonly unitVectors: number }
  | readonly number[]
  | ((k: number, c: readonly number[], rng: Stream) => readonly number[]);

/** Whether a base is drawn anew for every copy. */
export function isDrawn(base: Base): boolean {
  return typeof base === "function" || (typeof base === "object" && "unitVectors" in base);
}

/**
 * The Gram matrix of a base; none for an orthonormal one.
 *
 * @throws {RangeError} If a name is not known or a number out of range.
 * @example
 * ```ts
 * import { baseGram } from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(baseGram({ correlation: 0.3 }, [0.6, 0.8], stream("7")), [1, 0.3, 0.3, 1]);
 * ```
 */
export function baseGram(
  base: Base,
  c: readonly number[],
  rng: Stream,
): readonly number[] | undefined {
  const k = c.length, what = "choose a base";
  if (typeof base === "string") {
    checkOneOf(what, "base", base, ["orthonormal", "claim 2"]);
    return base === "orthonormal" ? undefined : claim2Gram(k, c);
  }
  if (typeof base === "function") return base(k, c, rng);
  if (!Array.isArray(base)) {
    checkKeys(what, base, ["correlation" in base ? "correlation" : "unitVectors"], "base");
  }
  if ("correlation" in base) {
    checkInside(what, "correlation", base.correlation, -1 / Math.max(1, k - 1) - 1e-12, 1);
    return Array.from({ length: k * k }, (_, at) => at % (k + 1) ? base.correlation : 1);
  }
  return "unitVectors" in base ? randomGram(k, base.unitVectors, rng) : base;
}

/** A base in words. */
export function baseWords(base: Base): string {
  if (typeof base === "string") return base === "claim 2" ? "base of Claim 2" : `${base} base`;
  if (typeof base === "function") return `base ${base.name || "of a function"}`;
  if ("correlation" in base) return `base of correlation ${base.correlation}`;
  return "unitVectors" in base
    ? `base of random unit vectors in ${base.unitVectors} dimensions`
    : "base of a given Gram matrix";
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
