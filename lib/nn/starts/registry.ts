/**
 * The starts of adapters that are defined here, each a value with its definition and source.
 *
 * @module
 */
import { checkInteger, checkOneOf } from "../../check.ts";
import { columns, type Matrix, matrix, qr, svd, transpose } from "../../linalg/mod.ts";
import { scaled, spectral } from "./_vectors.ts";
import { completedSvd } from "./completed_svd.ts";
import {
  checkStartRule,
  factorsOf,
  type LayerLike,
  type Normals,
  type Start,
  type StartLayer,
  type StartRule,
} from "./start.ts";

/** Names of the starts that are defined here; see {@linkcode STARTS}. */
export type StartName =
  | "LoRA"
  | "LoRA+"
  | "rsLoRA"
  | "LoRA-FA"
  | "orthogonal"
  | "ETF"
  | "PiSSA"
  | "MiLoRA"
  | "MiCA"
  | "OLoRA"
  | "LoRA-GA"
  | "LoRA-GA PEFT"
  | "LoRA-SB"
  | "LoRA-One"
  | "LoRA-One README"
  | "LoRA-One script"
  | "LoRA-One toy";

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

/** Both factors from the singular triples `from … from + r − 1` of the weight, so that `s·AB` is their part. */
function ofWeight({ weight, r, scale }: StartLayer, from: number) {
  const { u, values, v } = svd(weight, from + r);
  const root = (j: number) => Math.sqrt(values[from + j] / scale);
  const part = (x: Matrix) => scaled(columns(x, from, from + r), root);
  return { a: part(u), b: transpose(part(v)) };
}

/** A matrix of standard normals. */
function normal(rows: number, count: number, draws: Normals): Matrix {
  return matrix(rows, count, draws.normals(rows * count));
}

/** Half of the rows of an orthogonal `r × r` matrix each, carried into inputs and outputs: `AB = 0`. */
function orthogonal({ shape: [d, k], r, draws }: StartLayer) {
  if (r % 2 !== 0) {
    throw new RangeError(
      `Cannot start orthogonal as the rank must be even, one half for each factor: current value is ${r}`,
    );
  }
  const { q } = qr(normal(r, r, draws[0])), half = r / 2;
  const part = (offset: number, rows: number, own: Normals): Matrix => {
    const mix = normal(rows, half, own), out = matrix(rows, r);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < r; j++) {
        for (let l = 0; l < half; l++) {
          out.data[i * r + j] += mix.data[i * half + l] * q.data[(2 * l + offset) * r + j] / 10;
        }
      }
    }
    return out;
  };
  return { a: part(1, d, draws[0]), b: transpose(part(0, k, draws[1])) };
}

/** Unit columns of equal angles, `√(r/(r − 1)) U(I − 11ᵀ/r)` with a uniform frame `U`; `B = 0`. */
function equiangular({ shape: [d, k], r, draws }: StartLayer) {
  checkInteger("start ETF", "r (of one column there is no angle)", r, 2);
  const { q } = qr(normal(d, r, draws[0])), length = Math.sqrt(r / (r - 1)), a = matrix(d, r);
  for (let i = 0; i < d; i++) {
    let mean = 0;
    for (let j = 0; j < r; j++) mean += q.data[i * r + j] / r;
    for (let j = 0; j < r; j++) a.data[i * r + j] = length * (q.data[i * r + j] - mean);
  }
  return { a, b: matrix(r, k) };
}

const PAPER = "Zhang, Liu and Chen 2025, arXiv 2502.01235", HU = "Hu et al. 2021, arXiv 2106.09685";
const random = ({ random }: StartLayer) => ({ a: random.a(), b: random.b() });

/**
 * All starts by their names. `G = U S Vᵀ` is the negative gradient, `U[i…j]` its singular vectors numbered
 * from 1, `P_r` the best approximation of rank r; `W` is inputs × outputs. A reader's own start is a record
 * like these.
 *
 * @example
 * ```ts
 * import { STARTS } from "lora-dynamics/nn/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(STARTS.PiSSA.about, "s·AB = P_r(W), both factors with the root of S(W)/s, W ← W − s·AB");
 * ```
 */
export const STARTS: Readonly<Record<StartName, StartRule>> = {
  "LoRA": {
    ...{ name: "LoRA", about: "A random, B = 0, s = α/r", source: HU },
    factors: random,
  },
  "LoRA+": {
    ...{ name: "LoRA+", about: "as LoRA, B learns 16 times faster" },
    ...{ source: "Hayou et al. 2024, arXiv 2402.12354", rates: { B: 16 } },
    factors: random,
  },
  "rsLoRA": {
    ...{ name: "rsLoRA", about: "as LoRA, s = α/√r", rootScale: true },
    source: "Kalajdzievski 2023, arXiv 2312.03732",
    factors: random,
  },
  "LoRA-FA": {
    ...{ name: "LoRA-FA", about: "as LoRA, A stays frozen", rates: { A: 0 } },
    source: "Zhang et al. 2023, arXiv 2308.03303",
    factors: random,
  },
  "orthogonal": {
    name: "orthogonal",
    about: "A and B from odd and even rows of one orthogonal r × r matrix, so that AB = 0; r even",
    source: "huggingface/peft, init_lora_weights = orthogonal",
    factors: orthogonal,
  },
  "ETF": {
    name: "ETF",
    about:
      "columns of A: a simplex equiangular tight frame, inner products −1/(r − 1), rank r − 1; B = 0",
    source: "definition ours, after the use of such frames by Ding et al. 2026",
    factors: equiangular,
  },
  "PiSSA": {
    name: "PiSSA",
    about: "s·AB = P_r(W), both factors with the root of S(W)/s, W ← W − s·AB",
    ...{ source: "Meng et al. 2024, arXiv 2404.02948", shifted: true },
    factors: (layer) => ofWeight(layer, 0),
  },
  "MiLoRA": {
    name: "MiLoRA",
    about: "s·AB = the part of W in its r least singular values, W ← W − s·AB",
    ...{ source: "Wang et al. 2024, arXiv 2406.09044", shifted: true },
    factors: (layer) => {
      const { weight: { rows, columns: k }, r } = layer;
      return ofWeight(layer, Math.min(rows, k) - r);
    },
  },
  "MiCA": {
    name: "MiCA",
    about: "A = 0, Bᵀ = the right singular vectors of W of the r least values, B stays frozen",
    source: "Rüdiger and Raschka 2026, arXiv 2604.01694 (not read), as huggingface/peft has it",
    rates: { B: 0 },
    factors: ({ weight, shape: [d, k], r }) => {
      const most = Math.min(d, k), { v } = svd(weight, most);
      return { a: matrix(d, r), b: transpose(columns(v, most - r, most)) };
    },
  },
  "OLoRA": {
    name: "OLoRA",
    about: "Bᵀ = Q[1…r], Aᵀ = R[1…r] of Wᵀ = QR, W ← W − s·AB",
    ...{ source: "Büyükakyüz 2024, arXiv 2406.01775", shifted: true },
    factors: ({ weight, r }) => {
      const { q, r: upper } = qr(transpose(weight));
      const rows = matrix(r, weight.rows, upper.data.slice(0, r * weight.rows));
      return { a: transpose(rows), b: transpose(columns(q, 0, r)) };
    },
  },
  "LoRA-GA": {
    name: "LoRA-GA",
    about: "A = −f U[1…r], B = f V[r+1…2r]ᵀ, f = k^¼/√γ, W ← W − s·AB",
    source: "Wang et al. 2024, arXiv 2407.05000, the authors' code (both factors scaled)",
    ...{ shifted: true, rootScale: true, gamma: 16 },
    factors: (layer) => disjoint(layer, (f) => -f, (_, f) => f),
  },
  "LoRA-GA PEFT": {
    name: "LoRA-GA PEFT",
    about:
      "A = −U[1…r], B = f S[r+1…2r] V[r+1…2r]ᵀ, W ← W − s·AB: B = 0 for a gradient of rank ≤ r",
    source: "huggingface/peft, where only B is scaled",
    ...{ shifted: true, rootScale: true, gamma: 16 },
    factors: (layer) => disjoint(layer, () => -1, (s, f) => f * s),
  },
  "LoRA-SB": {
    name: "LoRA-SB",
    about: "A = U[1…r], B = V[1…r]ᵀ frozen, R = γ S[1…r]/s is trained",
    source:
      "Ponkshe et al. 2024, arXiv 2411.19557 (not read), as Zhang, Liu and Chen 2025 compare it",
    factors: ({ gradient, r, gamma, scale, draws }) => {
      const { u, values, v } = completedSvd(gradient, [r, r], draws), middle = matrix(r, r);
      for (let j = 0; j < r; j++) middle.data[j * r + j] = gamma * values[j] / scale;
      return { a: u, b: transpose(v), middle };
    },
  },
  "LoRA-One": {
    name: "LoRA-One",
    about: "A = √γ U S^½, B = √γ S^½ Vᵀ, so that AB = γ P_r(G); W stays",
    ...{ source: `${PAPER}, spectral initialisation`, rootScale: true },
    factors: (layer) => spectral(layer, (s) => Math.sqrt(layer.gamma * s)),
  },
  "LoRA-One README": {
    name: "LoRA-One README",
    about: "A = U S/√γ, B = S Vᵀ/√γ",
    source: `${PAPER}, the authors' README (S for its root)`,
    ...{ rootScale: true, gamma: 128 },
    factors: (layer) => spectral(layer, (s) => s / Math.sqrt(layer.gamma)),
  },
  "LoRA-One script": {
    name: "LoRA-One script",
    about: "LoRA-One with S/S₁ for S and 1/γ for γ",
    source: `${PAPER}, the authors' training script`,
    ...{ rootScale: true, gamma: 128 },
    factors: (layer) => spectral(layer, (s, first) => Math.sqrt(s / first / layer.gamma)),
  },
  "LoRA-One toy": {
    name: "LoRA-One toy",
    about: "A = γ U, B = γ Vᵀ, W ← W − s·AB",
    source: `${PAPER}, the authors' early toy notebook`,
    ...{ shifted: true, rootScale: true },
    factors: (layer) => spectral(layer, () => layer.gamma),
  },
};

/** All names, in the order of the definitions. */
export const START_NAMES: readonly StartName[] = Object.keys(STARTS) as StartName[];

/**
 * A start as a value, by its name or as it is: the one door of everything that takes a start.
 *
 * @throws {RangeError} If a name is not known (the known are listed).
 * @throws {TypeError} If it is neither a name nor a record with `name` and `factors`.
 *
 * @example
 * ```ts
 * import { startRule } from "lora-dynamics/nn/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(startRule("LoRA+").rates, { B: 16 });
 * ```
 */
export function startRule(start: StartName | StartRule): StartRule {
  const what = "start an adapter";
  if (typeof start === "string") return STARTS[checkOneOf(what, "name", start, START_NAMES)];
  checkStartRule(what, start);
  return start;
}

/**
 * A start at a layer `x ↦ (W + s·AB)ᵀx`; see {@linkcode STARTS} for the definitions.
 *
 * @param start Which: a name, or a reader's own `StartRule`.
 * @param layer `gradient` (negative, `d × k`) or `weight` or both, the rank `r`, `gamma` (default: the start's
 * own), `scale` of the product (default 1), `random` factors for LoRA and its relatives, and `draws` that
 * complete vectors of zero singular values.
 * @throws {RangeError} If `r` is out of range (`2r ≤ min(d, k)` for LoRA-GA), the gradient is zero,
 * `gamma` is no finite number > 0, or an entry of the factors is not finite.
 * @throws {TypeError} If a start asks for what was not given, or the factors are not `d × r` and `r × k`.
 *
 * @example LoRA-One with γ = 1 starts at the best approximation of the gradient; a start of one's own.
 * ```ts
 * import { startOf } from "lora-dynamics/nn/mod.ts";
 * import { matrix, multiply } from "lora-dynamics/linalg/mod.ts";
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
export function startOf(start: StartName | StartRule, layer: LayerLike): Start {
  const { rows, columns } = layer.gradient ?? layer.weight!;
  return factorsOf(startRule(start), [rows, columns], layer);
}
