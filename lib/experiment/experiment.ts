/**
 * The contract of an open experiment: typed parameters → rows → figure.
 *
 * @module
 */
import { checkKeys, checkOneOf, show } from "../check.ts";
import { wantingAwait } from "./notebook/awaited.ts";
import { type Displayable, jupyterDisplay, shownByItself } from "./notebook/display.ts";
import { parameterTable, valueTable } from "./parameters/display.ts";
import { checkPlain, type Declared, resolve, type Values } from "./parameters/resolve.ts";
import { type Preset, settings } from "./settings.ts";
import { canonicalJson, isPlain } from "./sweep/cell.ts";
import type { SweepOptions, SweepRow } from "./sweep/options.ts";
import { sweep } from "./sweep/sweep.ts";
import type { Run, Seed, Task } from "./sweep/task.ts";
import type { Row } from "./table/row.ts";

/** Rows of one table, or of several by their names. */
export type Rows = readonly Row[] | Readonly<Record<string, readonly Row[]>>;

/** What a run is computed with beside its parameters. */
export interface ExperimentContext {
  /**
   * `sweep` under the experiment's name; without `seeds` every cell runs with the parameter `seed`,
   * if there is one. The seeds that run are written down.
   */
  sweep<P extends object, R extends Row, S extends Seed = string>(
    options: NamedLater<P, S> & { readonly run: Run<P, R> & { readonly module?: never } },
  ): Promise<SweepRow<P, R, S>[]>;
  /** The same for a task, which knows the type of its cells. */
  sweep<P extends object, R extends Row, S extends Seed = string>(
    options: NamedLater<NoInfer<P>, S> & { readonly run: Task<P, R> },
  ): Promise<SweepRow<P, R, S>[]>;
}

/** Options of a sweep that takes its name from the experiment unless it has one of its own. */
export type NamedLater<P, S extends Seed> =
  & Omit<SweepOptions<P, S>, "name">
  & {
    readonly name?: string;
    /** Seeds that the cells hold themselves, to be written down; no others are given to them then. */
    readonly held?: readonly Seed[];
  };

/** Says which parameter contradicts another: the name, what it must be, its value. */
export type Refuse = (name: string, wanted: string, value: unknown) => never;

/** What an experiment consists of. */
export interface Definition<D extends Declared, R extends Rows, F extends object, M> {
  /** What it measures, in a few words. */
  readonly name: string;
  /** One sentence for the reader: what it shows. */
  readonly about: string;
  /** The parameters, with the defaults of the full preset; see {@linkcode param}. */
  readonly parameters: D;
  /** What the quick preset changes. */
  readonly quick?: Partial<Values<D>>;
  /**
   * Refuses parameters that contradict each other. `given` are the names that the call itself holds: one that
   * another parameter makes idle is refused only where a reader gave it.
   */
  readonly check?: (parameters: Values<D>, refuse: Refuse, given: ReadonlySet<string>) => void;
  /** Rows of a run. They depend on the parameters alone. */
  readonly run: (parameters: Values<D>, context: ExperimentContext) => R | Promise<R>;
  /** Draws a run: captions, titles and theory follow its parameters. */
  readonly figure?: (rows: R, parameters: Values<D>) => F;
  /** Further figures, by name. */
  readonly figures?: { readonly [K in keyof M]: (rows: R, parameters: Values<D>) => M[K] };
  /** What is worth printing of a run; by default its rows. */
  readonly table?: (rows: R, parameters: Values<D>) => readonly Row[];
}

const DEFINITION = [
  ...["name", "about", "parameters", "quick", "check", "run", "figure", "figures", "table"],
];

/** What determined the rows of a run: it goes beside every figure. */
export interface RunRecord {
  /** Name of the experiment. */
  readonly experiment: string;
  /** Preset that filled in what was not given. */
  readonly preset: Preset;
  /** The values in force; a function stands as `{ function: its text }`. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** For each where it comes from: `"call"`, `"quick"` (the preset), or `"default"` (of both). */
  readonly origin: Readonly<Record<string, string>>;
  /** Seeds that ran. */
  readonly seeds: readonly string[];
  /** Names of the parameters that differ from the preset's. */
  readonly edited: readonly string[];
  /** Wall time of the computation; nearly 0 when it was remembered. */
  readonly seconds: number;
}

/** A figure with the record of its run. */
export interface Recorded {
  /** What determined its numbers. */
  readonly run: RunRecord;
}

/** One run of an experiment. */
export interface Result<P, R extends Rows, F extends object, M> extends Displayable {
  /** The values in force. */
  readonly parameters: P;
  /** The rows. */
  readonly rows: R;
  /** What determined them. */
  readonly record: RunRecord;
  /** The figure. */
  figure(): F & Recorded;
  /** A further figure, by its name. */
  figure<K extends keyof M & string>(name: K): M[K] & Recorded;
  /** What is worth printing; a notebook shows it as a table. */
  table(): readonly Row[];
}

/** Parameters of a call: the names of the experiment, and the preset for those not given. */
export type Overrides<D extends Declared> = Partial<Values<D>> & { readonly preset?: Preset };

/** An experiment: call it with what is to differ. A notebook shows its parameters as a table. */
export interface Experiment<
  D extends Declared,
  R extends Rows,
  F extends object = never,
  M = Record<never, never>,
> extends Displayable {
  (overrides?: Overrides<D>): Promise<Result<Values<D>, R, F, M>>;
  /** What it measures. */
  readonly name: string;
  /** What it shows, in a sentence. */
  readonly about: string;
  /** Its parameters; a notebook shows them as a table. */
  readonly parameters: D;
  /** Its values at a preset. */
  defaults(preset: Preset): Values<D>;
  /**
   * Another experiment with the same parameters and other defaults, for both presets: a further
   * figure of the paper, whose own values are then no edit.
   *
   * @param name What the variant measures.
   * @param values Its defaults where they differ.
   * @param quick Those of the preset `quick` where they differ from these.
   */
  with(
    name: string,
    values: Partial<Values<D>>,
    quick?: Partial<Values<D>>,
  ): Experiment<D, R, F, M>;
}

/** The value as JSON: functions as their text, so that a record says what ran. */
function written(value: unknown): unknown {
  if (typeof value === "function") return { function: String(value) };
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(written);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, written);
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, written(entry)]));
}

/** Typed arrays as lists, so that matrices have a name. */
function listed(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (Array.isArray(value)) return value.map(listed);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, listed(entry)]));
}

/** A name for equal values; none when they hold a function, which has no equal. */
function keyOf(values: object): string | undefined {
  try {
    return canonicalJson(listed(values), "parameters");
  } catch {
    return undefined;
  }
}

/** Rows with the seeds and the seconds they took. */
interface Computed<R> {
  readonly rows: R;
  readonly seeds: readonly string[];
  readonly seconds: number;
}

/** Rows are remembered for others: a cell that would change one is told so. */
function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return;
  Object.freeze(value);
  Object.values(value).forEach(freeze);
}

async function compute<D extends Declared, R extends Rows>(
  { name, run }: Pick<Definition<D, R, object, unknown>, "name" | "run">,
  values: Values<D>,
): Promise<Computed<R>> {
  const seeds = new Set<string>(), start = performance.now();
  const own = (values as { readonly seed?: unknown }).seed;
  const context = {
    sweep: (
      { held, ...options }: NamedLater<object, Seed> & { readonly run: Run<object, Row> },
    ) => {
      const usual = typeof own === "string" && !held ? [own] : undefined;
      const axis = options.seeds ?? usual;
      [axis, held].flat().forEach((seed) => seed === undefined || seeds.add(seed));
      return sweep({ name, ...options, ...(axis ? { seeds: axis } : {}) } as never);
    },
  } as ExperimentContext;
  const rows = await run(values, context);
  if (seeds.size === 0 && typeof own === "string") seeds.add(own);
  for (const table of Array.isArray(rows) ? [rows] : Object.values(rows)) freeze(table);
  return { rows, seeds: [...seeds], seconds: (performance.now() - start) / 1000 };
}

/**
 * Makes an experiment that a reader opens by naming what is to differ.
 *
 * Calling it with an object of overrides runs it: what is not named comes from the preset (`preset`
 * in the object, else the one of `settings()`). The same parameters are computed once in a process,
 * for figure, table, claims and text alike; parameters that hold a function (a reader's closure) are
 * computed each time, in this process, since nothing tells two functions apart. Rows follow from the
 * parameters alone, and `figure()` carries the record of its run for `save`.
 *
 * @param definition See {@linkcode Definition}.
 * @throws {RangeError} If a call names a parameter that is not declared (the message lists those that
 * are with their defaults), or a value is out of its range, or two contradict each other.
 * @throws {TypeError} If a value has the wrong type.
 *
 * @example
 * ```ts
 * import { assertEquals, assertRejects } from "@std/assert";
 * import { experiment, param } from "lora-dynamics/experiment/mod.ts";
 *
 * const halfLives = experiment({
 *   name: "half lives",
 *   about: "Half lives of exponential decay.",
 *   parameters: { rates: param.numbers([1, 2, 4, 8], "decay rates", { above: 0 }) },
 *   quick: { rates: [1, 2] },
 *   run: ({ rates }) => rates.map((rate) => ({ rate, time: Math.LN2 / rate })),
 *   figure: (rows, { rates }) => ({ rows, caption: `${rates.length} rates` }),
 * });
 *
 * const quick = await halfLives({ preset: "quick" });
 * assertEquals(quick.rows.length, 2);
 * const mine = await halfLives({ rates: [Math.LN2] });
 * assertEquals([mine.rows[0].time, mine.figure().caption], [1, "1 rates"]);
 * assertEquals(mine.record.edited, ["rates"]);
 * await assertRejects(() => halfLives({ rate: [1] } as never), RangeError, "is rates meant?");
 * ```
 */
export function experiment<
  const D extends Declared,
  R extends Rows,
  F extends object = never,
  M = Record<never, never>,
>(definition: Definition<D, R, F, M>): Experiment<D, R, F, M> {
  type P = Values<D>;
  checkKeys("make an experiment", definition, DEFINITION, "the definition");
  const { name, about, parameters: declared, quick = {}, check, table } = definition;
  if ("preset" in declared) {
    throw new TypeError(`Cannot make experiment "${name}" as preset must not be a parameter`);
  }
  const what = `run "${name}"`;
  const checked = (preset: Preset, given: Readonly<Record<string, unknown>>) => {
    const own = { ...quick } as Readonly<Record<string, unknown>>;
    const layers = preset === "quick" ? [["quick", own], ["call", given]] : [["call", given]];
    const resolved = resolve(what, declared, "default", layers as [string, typeof own][]);
    const origins = Object.entries<string>(resolved.origin);
    check?.(
      resolved.values,
      (key, wanted, value) => {
        throw new RangeError(
          `Cannot ${what} as ${key} must be ${wanted}: current value is ${show(value)}`,
        );
      },
      new Set(origins.filter(([, layer]) => layer === "call").map(([key]) => key)),
    );
    return resolved;
  };
  let presets: Record<Preset, P> | undefined;
  const defaults = (preset: Preset) => {
    // Both at once: a mistake in the full preset must not wait for the first long run.
    presets ??= { quick: checked("quick", {}).values, full: checked("full", {}).values };
    return presets[preset];
  };

  const memory = new Map<string, Promise<Computed<R>>>();
  const remembered = (values: P): Promise<Computed<R>> => {
    const key = keyOf(values);
    const kept = key === undefined ? undefined : memory.get(key);
    if (kept) return kept;
    const fresh = compute(definition, values);
    if (key === undefined) return fresh;
    memory.set(key, fresh);
    fresh.catch(() => memory.delete(key)); // what failed or was interrupted is tried again
    return fresh;
  };

  const asked = async (overrides: Overrides<D> = {}) => {
    checkPlain(what, overrides);
    const { preset = settings().preset, ...given } = overrides;
    checkOneOf(what, "preset", preset, ["quick", "full"]);
    const usual = defaults(preset), { values, origin } = checked(preset, given);
    const same = (key: keyof P) =>
      Object.is(usual[key], values[key]) ||
      (keyOf([usual[key]]) ?? NaN) === keyOf([values[key]]);
    const { rows, seeds, seconds } = await remembered(values);
    const record: RunRecord = Object.freeze({
      experiment: name,
      preset,
      parameters: written(values) as RunRecord["parameters"],
      origin: origin as RunRecord["origin"],
      seeds,
      edited: Object.keys(declared).filter((key) => !same(key)),
      seconds,
    });
    const drawn = new Map<string | undefined, F>(); // one cell saves and shows it
    const draw = (which?: string): Recorded => {
      const recorded = (made: F): Recorded => shownByItself({ ...made, run: record });
      const done = drawn.get(which);
      if (done) return recorded(done);
      const { figure, figures = {} } = definition;
      const named = figures as Readonly<Record<string, typeof figure>>;
      const maker = which === undefined
        ? figure
        : named[checkOneOf(`draw "${name}"`, "figure", which, Object.keys(figures))];
      if (maker) {
        const made = maker(rows, values) as F;
        drawn.set(which, made);
        return recorded(made);
      }
      throw new TypeError(
        `Cannot draw "${name}" as figure must be named: it is one of ${Object.keys(figures)}`,
      );
    };
    return {
      ...{ parameters: values, rows, record, figure: draw },
      table: () =>
        table?.(rows, values) ?? (Array.isArray(rows) ? rows : Object.values(rows).flat()),
      [jupyterDisplay]: () => valueTable(record, rows),
    } as unknown as Result<P, R, F, M>;
  };
  const call = (overrides?: Overrides<D>) => wantingAwait(asked(overrides), name);
  const bundle = () =>
    parameterTable({ name, about, declared, quick: defaults("quick"), full: defaults("full") });
  const hidden = (target: object, key: PropertyKey, value: unknown) =>
    Object.defineProperty(target, key, { value });
  hidden(call, "name", name);
  // The kernel asks objects for their display, but prints functions as the console does.
  hidden(call, Symbol.for("Deno.customInspect"), () => bundle()["text/plain"]);
  hidden(call, jupyterDisplay, bundle);
  const shown = hidden({ ...declared }, jupyterDisplay, bundle);
  const variant = (name: string, values: Partial<P>, smaller: Partial<P> = {}) => {
    const { values: kept } = resolve(`vary "${definition.name}"`, declared, "full", [["", values]]);
    const parameters = Object.fromEntries(
      Object.entries(declared).map(([key, parameter]) => [
        key,
        { ...parameter, value: (kept as Record<string, unknown>)[key] },
      ]),
    );
    const rest = Object.entries(quick).filter(([key]) => !Object.hasOwn(values, key));
    return experiment(
      {
        ...{ ...definition, name, parameters },
        quick: { ...Object.fromEntries(rest), ...smaller },
      } as typeof definition,
    );
  };
  return Object.assign(call, {
    about,
    parameters: shown,
    defaults,
    with: variant,
  }) as unknown as Experiment<
    D,
    R,
    F,
    M
  >;
}
