import { checkInteger, checkKeys, checkOneOf, checkPositive, checkString } from "../../check.ts";
import { type Progress, progress } from "../notebook/progress.ts";
import type { Preset } from "../settings.ts";
import { keepWorkers } from "../sweep/workers.ts";
import {
  checkClaim,
  type CheckResult,
  type Claim,
  type Evidence,
  evidenceOf,
  type Json,
} from "./claim.ts";
import { type Guard, guarded } from "./_guard.ts";

/** A claim at another seed than the paper's. */
export interface OtherSeed extends CheckResult {
  /** The seed. */
  readonly seed: string;
  /** What the control measured, and whether it failed as it must; only where there is a control. */
  readonly control?: {
    readonly measured: Json;
    readonly tolerance: string;
    readonly fails: boolean;
  };
}

/** How a claim does at other seeds. */
export interface OtherSeeds {
  /** One entry per seed. */
  readonly seeds: readonly OtherSeed[];
  /** At how many of them the claim holds. */
  readonly holds: number;
  /** At how many of them its control fails; only where there is a control. */
  readonly controlFails?: number;
  /** Whether both do so at 95 % of the seeds at least: 19 of 20. */
  readonly pass: boolean;
}

/** A checked claim. JSON keeps it as it is: numbers that are not finite have become text. */
export interface ClaimRow
  extends CheckResult, Pick<Claim, "id" | "paper" | "statement" | "source" | "falsifier"> {
  /** What stands behind the numbers at this preset. */
  readonly evidence: Evidence;
  /** How much work the check was allowed. */
  readonly preset: Preset;
  /** Seed that was asked for; none: the paper's own. */
  readonly seed?: string;
  /** Wall time of the check, in seconds, without other seeds. */
  readonly seconds: number;
  /** The same at other seeds; only for claims that follow the seed, when other seeds were asked for. */
  readonly others?: OtherSeeds;
}

/** How `runClaims` goes about it. */
export interface RunClaimsOptions {
  /** Ids of the claims to check; by default all. */
  readonly only?: readonly string[];
  /** Seed of all draws; by default each paper's own. */
  readonly seed?: string;
  /** At how many other seeds, derived from the seed by name, statistical claims are repeated. */
  readonly seeds?: number;
  /**
   * Longest time of one check, in seconds; then the claim fails. A check that never returns to the
   * event loop cannot be stopped: it is judged when it ends.
   */
  readonly timeout?: number;
  /** A progress bar; shown by default. */
  readonly progress?: boolean;
  /** Called with every row as soon as it is known. */
  readonly onRow?: (row: ClaimRow) => void;
  /** Stops the run: `runClaims` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const WHAT = "check the claims";
const OPTIONS = ["only", "seed", "seeds", "timeout", "progress", "onRow", "signal"];

/** Share of other seeds at which a claim must hold: 19 of 20. */
const ENOUGH = 0.95;

/** The claims with the given ids, in their own order; `RangeError` listing the known ids. */
function selectClaims(claims: readonly Claim[], only?: readonly string[]): Claim[] {
  const known = claims.map((claim) => claim.id);
  const names = new Set(claims.map((claim) => `${claim.paper} ${claim.id}`));
  if (names.size < claims.length) {
    throw new RangeError(`Cannot check the claims as ids must differ: got ${known.join(", ")}`);
  }
  for (const id of only ?? []) checkOneOf(WHAT, "each id", id, known);
  return claims.filter((claim) => only === undefined || only.includes(claim.id));
}

function checkOptions(options: RunClaimsOptions): void {
  checkKeys(WHAT, options, OPTIONS);
  const { seed, seeds, timeout } = options;
  if (seed !== undefined) checkString(WHAT, "seed", seed);
  if (seeds !== undefined) checkInteger(WHAT, "seeds", seeds, 0);
  if (timeout !== undefined) checkPositive(WHAT, "timeout", timeout);
}

/** Names of other seeds: of the seed if there is one, and of the number. */
function otherSeeds(seed: string | undefined, count: number): string[] {
  const base = seed === undefined ? "other" : `${seed}/other`;
  return Array.from({ length: count }, (_, i) => `${base}/${i + 1}`);
}

/** A claim at other seeds, its control beside it. */
async function repeated(
  claim: Claim,
  preset: Preset,
  seeds: readonly string[],
  guard: Guard,
  bar?: Progress,
): Promise<OtherSeeds> {
  const rows: OtherSeed[] = [];
  for (const [i, seed] of seeds.entries()) {
    bar?.tick(0, `${claim.id} ${i + 1}/${seeds.length}`);
    const { measures: _, ...result } = await guarded(
      (context) => claim.check(preset, context),
      { ...guard, seed },
    );
    const control = claim.control &&
      await guarded((context) => claim.control!(preset, context), { ...guard, seed });
    rows.push({
      seed,
      ...result,
      ...control && {
        control: {
          measured: control.measured,
          tolerance: control.tolerance,
          // A control that breaks has refuted nothing.
          fails: control.measures && !control.pass,
        },
      },
    });
    bar?.tick(1);
  }
  const holds = rows.filter((row) => row.pass).length;
  const controlFails = rows.filter((row) => row.control?.fails).length;
  const enough = (count: number) => count >= ENOUGH * rows.length;
  return {
    seeds: rows,
    holds,
    ...claim.control && { controlFails },
    pass: enough(holds) && (!claim.control || enough(controlFails)),
  };
}

/**
 * Checks claims one after the other. An exception in a check is a failing row that quotes it, except
 * for the reader's Interrupt in a notebook, which ends the run.
 *
 * With `seeds`, claims whose draws follow the seed are repeated at that many other seeds: each must
 * hold, and its control fail, at 95 % of them.
 *
 * @param claims Claims of one paper or several.
 * @param preset How much work the checks may do.
 * @param options Which claims, which seeds, and whom to tell; see {@linkcode RunClaimsOptions}.
 * @throws {RangeError} If an id is not known (the message lists those that are) or occurs twice, or an
 *   option is not known.
 * @throws {TypeError} If a claim lacks what everybody must be told: source, falsifier, evidence.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { agree, type Claim, runClaims } from "lora-dynamics/experiment/mod.ts";
 *
 * const claim: Claim = {
 *   id: "C1",
 *   paper: "pre-training-hurts",
 *   statement: "The linear exit time at mu = 0.5 is 2 + 2 sqrt 2",
 *   source: { whose: "paper", where: "Section 3" },
 *   falsifier: "An exit time at mu = 0.5 that differs from 4.8284 by more than 1e-4",
 *   evidence: { seeds: 0, sizes: "mu = 0.5", draws: "nothing" },
 *   check: () => agree({ exit: 4.8284 }, { exit: 2 + 2 * Math.SQRT2 }, { abs: 1e-4 }),
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
  checkOneOf(WHAT, "preset", preset, ["quick", "full"]);
  checkOptions(options);
  const { only, seed, seeds = 0, timeout, signal, onRow } = options;
  const chosen = selectClaims(claims, only);
  chosen.forEach((claim) => checkClaim(claim, preset));
  const others = otherSeeds(seed, seeds);
  const follows = (claim: Claim) => evidenceOf(claim, preset).draws === "seed";
  const total = chosen.length + seeds * chosen.filter(follows).length;
  using bar = options.progress === false ? undefined : progress("claims", total);
  using _ = keepWorkers();
  const guard: Guard = { ...seed === undefined ? {} : { seed }, timeout, signal };
  const rows: ClaimRow[] = [];
  for (const claim of chosen) {
    signal?.throwIfAborted();
    const { id, paper, statement, source, falsifier } = claim;
    bar?.tick(0, id);
    const start = performance.now();
    const { measures: _, ...result } = await guarded(
      (context) => claim.check(preset, context),
      guard,
    );
    const seconds = (performance.now() - start) / 1000;
    const row: ClaimRow = {
      ...{ id, paper, statement, source, falsifier, evidence: evidenceOf(claim, preset), preset },
      ...seed === undefined ? {} : { seed },
      ...result,
      seconds,
      ...seeds > 0 && follows(claim)
        ? { others: await repeated(claim, preset, others, guard, bar) }
        : {},
    };
    rows.push(row);
    onRow?.(row);
    bar?.tick(1, id);
  }
  bar?.done();
  return rows;
}
