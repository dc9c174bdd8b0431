import { checkOneOf } from "../../check.ts";
import { isInterrupt } from "../notebook/interrupt.ts";
import { progress } from "../notebook/progress.ts";
import type { Preset } from "../settings.ts";

/** A value that JSON can hold. */
export type Json =
  | number
  | string
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** What a check measured, and whether that agrees with what the claim says. */
export interface CheckResult {
  /** What the check found. */
  readonly measured: Json;
  /** What the claim says it should find. */
  readonly expected: Json;
  /** The rule of agreement in words: `"rel 1e-9"`, `"4 standard errors"`. */
  readonly tolerance: string;
  /** Whether they agree. */
  readonly pass: boolean;
}

/** One statement that a run can refute. */
export interface Claim {
  /** Id in the claims table of the paper's specification, e.g. `"C7"`. */
  readonly id: string;
  /** Slug of the paper. */
  readonly paper: string;
  /** The statement in one sentence. */
  readonly statement: string;
  /** Who states it: the paper, or we beyond it. */
  readonly source: "paper" | "ours";
  /** Measures. An exception counts as disagreement. */
  check(preset: Preset): CheckResult | Promise<CheckResult>;
}

/** A checked claim. JSON keeps it as it is: numbers that are not finite have become text. */
export interface ClaimRow extends CheckResult, Omit<Claim, "check"> {
  /** How much work the check was allowed. */
  readonly preset: Preset;
  /** Wall time of the check. */
  readonly seconds: number;
}

/** How `runClaims` goes about it. */
export interface RunClaimsOptions {
  /** Ids of the claims to check; by default all. */
  readonly only?: readonly string[];
  /** A progress bar; shown by default. */
  readonly progress?: boolean;
  /** Called with every row as soon as it is known. */
  readonly onRow?: (row: ClaimRow) => void;
  /** Stops between two claims; `runClaims` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The value as JSON can hold it: text for numbers that are not finite, arrays for typed arrays. */
function toJson(value: unknown): Json {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, toJson);
  if (typeof value !== "object") return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toJson(entry)]));
}

async function runCheck(claim: Claim, preset: Preset): Promise<CheckResult> {
  try {
    const { measured, expected, tolerance, pass } = await claim.check(preset);
    return {
      measured: toJson(measured),
      expected: toJson(expected),
      tolerance: String(tolerance),
      pass: pass === true,
    };
  } catch (error) {
    if (isInterrupt(error)) throw error; // it says nothing about the claim
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { measured: text, expected: "no error", tolerance: "none", pass: false };
  }
}

/** The claims with the given ids, in their own order; `RangeError` listing the known ids. */
export function selectClaims(claims: readonly Claim[], only?: readonly string[]): Claim[] {
  const known = claims.map((claim) => claim.id);
  const names = new Set(claims.map((claim) => `${claim.paper} ${claim.id}`));
  if (names.size < claims.length) {
    throw new RangeError(`Cannot check the claims as ids must differ: got ${known.join(", ")}`);
  }
  for (const id of only ?? []) checkOneOf("check the claims", "each id", id, known);
  return claims.filter((claim) => only === undefined || only.includes(claim.id));
}

/**
 * Checks claims one after the other. An exception in a check is a failing row that quotes it, except
 * for the reader's Interrupt in a notebook, which ends the run.
 *
 * @param claims Claims of one paper or several.
 * @param preset How much work the checks may do.
 * @param options Which claims, and whom to tell; see {@linkcode RunClaimsOptions}.
 * @throws {RangeError} If an id is not known (the message lists those that are) or occurs twice.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type Claim, runClaims } from "lora-dynamics/experiment/mod.ts";
 *
 * const claim: Claim = {
 *   id: "C1",
 *   paper: "pre-training-hurts",
 *   statement: "The linear exit time at mu = 0.5 is 2 + 2 sqrt 2",
 *   source: "paper",
 *   check: () => ({
 *     measured: 4.8284,
 *     expected: 2 + 2 * Math.SQRT2,
 *     tolerance: "abs 1e-4",
 *     pass: Math.abs(4.8284 - (2 + 2 * Math.SQRT2)) < 1e-4,
 *   }),
 * };
 * const [row] = await runClaims([claim], "quick");
 * assertEquals([row.id, row.pass], ["C1", true]);
 * ```
 */
export async function runClaims(
  claims: readonly Claim[],
  preset: Preset,
  options: RunClaimsOptions = {},
): Promise<ClaimRow[]> {
  checkOneOf("check the claims", "preset", preset, ["quick", "full"]);
  const chosen = selectClaims(claims, options.only);
  using bar = options.progress === false ? undefined : progress("claims", chosen.length);
  const rows: ClaimRow[] = [];
  for (const claim of chosen) {
    options.signal?.throwIfAborted();
    bar?.tick(0, claim.id);
    const start = performance.now();
    const result = await runCheck(claim, preset);
    const seconds = (performance.now() - start) / 1000;
    const { id, paper, statement, source } = claim;
    const row = { id, paper, statement, source, preset, ...result, seconds };
    rows.push(row);
    options.onRow?.(row);
    bar?.tick(1, id);
  }
  bar?.done();
  return rows;
}
