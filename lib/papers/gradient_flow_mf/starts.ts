/**
 * Starts of the adapter of one layer of a network: the built-in ones by name, and a reader's own.
 *
 * @module
 */
import { checkMethods, checkString, show } from "../../check.ts";
import { type Matrix, matrix, svd, transpose } from "../../linalg/mod.ts";
import type { PortableDraws } from "../../random/mod.ts";

/** What the start of a layer may look at. */
export interface LayerAtStart {
  /** Frozen weights, out × in. */
  readonly weight: Matrix;
  /** Negative gradient of the training loss in the weights, out × in. */
  readonly descent: Matrix;
  /** `r`. */
  readonly rank: number;
  /** Scale `α`. */
  readonly alpha: number;
  /** Draws of the run, shared by its layers in their order. */
  readonly draws: PortableDraws;
}

/** How the adapter of a layer starts. */
export interface LayerStart {
  /** Short name, for rows and captions. */
  readonly name: string;
  /** Whether it draws; a start that does not runs with one seed. */
  readonly random: boolean;
  /** The factors: `B` out × r, `A` r × in. */
  readonly factors: (layer: LayerAtStart) => { readonly b: Matrix; readonly a: Matrix };
}

/** Names of the built-in starts. */
export type LayerStartName = "gauss" | "zeroB" | "zeroA" | "spectral";

/** `B` with entries `N(0, α²/out)` and `A` with entries `N(0, α²/in)`, drawn in this order. */
function gaussian({ weight, rank, alpha, draws }: LayerAtStart): { b: Matrix; a: Matrix } {
  const fill = (rows: number, columns: number, side: number) => {
    const entries = draws.normals(rows * columns).map((x) => alpha * x / Math.sqrt(side));
    return matrix(rows, columns, entries);
  };
  const b = fill(weight.rows, rank, weight.rows);
  return { b, a: fill(rank, weight.columns, weight.columns) };
}

/** `α` times the leading `r` singular vectors of the negative gradient. */
function spectral({ descent, rank, alpha }: LayerAtStart): { b: Matrix; a: Matrix } {
  const { u, v } = svd(descent, rank);
  const scaled = (x: Matrix) => ({ ...x, data: x.data.map((entry) => alpha * entry) });
  return { b: scaled(u), a: scaled(transpose(v)) };
}

// What a zero factor would have been is drawn and dropped: starts share the other one at equal seeds.
const BUILT_IN: Readonly<Record<LayerStartName, LayerStart>> = {
  gauss: { name: "gauss", random: true, factors: gaussian },
  zeroB: {
    name: "zeroB",
    random: true,
    factors: (layer) => ({ ...gaussian(layer), b: matrix(layer.weight.rows, layer.rank) }),
  },
  zeroA: {
    name: "zeroA",
    random: true,
    factors: (layer) => ({ ...gaussian(layer), a: matrix(layer.rank, layer.weight.columns) }),
  },
  spectral: { name: "spectral", random: false, factors: spectral },
};

/**
 * A start by name, or a reader's own.
 *
 * - `gauss`: `B` with entries `N(0, α²/out)`, `A` with `N(0, α²/in)`; `zeroB`, the usual one of LoRA,
 *   and `zeroA` replace one factor by zero.
 * - `spectral`: `α` times the leading `r` singular vectors of the negative gradient, on both sides.
 *
 * @param start A name, or `{ name, random, factors }`; see {@linkcode LayerStart}.
 * @throws {RangeError} If the name is not known: the list is shown.
 * @throws {TypeError} If a part is missing.
 *
 * @example A start that looks at the weights in place of the gradient.
 * ```ts
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { layerStart } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const own = layerStart({
 *   name: "of the weights",
 *   random: false,
 *   factors: (layer) => layerStart("spectral").factors({ ...layer, descent: layer.weight }),
 * });
 * const weight = matrix(2, 2, [3, 0, 0, 1]), layer = { weight, descent: weight, rank: 1, alpha: 0.5 };
 * const { b, a } = own.factors({ ...layer, draws: portable(7) });
 * assertEquals([b.data[0] * a.data[0], b.data[1]], [0.25, 0]);
 * ```
 */
export function layerStart(start: LayerStartName | LayerStart): LayerStart {
  const what = "start the adapters", names = Object.keys(BUILT_IN).join(", ");
  if (typeof start === "string" && Object.hasOwn(BUILT_IN, start)) return BUILT_IN[start];
  const wanted = `one of ${names}, or { name, random, factors }`;
  if (typeof start === "string") {
    throw new RangeError(
      `Cannot ${what} as the start must be ${wanted}: current value is ${show(start)}`,
    );
  }
  checkMethods(what, "the start", start, wanted, ["factors"]);
  checkString(what, "name of the start", start.name);
  if (typeof start.random !== "boolean") {
    throw new TypeError(
      `Cannot ${what} as random of the start ${start.name} must be true or false: ` +
        `current value is ${show(start.random)}`,
    );
  }
  return start;
}
