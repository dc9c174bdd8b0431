import * as v from "valibot";
import { checkKeys, show } from "../../check.ts";
import { type Displayable, jupyterDisplay } from "../notebook/display.ts";
import { type Preset, type Settings, settings } from "../settings.ts";
import { cellTable } from "./display.ts";
import type { Parameter } from "./param.ts";
import { resolve } from "./resolve.ts";

/** A value that depends on the preset. */
export interface ByPreset<T> {
  /** Under the quick preset. */
  readonly quick: T;
  /** Under the full preset. */
  readonly full: T;
}

/** What a parameter cell hands on: its values in force, and the preset. */
export type CellParameters<T> =
  & { readonly [K in keyof T]: T[K] extends ByPreset<infer V> ? V : T[K] }
  & { readonly preset: Preset }
  & Displayable;

const SETTINGS: readonly (keyof Settings)[] = ["preset", "out", "cache", "workers", "parameters"];

function isPair(value: unknown): value is ByPreset<unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.keys(value).toSorted().join() === "full,quick";
}

/** Schema of what may stand in place of a value: the same type, the same keys, finite numbers. */
function schemaLike(value: unknown): v.GenericSchema<unknown, unknown> {
  if (typeof value === "number") return v.pipe(v.number(), v.finite());
  if (typeof value === "string") return v.string();
  if (typeof value === "boolean") return v.boolean();
  if (Array.isArray(value)) return v.array(value.length > 0 ? schemaLike(value[0]) : v.unknown());
  if (typeof value !== "object" || value === null) return v.unknown();
  return v.strictObject(
    Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, schemaLike(entry)])),
  );
}

function like(name: string, value: unknown): Parameter<unknown> {
  for (const [there, missing] of [["quick", "full"], ["full", "quick"]]) {
    const keys = Object.keys(Object(value));
    if (keys.includes(there) && !keys.includes(missing)) {
      const found = `${missing} is missing in ${show(value)}`;
      throw new TypeError(`Cannot set the parameters as ${name} must have both presets: ${found}`);
    }
  }
  if (value === undefined || value === null) {
    throw new TypeError(`Cannot set the parameters as ${name} must have a value: it is ${value}`);
  }
  const kind = Array.isArray(value) ? "list" : typeof value;
  const wanted = kind === "number"
    ? "a finite number"
    : `${kind === "object" ? "an" : "a"} ${kind} like ${show(value)}`;
  return { value, about: "", wanted, schema: schemaLike(value) };
}

/**
 * The parameter cell of a notebook: what is typed here counts.
 *
 * An entry is a value, or `{ quick, full }` where the preset decides; what a reader types, in place
 * of either, is what holds. Beyond that only the environment variable `LORA_DYNAMICS` replaces values
 * (under `parameters`, each by one of the same type). The result, as the last line of the cell, shows
 * every value in force and where it comes from.
 *
 * @param typed Name → value, or its values by preset.
 * @param from Settings to go by; by default those of the process.
 * @throws {RangeError} If `LORA_DYNAMICS` names a parameter that is not there, or a number is not finite.
 * @throws {TypeError} If it gives another type, or a value is `undefined` or `null`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parameters } from "lora-dynamics/experiment/mod.ts";
 *
 * const typed = { seed: "7", d: 1000, copies: { quick: 8, full: 128 } };
 * const P = parameters(typed, { preset: "quick", parameters: { d: 300 } });
 * assertEquals([P.preset, P.seed, P.d, P.copies], ["quick", "7", 300, 8]);
 * ```
 */
export function parameters<T extends object>(
  typed: T,
  from: Pick<Settings, "preset" | "parameters"> = settings(),
): CellParameters<T> {
  checkKeys("set the parameters", from, SETTINGS, "settings");
  if (typeof typed !== "object" || typed === null || Array.isArray(typed)) {
    const found = `current value is ${show(typed)}`;
    throw new TypeError(`Cannot set the parameters as they must be an object of values: ${found}`);
  }
  const { preset, parameters: given } = from;
  if ("preset" in typed) {
    throw new TypeError(
      "Cannot set the parameters as preset must not be among them: LORA_DYNAMICS sets it",
    );
  }
  const at = (which: Preset) =>
    Object.fromEntries(
      Object.entries(typed).map(([name, entry]) => [
        name,
        isPair(entry) ? like(`${name}.${which}`, entry[which]) : like(name, entry),
      ]),
    );
  const what = "set the parameters";
  // Both presets at once: a mistake in the other one must not wait for the first long run.
  for (const which of ["quick", "full"] as const) resolve(what, at(which), which, []);
  const { values, origin } = resolve(what, at(preset), "typed", [["LORA_DYNAMICS", given]]);
  const lines = Object.entries(typed).map(([name, entry]) => ({
    ...{ name, value: values[name] },
    from: origin[name] !== "typed" ? origin[name] : isPair(entry) ? `the preset ${preset}` : "here",
    ...(isPair(entry) ? { pair: entry } : {}),
  }));
  return Object.defineProperty({ ...values, preset }, jupyterDisplay, {
    value: () => cellTable(preset, lines),
  }) as unknown as CellParameters<T>;
}
