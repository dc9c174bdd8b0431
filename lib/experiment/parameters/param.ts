/**
 * Declarations of parameters: what a value may be, its default, and a sentence.
 *
 * @module
 */
import { checkKeys } from "../../check.ts";
import * as v from "valibot";

/** A schema of any library that follows Standard Schema (valibot does, and is used here). */
export interface Schema<T> {
  /** What the standard asks for. */
  readonly "~standard": {
    /** Version of the standard. */
    readonly version: 1;
    /** Name of the library. */
    readonly vendor: string;
    /** The value, or what is wrong with it. */
    readonly validate: (value: unknown) => Verdict<T> | Promise<Verdict<T>>;
  };
}

/** A value that a schema takes, or what is wrong with it and where. */
export type Verdict<T> =
  | { readonly value: T; readonly issues?: undefined }
  | {
    readonly issues: readonly {
      readonly message: string;
      readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
    }[];
  };

/** One parameter of an experiment. */
export interface Parameter<T> {
  /** Default of the full preset. */
  readonly value: T;
  /** One sentence for the reader. */
  readonly about: string;
  /** What a value must be, in words: `"a whole number >= 1"`. */
  readonly wanted: string;
  /** What an entry of a list must be. */
  readonly each?: string;
  /** The same as a schema. */
  readonly schema: Schema<unknown>;
  /** Whether the schema's own words say more than `wanted`. */
  readonly explains?: boolean;
}

/** Bounds of a number; those that are not given do not bind. */
export interface Bounds {
  /** `x ≥ least`. */
  readonly least?: number;
  /** `x ≤ most`. */
  readonly most?: number;
  /** `x > above`. */
  readonly above?: number;
  /** `x < below`. */
  readonly below?: number;
}

/** Bounds of a list beside those of its entries. */
export interface ListBounds extends Bounds {
  /** Smallest number of entries, 1 by default. */
  readonly entries?: number;
}

const SIGNS: readonly (readonly [keyof Bounds, string, (x: number, bound: number) => boolean])[] = [
  ["least", ">=", (x, bound) => x >= bound],
  ["above", ">", (x, bound) => x > bound],
  ["most", "<=", (x, bound) => x <= bound],
  ["below", "<", (x, bound) => x < bound],
];

/** Schema and words of a number within bounds. */
function numeric(kind: string, whole: boolean, bounds: Bounds): Words {
  checkKeys("declare a parameter", bounds, ["least", "most", "above", "below"], "its bounds");
  const given = SIGNS.filter(([name]) => bounds[name] !== undefined);
  const words = given.map(([name, sign]) => `${sign} ${bounds[name]}`).join(" and ");
  const holds = (x: number) =>
    (!whole || Number.isSafeInteger(x)) &&
    given.every(([name, , test]) => test(x, bounds[name]!));
  return {
    schema: v.pipe(v.number(), v.finite(), v.check(holds)),
    wanted: words === "" ? kind : `${kind} ${words}`,
  };
}

/** Schema and words. */
type Words = Omit<Parameter<unknown>, "value" | "about" | "schema"> & {
  readonly schema: v.GenericSchema<unknown, unknown>;
};

function list({ schema, wanted, explains }: Words, entries: number): Words {
  const some = entries > 0 ? `${entries} or more, each ` : "";
  return {
    schema: v.pipe(v.array(schema), v.minLength(entries)),
    wanted: `a list of ${some}${wanted}`,
    each: wanted,
    ...(explains ? { explains } : {}),
  };
}

function declared<T>(value: T, about: string, words: Words): Parameter<T> {
  return { value, about, ...words };
}

function oneOf(choices: readonly (string | number)[]): Words {
  return { schema: v.picklist(choices), wanted: `one of ${choices.join(", ")}` };
}

/** Any value that a door takes: it throws on what it does not. */
function through(door: (value: never) => unknown, wanted: string): Words {
  const tried = v.rawCheck<unknown>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    try {
      door(dataset.value as never);
    } catch (error) {
      addIssue({ message: error instanceof Error ? error.message : String(error) });
    }
  });
  return { schema: v.pipe(v.unknown(), tried), wanted, explains: true };
}

/**
 * Declares the parameters of an experiment: each has a default for the full preset, a sentence, and
 * what its values must be.
 *
 * `number`, `integer`, `flag`, `text`, `choice` and `seed` are single values; `numbers`, `integers`,
 * `choices` are lists with at least one entry; `value` and `values` are whatever a function of the
 * library takes, for example `activation`: built-in names, expressions, and a reader's own; `schema`
 * is any valibot schema.
 *
 * @example
 * ```ts
 * import { param } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const copies = param.integer(128, "copies behind each median", { least: 1 });
 * assertEquals([copies.value, copies.wanted], [128, "a whole number >= 1"]);
 * ```
 */
export const param = {
  /** A finite number. */
  number: (value: number, about: string, bounds: Bounds = {}): Parameter<number> =>
    declared(value, about, numeric("a finite number", false, bounds)),

  /** A whole number. */
  integer: (value: number, about: string, bounds: Bounds = {}): Parameter<number> =>
    declared(value, about, numeric("a whole number", true, bounds)),

  /** Finite numbers. */
  numbers: (
    value: readonly number[],
    about: string,
    { entries = 1, ...bounds }: ListBounds = {},
  ): Parameter<readonly number[]> =>
    declared(value, about, list(numeric("a finite number", false, bounds), entries)),

  /** Whole numbers. */
  integers: (
    value: readonly number[],
    about: string,
    { entries = 1, ...bounds }: ListBounds = {},
  ): Parameter<readonly number[]> =>
    declared(value, about, list(numeric("a whole number", true, bounds), entries)),

  /** Yes or no. */
  flag: (value: boolean, about: string): Parameter<boolean> =>
    declared(value, about, { schema: v.boolean(), wanted: "true or false" }),

  /** Words. */
  text: (value: string, about: string): Parameter<string> =>
    declared(value, about, { schema: v.pipe(v.string(), v.minLength(1)), wanted: "text" }),

  /** One of a few names that no reader can add to; say in the sentence why. */
  choice: <const C extends string | number>(
    value: NoInfer<C>,
    about: string,
    choices: readonly C[],
  ): Parameter<C> => declared(value as C, about, oneOf(choices)),

  /** Several of them. */
  choices: <const C extends string | number>(
    value: readonly NoInfer<C>[],
    about: string,
    choices: readonly C[],
  ): Parameter<readonly C[]> => declared(value as readonly C[], about, list(oneOf(choices), 1)),

  /** Seed of everything that is drawn; text, so that `stream(seed, ...)` takes it. */
  seed: (value = "7", about = "seed of everything that is drawn"): Parameter<string> =>
    declared(value, about, {
      schema: v.pipe(v.string(), v.minLength(1)),
      wanted: 'text, such as "7"',
    }),

  /** What `door` takes; it throws on anything else. `wanted` names that in words. */
  value: <T>(
    value: NoInfer<T>,
    about: string,
    door: (value: T) => unknown,
    wanted: string,
  ): Parameter<T> => declared(value as T, about, through(door, wanted)),

  /** A list of what `door` takes, of at least `entries`. */
  values: <T>(
    value: readonly NoInfer<T>[],
    about: string,
    door: (value: T) => unknown,
    wanted: string,
    entries = 1,
  ): Parameter<readonly T[]> =>
    declared(value as readonly T[], about, list(through(door, wanted), entries)),

  /** What a schema takes. */
  schema: <T>(
    value: NoInfer<T>,
    about: string,
    schema: Schema<T>,
    wanted: string,
  ): Parameter<T> => ({ ...{ value: value as T, about, wanted, schema }, explains: true }),
} as const;
