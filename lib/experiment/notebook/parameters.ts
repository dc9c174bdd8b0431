import { settings } from "../settings.ts";
import type { Preset } from "../settings.ts";

const WHAT = "set the parameters";

function kind(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function show(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value) ?? typeof value;
}

/** Throws unless `value` has the type of the default it replaces. */
function checkLike(path: string, value: unknown, like: unknown): void {
  const wanted = kind(like);
  const message = (state: string) =>
    `Cannot ${WHAT} as ${path} must be ${state}: current value is ${show(value)}`;
  if (kind(value) !== wanted) throw new TypeError(message(`of type ${wanted}`));
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new RangeError(message("a finite number"));
  }
  if (Array.isArray(value) && Array.isArray(like) && like.length > 0) {
    value.forEach((item, i) => checkLike(`${path}[${i}]`, item, like[0]));
  } else if (wanted === "object") {
    const known = Object.keys(like as object);
    for (const key of new Set([...known, ...Object.keys(value as object)])) {
      if (!known.includes(key)) throw unknownKey(`${path}.${key}`, known);
      const entry = (value as Record<string, unknown>)[key];
      checkLike(`${path}.${key}`, entry, (like as Record<string, unknown>)[key]);
    }
  }
}

function unknownKey(path: string, known: string[]): RangeError {
  return new RangeError(`Cannot ${WHAT} as ${path} is not one of ${known.join(", ")}`);
}

/**
 * Parameters of an experiment: the typed defaults, then those of the preset, then what the
 * environment variable `LORA_DYNAMICS` replaces under `parameters`.
 *
 * Every value keeps the type of its default: a number stays a finite number, an array an array of
 * such entries, an object has the same keys.
 *
 * @param defaults Every parameter with its default.
 * @param presets What `quick` and `full` change.
 * @throws {RangeError} If a key is not among the defaults or a number is not finite.
 * @throws {TypeError} If a value has another type than its default.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parameters } from "lora-dynamics/experiment/mod.ts";
 *
 * Deno.env.set("LORA_DYNAMICS", '{"parameters": {"mus": [0.3]}}');
 * const P = parameters({ d: 1000, mus: [0.1, 0.5, 0.9], seeds: 3 }, {
 *   quick: { d: 100 },
 *   full: { seeds: 48 },
 * });
 * assertEquals(P, { d: 100, mus: [0.3], seeds: 3, preset: "quick" });
 * Deno.env.delete("LORA_DYNAMICS");
 * ```
 */
export function parameters<T extends object>(
  defaults: T,
  presets: { quick: Partial<NoInfer<T>>; full: Partial<NoInfer<T>> },
): T & { preset: Preset } {
  const { preset, parameters: given } = settings();
  if ("preset" in defaults) {
    throw new TypeError(`Cannot ${WHAT} as preset must not be among the defaults`);
  }
  checkLike("defaults", defaults, defaults);
  const known = Object.keys(defaults);
  for (const [from, values] of Object.entries({ [preset]: presets[preset], parameters: given })) {
    for (const [key, value] of Object.entries(values)) {
      if (!known.includes(key)) throw unknownKey(`${from}.${key}`, known);
      checkLike(`${from}.${key}`, value, defaults[key as keyof T]);
    }
  }
  return structuredClone({ ...defaults, ...presets[preset], ...given, preset });
}
