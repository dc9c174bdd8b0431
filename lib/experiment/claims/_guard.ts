/**
 * One check under guard: whatever it throws, returns or forgets becomes a verdict.
 *
 * @module
 */
import { isInterrupt } from "../notebook/interrupt.ts";
import type { CheckResult, ClaimContext, Json } from "./claim.ts";

/** What a guarded check gives: its result, and whether it measured at all. */
export interface Outcome extends CheckResult {
  /** Whether the check came to its end with something to compare. */
  readonly measures: boolean;
}

/** How a check is guarded. */
export interface Guard {
  /** Seed of its draws. */
  readonly seed?: string;
  /** Longest time in seconds. */
  readonly timeout?: number;
  /** Stops it; the guard then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The value as JSON can hold it: text for numbers that are not finite, arrays for typed arrays. */
export function toJson(value: unknown, above: readonly object[] = []): Json {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value !== "object") return String(value);
  if (above.includes(value)) return "[circular]";
  if (isError(value)) return describe(value);
  const inside = (part: unknown) => toJson(part, [...above, value]);
  if (Array.isArray(value)) return value.map(inside);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, inside);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, inside(entry)]));
}

function isError(value: object): value is Error {
  return typeof (value as Error).message === "string" && typeof (value as Error).name === "string";
}

/** What was thrown, in one line; anything can be thrown. */
export function describe(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  if (isError(error)) return `${error.name}: ${error.message}`;
  return `thrown ${JSON.stringify(toJson(error))}`;
}

/** The entries of a value by their path: `{ erf: { p: 0.1 } }` as `["erf", "p"]` → 0.1. */
export function leaves(value: Json, path: readonly string[] = []): [string[], Json][] {
  if (value === null || typeof value !== "object") return [[[...path], value]];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, [...path, key]));
}

function failure(text: string): Outcome {
  return {
    measured: text,
    expected: "no error",
    tolerance: "none",
    pass: false,
    measures: false,
  };
}

/** The result of a check as it should be, or what is missing. */
function judged(found: unknown): Outcome {
  const wanted = ["measured", "expected", "tolerance", "pass"];
  const missing = typeof found !== "object" || found === null
    ? wanted
    : wanted.filter((key) => (found as Record<string, unknown>)[key] === undefined);
  if (missing.length > 0) {
    return failure(`the check returned no ${missing.join(", ")}: ${JSON.stringify(toJson(found))}`);
  }
  const { measured, expected, tolerance, pass } = found as CheckResult;
  const result = { measured: toJson(measured), expected: toJson(expected) };
  if (typeof pass !== "boolean") {
    const text = `the check must say pass: true or false: it is ${JSON.stringify(toJson(pass))}`;
    return { ...result, tolerance: text, pass: false, measures: false };
  }
  if (leaves(result.measured).length === 0 || leaves(result.expected).length === 0) {
    const text = `nothing was compared (${tolerance})`;
    return { ...result, tolerance: text, pass: false, measures: false };
  }
  return { ...result, tolerance: String(tolerance), pass, measures: true };
}

/** The promise, or a rejection with the signal's reason as soon as it is aborted. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => {}); // if the signal wins, nobody hears of it any more
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/**
 * Runs a check to its verdict. An exception, a result that says nothing and a check that takes longer
 * than `timeout` fail; the reader's Interrupt and an abort of `signal` are no verdict and reject.
 *
 * A check that never returns to the event loop is judged when it ends: nothing can stop it here.
 */
export async function guarded(
  check: (context: ClaimContext) => CheckResult | Promise<CheckResult>,
  { seed, timeout = Infinity, signal }: Guard,
): Promise<Outcome> {
  const late = new AbortController(), start = performance.now();
  const all = AbortSignal.any([late.signal, ...signal ? [signal] : []]);
  const timer = timeout < Infinity
    ? setTimeout(() => late.abort(new Error("timeout")), 1000 * timeout)
    : undefined;
  const tooLate = () => failure(`no verdict within the timeout of ${timeout} s`);
  try {
    const found = check({ ...seed === undefined ? {} : { seed }, signal: all });
    const result = found instanceof Promise ? await untilAborted(found, all) : found;
    return performance.now() - start > 1000 * timeout ? tooLate() : judged(result);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (late.signal.aborted) return tooLate();
    if (isInterrupt(error)) throw error; // it says nothing about the claim
    return failure(describe(error));
  } finally {
    clearTimeout(timer);
  }
}
