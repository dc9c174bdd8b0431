import { checkInteger, checkOneOf } from "../check.ts";
import { platform } from "../platform/mod.ts";

/** How long an analysis may take: seconds for a first look, or the full statistics. */
export type Preset = "quick" | "full";

/** What the environment variable `LORA_DYNAMICS` says. */
export interface Settings {
  /** `"quick"` unless said otherwise. */
  readonly preset: Preset;
  /** Folder for exported files; the caller has a default. */
  readonly out?: string;
  /** Folder in which sweeps keep finished cells for later processes; none: only while they live. */
  readonly cache?: string;
  /** Number of module workers of a sweep; by default one per core, at most four. */
  readonly workers?: number;
  /** Values that replace the defaults of `parameters`. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Name of the one environment variable of this library. */
export const VARIABLE = "LORA_DYNAMICS";

const KEYS = ["preset", "out", "cache", "workers", "parameters"] as const;
const WHAT = `read ${VARIABLE}`;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TypeError(`Cannot ${WHAT} as it must be valid JSON: current value is ${text}`);
  }
  if (isRecord(value)) return value;
  throw new TypeError(`Cannot ${WHAT} as it must be a JSON object: current value is ${text}`);
}

/**
 * Settings of this process, from the environment variable `LORA_DYNAMICS`:
 * `{"preset": "full", "out": "figures", "workers": 2, "parameters": {"d": 500}}`, every key optional.
 *
 * Unset, empty, or not readable for lack of permission means the defaults.
 *
 * @throws {RangeError} If the preset or the number of workers is none, or a key is not known.
 * @throws {TypeError} If the text is not a JSON object or a value has the wrong type.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { settings } from "lora-dynamics/experiment/mod.ts";
 *
 * Deno.env.set("LORA_DYNAMICS", '{"preset": "full", "workers": 2}');
 * assertEquals(settings(), { preset: "full", workers: 2, parameters: {} });
 * Deno.env.delete("LORA_DYNAMICS");
 * assertEquals(settings().preset, "quick");
 * ```
 */
export function settings(): Settings {
  const text = platform.environment(VARIABLE)?.trim();
  const given = text ? parse(text) : {};
  for (const key of Object.keys(given)) checkOneOf(WHAT, "each key", key, KEYS);
  const { preset = "quick", out, cache, workers, parameters = {} } = given;
  checkOneOf(WHAT, "preset", preset as string, ["quick", "full"]);
  for (const [name, folder] of Object.entries({ out, cache })) {
    if (folder === undefined || (typeof folder === "string" && folder !== "")) continue;
    const text = JSON.stringify(folder);
    throw new TypeError(
      `Cannot ${WHAT} as ${name} must be the name of a folder: current value is ${text}`,
    );
  }
  if (workers !== undefined) checkInteger(WHAT, "workers", workers as number, 0);
  if (!isRecord(parameters)) {
    throw new TypeError(
      `Cannot ${WHAT} as parameters must be an object: current value is ${
        JSON.stringify(parameters)
      }`,
    );
  }
  return {
    preset: preset as Preset,
    ...(out === undefined ? {} : { out: out as string }),
    ...(cache === undefined ? {} : { cache: cache as string }),
    ...(workers === undefined ? {} : { workers: workers as number }),
    parameters,
  };
}

/**
 * A value by preset.
 *
 * @example
 * ```ts
 * import { byPreset } from "lora-dynamics/experiment/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(byPreset("quick", 20, 400), 20);
 * ```
 */
export function byPreset<T>(preset: Preset, quick: T, full: T): T {
  return preset === "full" ? full : quick;
}
