/** Activations from functions of the reader's. */
import { checkSorted, checkString } from "../../check.ts";
import { type Activation, loopsOf } from "./activation.ts";
import { contradiction, inspect, notOdd, type Verdict } from "./inspect.ts";
import { differentiate } from "./numerical_derivative.ts";

/** A function with what is known of it. */
export interface ActivationDefinition {
  /** Name to show in tables and figures; when absent that of the function, or its text. */
  readonly name?: string;
  /** Value, continuous. */
  readonly f: (z: number) => number;
  /** Slope; numerical when absent, at about ten evaluations of `f` each. */
  readonly df?: (z: number) => number;
  /** Second derivative away from the kinks; numerical when absent. */
  readonly d2f?: (z: number) => number;
  /** Where `f` has a kink, in increasing order; others are looked for. */
  readonly kinks?: readonly number[];
  /** Whether `f(−z) = −f(z)`; unknown when absent, unless `f` is seen not to be. */
  readonly odd?: boolean;
}

const KEYS = ["name", "f", "df", "d2f", "kinks", "odd"];
const WHAT = "make an activation";

/**
 * The activation of a definition. Derivatives that are not given are numerical (Richardson
 * extrapolation, about 1e-12 for the first and 1e-9 for the second).
 */
export function functionActivation(definition: ActivationDefinition): Activation {
  const { f, odd } = definition;
  for (const key of Object.keys(definition)) {
    if (KEYS.includes(key)) continue;
    throw new TypeError(
      `Cannot ${WHAT} as its keys must be among ${KEYS.join(", ")}: current value is ${key}`,
    );
  }
  for (const key of ["f", "df", "d2f"] as const) {
    const given = definition[key];
    if (typeof given === "function" || (given === undefined && key !== "f")) continue;
    throw new TypeError(
      `Cannot ${WHAT} as ${key} must be a function: current value is ${String(given)}`,
    );
  }
  const name = definition.name ?? nameOf(f);
  checkString(WHAT, "name", name);
  const expected = definition.kinks ?? [];
  if (!Array.isArray(expected)) {
    throw new TypeError(
      `Cannot ${WHAT} as kinks must be a list of numbers: current value is ${String(expected)}`,
    );
  }
  checkSorted(WHAT, "kinks", expected);
  if (odd !== undefined && typeof odd !== "boolean") {
    throw new TypeError(`Cannot ${WHAT} as odd must be true or false: current value is ${odd}`);
  }
  const value = f(0.5);
  if (typeof value !== "number") {
    throw new TypeError(
      `Cannot ${WHAT} as f must return a number: current value at 0.5 is ${JSON.stringify(value)}`,
    );
  }
  // Slopes near a kink that is not known yet are those of differences across it.
  const known = accept(name, inspect(f, undefined, expected));
  const df = definition.df ?? ((z) => differentiate(f, z, 1, known));
  const kinks = accept(name, inspect(f, df, known));
  const d2f = definition.d2f ??
    (definition.df ? (z) => differentiate(df, z, 1, kinks) : (z) => differentiate(f, z, 2, kinks));
  if (definition.df) accept(name, contradiction(f, df, kinks, "df"));
  if (definition.d2f) accept(name, contradiction(df, d2f, kinks, "d2f"));
  if (odd && notOdd(f)) {
    accept(name, { wanted: "odd must be true of f", found: "an f that is not" });
  }
  return {
    name,
    spec: undefined,
    odd: odd ?? (notOdd(f) ? false : undefined),
    kinks,
    series: undefined,
    closed: undefined,
    ...loopsOf(f, df, d2f),
  };
}

/** Names that an engine gives to a function written as an argument: those of the key it stands at. */
const KEYED = ["", "f", "activation", "student", "teacher", "scratch", "sigma"];

/** Name of a function; of one without a name of its own its text, on one line. */
function nameOf(f: (z: number) => number): string {
  if (!KEYED.includes(f.name)) return f.name;
  const text = String(f).replace(/\s+/g, " ");
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** Kinks of a verdict, or its objection as an error. */
function accept(name: string, verdict: Verdict | undefined): readonly number[] {
  if (verdict === undefined) return [];
  if ("kinks" in verdict) return verdict.kinks;
  throw new RangeError(
    `Cannot ${WHAT} of the function ${name} as ${verdict.wanted}: current value is ${verdict.found}`,
  );
}
