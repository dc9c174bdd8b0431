/**
 * What the start of an adapter is: a value that makes factors from a layer.
 *
 * @module
 */
import {
  checkBoolean,
  checkFinite,
  checkInteger,
  checkKeys,
  checkMethods,
  checkNonNegative,
  checkPositive,
  checkString,
} from "../../check.ts";
import { type Matrix, multiply } from "../../linalg/mod.ts";
import { portable } from "../../random/mod.ts";

/** Independent standard normals on demand. */
export interface Normals {
  /** So many of them, as a new array. */
  normals(count: number): Float64Array;
}

/** What a start may look at: a layer `x ↦ (W + s·AB)ᵀx` before any step. All of it may be made on demand. */
export interface StartLayer {
  /** Negative gradient at the pre-trained weight, `G = −∇_W L`, `d × k` (inputs × outputs). */
  readonly gradient: Matrix;
  /** The weight `W`, `d × k`. */
  readonly weight: Matrix;
  /** Inputs and outputs, `[d, k]`. */
  readonly shape: readonly [d: number, k: number];
  /** Rank of the adapter. */
  readonly r: number;
  /** The start's own scale. */
  readonly gamma: number;
  /** Factor `s` of the product in the layer: 1 in the linear model. */
  readonly scale: number;
  /** Draws for whatever is random on the left and on the right. */
  readonly draws: readonly [left: Normals, right: Normals];
  /** Random factors as the caller has them: `A`, `d × r`, entries of variance `1/d`; `B`, `r × k`, 0. */
  readonly random: { readonly a: () => Matrix; readonly b: () => Matrix };
}

/** The factors of a start. */
export interface StartFactors {
  /** `A`, `d × r`. */
  readonly a: Matrix;
  /** `B`, `r × k`. */
  readonly b: Matrix;
  /** `R`, `r × r`: then only it is trained and the layer computes `W + s·A R B`. */
  readonly middle?: Matrix;
}

/** A start as a value: one of `STARTS`, or a reader's own with the same entries. */
export interface StartRule {
  /** Name, for legends and messages. */
  readonly name: string;
  /** What it does, in a line. */
  readonly about?: string;
  /** Who published it. */
  readonly source?: string;
  /** Whether `W` becomes `W − s·A₀B₀`, so that the function stays what it was; by default it does not. */
  readonly shifted?: boolean;
  /** Whether its authors scale by `α/√r`; `α/r` otherwise. */
  readonly rootScale?: boolean;
  /** `γ` when none is given: for the methods with a published one, that one; else 1. */
  readonly gamma?: number;
  /** Relative learning rates of the factors; 1 when not given, 0 for a frozen one. */
  readonly rates?: { readonly A?: number; readonly B?: number };
  /** The factors, `A` `d × r` and `B` `r × k`. */
  readonly factors: (layer: StartLayer) => StartFactors;
}

/** A start at a layer: the factors, and what is done with the frozen weight. */
export interface Start extends StartFactors {
  /** Its name. */
  readonly name: string;
  /** Whether `W` becomes `W − s·A₀B₀`. */
  readonly shifted: boolean;
}

const KEYS: readonly (keyof StartRule)[] = [
  ...["name", "about", "source", "shifted", "rootScale", "gamma", "rates", "factors"] as const,
];

/** Checks a reader's own start. */
export function checkStartRule(what: string, start: StartRule): void {
  checkKeys(what, start, KEYS, "a start");
  checkString(what, "name", start.name);
  for (const key of ["shifted", "rootScale"] as const) {
    if (start[key] !== undefined) checkBoolean(what, key, start[key]);
  }
  if (start.gamma !== undefined) checkPositive(what, "gamma", start.gamma);
  if (start.rates !== undefined) {
    checkKeys(what, start.rates, ["A", "B"], "rates");
    for (const [name, rate] of Object.entries(start.rates)) {
      checkNonNegative(what, `rates.${name}`, rate);
    }
  }
  checkMethods(what, `start ${start.name}`, start, "a record with factors", ["factors"]);
}

function shapeOf({ rows, columns }: Matrix): string {
  return `${rows} x ${columns}`;
}

/** What a layer lacks is an error when a start asks for it. */
function missing(what: string, name: string): never {
  throw new TypeError(`Cannot ${what} as ${name} must be given: current value is undefined`);
}

const LAYER: readonly (keyof StartLayer)[] = [
  ...["gradient", "weight", "shape", "r", "gamma", "scale", "draws", "random"] as const,
];

/** A layer before its start, with what the caller knows of it. */
export type LayerLike =
  & Pick<StartLayer, "r">
  & Partial<StartLayer>
  & ({ readonly gradient: Matrix } | { readonly weight: Matrix });

/**
 * The factors of a rule at a layer, checked.
 *
 * @param shape `[d, k]`.
 */
export function factorsOf(
  rule: StartRule,
  [d, k]: readonly [number, number],
  layer: Omit<LayerLike, "gradient" | "weight"> & Partial<Pick<StartLayer, "gradient" | "weight">>,
): Start {
  const { name, shifted = false } = rule, what = `start ${name}`, { r, scale = 1 } = layer;
  checkKeys(what, layer, LAYER, "the layer");
  const { gamma = rule.gamma ?? 1, draws = [portable(25), portable(26)] } = layer;
  checkPositive(what, "gamma", gamma);
  checkInteger(what, `r for a ${d} x ${k} layer`, r, 1, Math.min(d, k));
  const { a, b, middle } = rule.factors({
    ...{ shape: [d, k] as const, r, gamma, scale, draws },
    get gradient() {
      return layer.gradient ?? missing(what, "gradient");
    },
    get weight() {
      return layer.weight ?? missing(what, "weight");
    },
    get random() {
      return layer.random ?? missing(what, "random");
    },
  });
  if (a.rows !== d || a.columns !== r || b.rows !== r || b.columns !== k) {
    throw new TypeError(
      `Cannot ${what} as its factors must be ${d} x ${r} and ${r} x ${k}: current shapes are ` +
        `${shapeOf(a)} and ${shapeOf(b)}`,
    );
  }
  a.data.forEach((x, i) => checkFinite(what, `a[${i}]`, x));
  b.data.forEach((x, i) => checkFinite(what, `b[${i}]`, x));
  return { name, shifted, a, b, ...(middle ? { middle } : {}) };
}

/** `A B`, or `A R B` with a middle factor. */
export function productOf({ a, b, middle }: StartFactors): Matrix {
  return multiply(middle ? multiply(a, middle) : a, b);
}
