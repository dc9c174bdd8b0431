/**
 * The one door of parameters: layers of values become checked values, each with its origin.
 *
 * @module
 */
import { closest, distance } from "fastest-levenshtein";
import { show } from "../../check.ts";
import { isPlain } from "../sweep/cell.ts";
import type { Parameter } from "./param.ts";

/** Declarations by name. */
export type Declared = Readonly<Record<string, Parameter<unknown>>>;

/** The values of declared parameters. */
export type Values<D> = {
  readonly [K in keyof D]: D[K] extends Parameter<infer T> ? T : never;
};

/** Values with where each one comes from. */
export interface Resolved<V> {
  /** The values, frozen copies: whoever changes what was handed in changes nothing here. */
  readonly values: V;
  /** For each the name of the last layer that sets it. */
  readonly origin: { readonly [K in keyof V]: string };
}

/** Values that replace those of the layers before, with the name of the layer. */
export type Layer = readonly [origin: string, values: Readonly<Record<string, unknown>>];

/** Throws unless the value can hold parameters by name. */
export function checkPlain(what: string, value: unknown): void {
  if (isPlain(value)) return;
  throw new TypeError(
    `Cannot ${what} as the parameters must be a plain object: current value is ${show(value)}`,
  );
}

/** A frozen copy of lists and plain objects; functions and other objects stay what they are. */
function frozen(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(frozen));
  if (!isPlain(value)) return value;
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, frozen(entry)])),
  );
}

/** The known names, each with its default, for the message about an unknown one. */
function listed(declared: Declared, defaults: Readonly<Record<string, unknown>>): string {
  return Object.keys(declared).map((name) => `${name} = ${show(defaults[name])}`).join(", ");
}

/** The closest known name, if few letters are different: one of up to three, two of more. */
function meant(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = new Map(known.map((other) => [other.toLowerCase(), other]));
  const near = closest(name.toLowerCase(), [...lower.keys()]);
  const most = Math.min(name.length < 4 ? 1 : 2, name.length - 1);
  return distance(name.toLowerCase(), near) <= most ? lower.get(near) : undefined;
}

/** The part of a value at a path. */
function part(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], value);
}

/** Throws unless the value is what the parameter takes. */
function checkValue(what: string, name: string, value: unknown, parameter: Parameter<unknown>) {
  const verdict = parameter.schema["~standard"].validate(value);
  if (verdict instanceof Promise) {
    throw new TypeError(`Cannot ${what} as the schema of ${name} must answer at once: it promises`);
  }
  if (verdict.issues === undefined) return;
  const [{ path = [], message }] = verdict.issues;
  const keys = path.map((entry) => typeof entry === "object" ? entry.key : entry);
  const place = keys.map((key) => typeof key === "number" ? `[${key}]` : `.${String(key)}`).join(
    "",
  );
  const inList = place !== "" && parameter.each !== undefined;
  const found = part(value, keys);
  // All entries of a list are of the kind of its first one.
  const usual = part(parameter.value, keys.map((key) => typeof key === "number" ? 0 : key));
  const reason = parameter.explains ? ` (${message})` : "";
  const text = inList
    ? `${name}${place} must be ${parameter.each}: current value is ${show(found)}`
    : `${name} must be ${parameter.wanted}: current value` +
      `${place === "" ? "" : ` of ${name}${place}`} is ${show(found)}`;
  const kind = (x: unknown) => Array.isArray(x) ? "array" : typeof x;
  const rightType = parameter.explains || usual === undefined || kind(found) === kind(usual);
  const full = `Cannot ${what} as ${text}${reason}`;
  throw rightType ? new RangeError(full) : new TypeError(full);
}

/**
 * Values of declared parameters: defaults, then each layer over them.
 *
 * Pure: nothing is read from the environment, and equal arguments give equal values. An entry that is
 * `undefined` leaves the value before it.
 *
 * @param what Completes "Cannot …" in messages.
 * @param declared The parameters; their own values are the first layer, of the name `first`.
 * @param layers What replaces them, in order.
 * @throws {RangeError} If a name is not declared (the message lists all with their defaults, and the
 * one that was probably meant), or a number, name or text is not allowed.
 * @throws {TypeError} If a value has the wrong type.
 *
 * @example
 * ```ts
 * import { param, resolve } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const declared = { d: param.integer(1000, "input dimension", { least: 2 }) };
 * const { values, origin } = resolve("run it", declared, "full", [["call", { d: 300 }]]);
 * assertEquals([values.d, origin.d], [300, "call"]);
 * assertThrows(() => resolve("run it", declared, "full", [["call", { D: 3 }]]), RangeError, "d = 1000");
 * ```
 */
export function resolve<D extends Declared>(
  what: string,
  declared: D,
  first: string,
  layers: readonly Layer[],
): Resolved<Values<D>> {
  const known = Object.keys(declared);
  const values: Record<string, unknown> = {}, origin: Record<string, string> = {};
  for (const name of known) [values[name], origin[name]] = [declared[name].value, first];
  for (const [layer, given] of layers) {
    checkPlain(what, given);
    for (const [name, value] of Object.entries(given)) {
      if (!Object.hasOwn(declared, name)) {
        const close = meant(name, known), hint = close ? ` (is ${close} meant?)` : "";
        throw new RangeError(
          `Cannot ${what} as ${name} must be one of its parameters${hint}: ` +
            `${listed(declared, values)}`,
        );
      }
      if (value !== undefined) [values[name], origin[name]] = [value, layer];
    }
  }
  for (const name of known) checkValue(what, name, values[name], declared[name]);
  return { values: frozen(values), origin: Object.freeze(origin) } as Resolved<Values<D>>;
}
