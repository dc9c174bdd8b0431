/**
 * Starts of the adapter: the built-in ones by name, and a reader's own in the same place.
 *
 * @module
 */
import { checkKeys, checkString, show } from "../../check.ts";
import type { SingleIndexStart } from "../../chain/mod.ts";
import { type ActivationLike, pairMoments } from "../../gaussian/mod.ts";

/** What a start is placed in. */
export interface StartPlace {
  /** Input dimension. */
  readonly d: number;
  /** Frozen weight in its frame. */
  readonly frozen: readonly number[];
  /** Student activation. */
  readonly student: ActivationLike;
  /** Teacher activation. */
  readonly teacher: ActivationLike;
}

/** A start of the adapter. */
export interface AdapterStart {
  /** Name. */
  readonly name: string;
  /** A few words for captions; the name when not given. */
  readonly words?: string;
  /** Where it comes from. */
  readonly source?: string;
  /** `u₀` and the coordinates of ω in the frame; what is not given is drawn by the chain. */
  place(at: StartPlace): SingleIndexStart;
}

/** `exp E ln|ξ|` of a standard normal ξ: the typical overlap of a uniform direction, times `√d`. */
export const TYPICAL_OVERLAP: number = Math.exp(-0.6351814227307391);

/**
 * Unit vector along minus the population gradient at the frozen weight, in its frame: where the adapter turns.
 *
 * Law: `−∇_w L(w₀) = −(2L_r w₀ + L_q ω⋆)`. Source: ours.
 *
 * @throws {RangeError} If the gradient vanishes there.
 *
 * @example The missing part of a misaligned weight.
 * ```ts
 * import { descentDirection } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const at = { d: 100, frozen: [0.6, 0.3], student: "x", teacher: "x" };
 * assertAlmostEquals(descentDirection(at)[0], 0.8, 1e-15); // (0.4, −0.3) over 0.5
 * ```
 */
export function descentDirection(at: StartPlace): number[] {
  checkKeys("find where the adapter turns", at, ["d", "frozen", "student", "teacher"], "the place");
  const { frozen, student, teacher } = at;
  const moments = pairMoments(student, teacher);
  const r = frozen.reduce((sum, x) => sum + x * x, 0), q = frozen[0];
  const radial = moments.selfDr(r) - 2 * moments.crossDr(r, q), along = -moments.crossDq(r, q);
  const c = frozen.map((x, j) => -(radial * x + (j === 0 ? along : 0)));
  const length = Math.hypot(...c);
  if (!(length > 0)) {
    throw new RangeError(
      `Cannot start the adapter as the population gradient at the frozen weight must not vanish: ` +
        `current value is ${length}`,
    );
  }
  return c.map((x) => x / length);
}

/** The same with an overlap `m ≥ 0`: ω and −ω are one start. */
function positive(at: StartPlace): number[] {
  const direction = descentDirection(at);
  return direction[0] < 0 ? direction.map((x) => -x) : direction;
}

/** Name of a built-in start. */
export type StartName = "random" | "typical" | "spectral";

const BUILT_IN: Readonly<Record<StartName, AdapterStart>> = {
  random: {
    ...{ name: "random", words: "u₀ = d⁻², uniform ω (authors)" },
    source: "code of nwemadji2026when",
    place: () => ({}),
  },
  typical: {
    name: "typical",
    words: "u₀ = d⁻², typical overlap 0.53/√d",
    source: "ours: the geometric mean over the random starts",
    place: (at) => ({
      u: at.d ** -2,
      a: positive(at).map((x) => x * TYPICAL_OVERLAP / Math.sqrt(at.d)),
    }),
  },
  spectral: {
    name: "spectral",
    words: "u₀ = 0, ω along the gradient",
    source: "ours, after spectral starts of LoRA's matrices",
    place: (at) => ({ u: 0, a: positive(at) }),
  },
};

/** Names of the built-in starts. */
export const startNames: readonly StartName[] = Object.keys(BUILT_IN) as StartName[];

/** A start: a name, numbers `{ u, a, h }` that all copies share, or a reader's own. */
export type StartLike = StartName | SingleIndexStart | AdapterStart;

/**
 * The start that a value stands for.
 *
 * - `random`: `u₀ = d⁻²` and a uniform direction, as in the authors' code; every copy draws its own.
 * - `typical`: the same with `|m₀| = 0.53/√d`, the geometric mean over the random starts.
 * - `spectral`: `u₀ = 0` and ω along minus the population gradient at w₀, so that nothing has to be
 *   searched.
 *
 * @throws {RangeError} If the name is not known: the list is shown.
 * @throws {TypeError} If it is no start.
 *
 * @example A start of one's own: a tenth of the way.
 * ```ts
 * import { adapterStart } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const warm = adapterStart({ name: "warm", place: ({ d }) => ({ u: 1 / d, a: [0.1] }) });
 * const at = { d: 100, frozen: [0.5], student: "x", teacher: "x" };
 * assertEquals([warm.place(at), adapterStart("spectral").place(at)], [{ u: 0.01, a: [0.1] }, { u: 0, a: [1] }]);
 * ```
 */
export function adapterStart(start: StartLike): AdapterStart {
  const what = "start the adapter";
  const wanted = `one of ${startNames.join(", ")}, numbers { u, a }, or { name, place }`;
  if (typeof start === "string") {
    if (Object.hasOwn(BUILT_IN, start)) return BUILT_IN[start];
    throw new RangeError(
      `Cannot ${what} as the start must be ${wanted}: current value is ${show(start)}`,
    );
  }
  if (typeof start !== "object" || start === null) {
    throw new TypeError(
      `Cannot ${what} as the start must be ${wanted}: current value is ${show(start)}`,
    );
  }
  if ("place" in start) {
    checkKeys(what, start, ["name", "words", "source", "place"], "the start");
    checkString(what, "start.name", start.name);
    if (typeof start.place === "function") return start;
    throw new TypeError(
      `Cannot ${what} as start.place must be a function: current value is ${show(start.place)}`,
    );
  }
  checkKeys(what, start, ["u", "a", "h"], "the start");
  const words = [
    ...(start.u === undefined ? [] : [`u₀ = ${start.u}`]),
    ...(start.a === undefined ? [] : [`m₀ = ${start.a[0]}`]),
  ];
  return { name: words.join(", ") || "random", place: () => start };
}
