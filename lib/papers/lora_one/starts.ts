/**
 * Starts of adapters, each a value with its definition and source, for a layer `x ↦ (W + AB)ᵀx`.
 *
 * @module
 */
import {
  checkInteger,
  checkKeys,
  checkMethods,
  checkOneOf,
  checkPositive,
  checkString,
} from "../../check.ts";
import { columns, type Matrix, matrix, multiply, svd, transpose } from "../../linalg/mod.ts";
import { portable, type PortableDraws } from "../../random/mod.ts";
import { completedSvd } from "./completed_svd.ts";
import { type Adapter, checkEntries, shapeOf } from "./model.ts";

/** What a start may look at: a layer `x ↦ (W + s·AB)ᵀx` before any step. */
export interface StartLayer {
  /** Negative gradient at the pre-trained weight, `d × k`. */
  readonly gradient: Matrix;
  /** The weight `W`, `d × k`, where it is known. */
  readonly weight?: Matrix;
  /** Rank of the adapter. */
  readonly r: number;
  /** The start's own scale. */
  readonly gamma: number;
  /** Factor `s` of the product in the layer: 1 in the linear model. */
  readonly scale: number;
  /** Draws for whatever is random on the left and on the right. */
  readonly draws: readonly [PortableDraws, PortableDraws];
}

/** The factors of a start. */
export interface StartFactors extends Adapter {
  /** `R`, `r × r`: then only it is trained and the layer computes `W + A R B`. */
  readonly middle?: Matrix;
}

/** A start as a value: one of {@linkcode STARTS}, or a reader's own with the same entries. */
export interface StartRule {
  /** Name, for legends and messages. */
  readonly name: string;
  /** What it does, in a line. */
  readonly about?: string;
  /** Who published it. */
  readonly source?: string;
  /** Whether `W` becomes `W − s·A₀B₀`, so that the function stays what it was; by default it does not. */
  readonly shifted?: boolean;
  /** `γ` when none is given: for the methods with a published one, that one; else 1. */
  readonly gamma?: number;
  /** The factors, `A` `d × r` and `B` `r × k`. */
  readonly factors: (layer: StartLayer) => StartFactors;
}

/** Names of the starts that are defined here; see {@linkcode STARTS}. */
export type StartName =
  | "LoRA-One"
  | "LoRA-One script"
  | "LoRA-One README"
  | "LoRA-One toy"
  | "LoRA-GA"
  | "LoRA-GA PEFT"
  | "LoRA-SB"
  | "PiSSA";

/** A start at a layer: the factors, and what is done with the frozen weight. */
export interface Start extends StartFactors {
  /** Its name. */
  readonly name: string;
  /** Whether `W` becomes `W − A₀B₀`. */
  readonly shifted: boolean;
}

function scaled(x: Matrix, weight: (j: number) => number): Matrix {
  return { ...x, data: x.data.map((value, i) => value * weight(i % x.columns)) };
}

/**
 * `A = U[1…r]` and `B = V[from+1…from+r]ᵀ` of the gradient, each vector times its weight, which may
 * depend on its singular value and on the largest.
 */
function spectral(
  { gradient, r, draws }: StartLayer,
  left: (s: number, first: number) => number,
  right = left,
  from = 0,
): Adapter {
  const { u, values, v } = completedSvd(gradient, [r, from + r], draws), [first] = values;
  return {
    a: scaled(columns(u, 0, r), (j) => left(values[j], first)),
    b: transpose(scaled(columns(v, from, from + r), (j) => right(values[from + j], first))),
  };
}

/** LoRA-GA's right vectors are those after the left ones: twice as many directions as the rank. */
function disjoint(
  layer: StartLayer,
  left: (f: number) => number,
  right: (s: number, f: number) => number,
) {
  const { gradient: { rows: d, columns: k }, gamma, r } = layer;
  const most = Math.floor(Math.min(d, k) / 2), f = Math.pow(k, 0.25) / Math.sqrt(gamma);
  checkInteger("start LoRA-GA", `r for a ${d} x ${k} layer (2r directions)`, r, 1, most);
  return spectral(layer, () => left(f), (s) => right(s, f), r);
}

const PAPER = "Zhang, Liu and Chen 2025";

/**
 * The starts that use a singular value decomposition. `G = U S Vᵀ` is the negative gradient, `U[i…j]`
 * its singular vectors numbered from 1. A reader's own start is a record like these.
 */
export const STARTS: Readonly<Record<StartName, StartRule>> = {
  "LoRA-One": {
    name: "LoRA-One",
    about: "A = √γ U S^½, B = √γ S^½ Vᵀ, so that AB = γ P_r(G)",
    source: `${PAPER}, spectral initialisation`,
    factors: (layer) => spectral(layer, (s) => Math.sqrt(layer.gamma * s)),
  },
  "LoRA-One script": {
    name: "LoRA-One script",
    about: "LoRA-One with S/S₁ for S and 1/γ for γ",
    source: `${PAPER}, the authors' training script`,
    gamma: 128,
    factors: (layer) => spectral(layer, (s, first) => Math.sqrt(s / first / layer.gamma)),
  },
  "LoRA-One README": {
    name: "LoRA-One README",
    about: "A = U S/√γ, B = S Vᵀ/√γ",
    source: `${PAPER}, the authors' README (S for its root)`,
    gamma: 128,
    factors: (layer) => spectral(layer, (s) => s / Math.sqrt(layer.gamma)),
  },
  "LoRA-One toy": {
    name: "LoRA-One toy",
    about: "A = γ U, B = γ Vᵀ, W ← W − AB",
    source: `${PAPER}, the authors' early toy notebook`,
    shifted: true,
    factors: (layer) => spectral(layer, () => layer.gamma),
  },
  "LoRA-GA": {
    name: "LoRA-GA",
    about: "A = −f U[1…r], B = f V[r+1…2r]ᵀ, f = k^¼/√γ, W ← W − AB",
    source: "Wang et al. 2024, the authors' code (both factors scaled, disjoint indices)",
    shifted: true,
    gamma: 16,
    factors: (layer) => disjoint(layer, (f) => -f, (_, f) => f),
  },
  "LoRA-GA PEFT": {
    name: "LoRA-GA PEFT",
    about: "A = −U[1…r], B = f S[r+1…2r] V[r+1…2r]ᵀ, W ← W − AB: B = 0 for a gradient of rank ≤ r",
    source: "huggingface/peft, where only B is scaled",
    shifted: true,
    gamma: 16,
    factors: (layer) => disjoint(layer, () => -1, (s, f) => f * s),
  },
  "LoRA-SB": {
    name: "LoRA-SB",
    about: "A = U[1…r], B = V[1…r]ᵀ frozen, R = γ S[1…r] is trained",
    source: "Ponkshe et al. 2024",
    factors: ({ gradient, r, gamma, draws }) => {
      const { u, values, v } = completedSvd(gradient, [r, r], draws), middle = matrix(r, r);
      for (let j = 0; j < r; j++) middle.data[j * r + j] = gamma * values[j];
      return { a: u, b: transpose(v), middle };
    },
  },
  "PiSSA": {
    name: "PiSSA",
    about: "AB = P_r(W), both factors with the root of S(W), W ← W − AB",
    source: "Meng et al. 2024",
    shifted: true,
    factors: ({ weight, r }) => {
      const what = "start PiSSA";
      if (weight === undefined) {
        throw new TypeError(`Cannot ${what} as weight must be given: current value is undefined`);
      }
      checkEntries(what, "weight", weight);
      const { u, values, v } = svd(weight, r), root = (j: number) => Math.sqrt(values[j]);
      return { a: scaled(u, root), b: transpose(scaled(v, root)) };
    },
  },
};

/** All names, in the order of the definitions. */
export const START_NAMES: readonly StartName[] = Object.keys(STARTS) as StartName[];

/**
 * A start as a value, by its name or as it is: the one door of everything that takes a start.
 *
 * @throws {RangeError} If a name is not known (the known are listed).
 * @throws {TypeError} If it is neither a name nor a record with `name` and `factors`.
 */
export function startRule(start: StartName | StartRule): StartRule {
  const what = "start an adapter";
  if (typeof start === "string") return STARTS[checkOneOf(what, "name", start, START_NAMES)];
  checkKeys(what, start, ["name", "about", "source", "shifted", "gamma", "factors"], "a start");
  checkString(what, "name", start.name);
  if (start.gamma !== undefined) checkPositive(what, "gamma", start.gamma);
  checkMethods(what, `start ${start.name}`, start, "a record with factors", ["factors"]);
  return start;
}

/**
 * A start at a layer; see {@linkcode STARTS} for the definitions.
 *
 * @param start Which: a name, or a reader's own {@linkcode StartRule}.
 * @param layer `gradient` (negative, `d × k`), the rank `r`, `gamma` (default: the start's own),
 * `weight` for PiSSA, `scale` of the product (default 1), and `draws` that complete vectors of zero
 * singular values.
 * @throws {RangeError} If `r` is out of range (`2r ≤ min(d, k)` for LoRA-GA), the gradient is zero,
 * `gamma` is no finite number > 0, or an entry of the factors is not finite.
 * @throws {TypeError} If PiSSA has no `weight`, or the factors are not `d × r` and `r × k`.
 *
 * @example LoRA-One with γ = 1 starts at the best approximation of the gradient; a start of one's own.
 * ```ts
 * import { startOf } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { matrix, multiply, transpose } from "lora-dynamics/linalg/mod.ts";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const gradient = matrix(2, 2, [4, 0, 0, 1]);
 * const { a, b } = startOf("LoRA-One", { gradient, r: 1 });
 * const product = multiply(a, b);
 * assertAlmostEquals(product.data[0], 4);
 * assertAlmostEquals(product.data[3], 0);
 *
 * const first = { name: "e₁", factors: () => ({ a: matrix(2, 1, [1, 0]), b: matrix(1, 2) }) };
 * assertEquals(startOf(first, { gradient, r: 1 }).a.data, Float64Array.of(1, 0));
 * ```
 */
export function startOf(
  start: StartName | StartRule,
  layer: Pick<StartLayer, "gradient" | "r"> & Partial<StartLayer>,
): Start {
  const rule = startRule(start), { name, shifted = false } = rule, what = `start ${name}`;
  const { gradient, r, weight, scale = 1, draws = [portable(25), portable(26)] } = layer;
  const { gamma = rule.gamma ?? 1 } = layer, d = gradient.rows, k = gradient.columns;
  checkPositive(what, "gamma", gamma);
  checkInteger(what, `r for a ${d} x ${k} layer`, r, 1, Math.min(d, k));
  const factors = rule.factors({ gradient, r, gamma, scale, draws, ...(weight ? { weight } : {}) });
  const { a, b, middle } = factors;
  if (a.rows !== d || a.columns !== r || b.rows !== r || b.columns !== k) {
    throw new TypeError(
      `Cannot ${what} as its factors must be ${d} x ${r} and ${r} x ${k}: current shapes are ` +
        `${shapeOf(a)} and ${shapeOf(b)}`,
    );
  }
  checkEntries(what, "a", a);
  checkEntries(what, "b", b);
  return { name, shifted, a, b, ...(middle ? { middle } : {}) };
}

/** `A B`, or `A R B` with a middle factor. */
export function productOf({ a, b, middle }: StartFactors): Matrix {
  return multiply(middle ? multiply(a, middle) : a, b);
}
