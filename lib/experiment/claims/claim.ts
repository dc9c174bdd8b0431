import { checkInteger, checkOneOf, checkString } from "../../check.ts";
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
  /** What the check found; at least one value. */
  readonly measured: Json;
  /** What the claim says it should find; at least one value. */
  readonly expected: Json;
  /** The rule of agreement in words: `"rel 1e-9"`, `"4 standard errors"`. */
  readonly tolerance: string;
  /** Whether they agree. */
  readonly pass: boolean;
}

/** Who states a claim. */
export type Source =
  /** The paper: `where` names its theorem, equation, figure or section. */
  | { readonly whose: "paper"; readonly where: string }
  /** We, beyond the paper; `where` may name what the claim is about. */
  | { readonly whose: "ours"; readonly where?: string };

/**
 * What is random in a check:
 * - `"nothing"`: no number is drawn;
 * - `"instance"`: what is drawn is drawn once, and compared digit by digit with a reference that has it;
 * - `"closed seed"`: samples, but always the same ones: the check does not follow another seed;
 * - `"seed"`: samples that follow the seed of the check, so that other seeds can be tried.
 */
export type Draws = "nothing" | "instance" | "closed seed" | "seed";

/** What stands behind the measured numbers. */
export interface Evidence {
  /** How many independent seeds, copies or draws: a number, or their names; 0 if nothing is drawn. */
  readonly seeds: number | readonly string[];
  /** The sizes that were looked at, in a few words: `"d = 30 ... 3000, 128 copies"`. */
  readonly sizes: string;
  /** What is random. */
  readonly draws: Draws;
}

/** What a check is told beside the preset. */
export interface ClaimContext {
  /** Seed of all draws; the paper's own when there is none. */
  readonly seed?: string;
  /** Aborted when the check has taken too long, or the run is stopped. */
  readonly signal: AbortSignal;
}

/** One statement that a run can refute. */
export interface Claim {
  /** Id in the paper's table of claims, e.g. `"C7"`. */
  readonly id: string;
  /** Slug of the paper. */
  readonly paper: string;
  /** The statement in one sentence. */
  readonly statement: string;
  /** Who states it, and where. */
  readonly source: Source;
  /** What observation would refute it, in one sentence. */
  readonly falsifier: string;
  /** What stands behind it, by preset if that changes it. */
  readonly evidence: Evidence | ((preset: Preset) => Evidence);
  /** Measures. An exception counts as disagreement. */
  check(preset: Preset, context: ClaimContext): CheckResult | Promise<CheckResult>;
  /** The same comparison with a deliberately wrong law: it must fail. */
  control?(preset: Preset, context: ClaimContext): CheckResult | Promise<CheckResult>;
}

/** The evidence of a claim at a preset. */
export function evidenceOf({ evidence }: Claim, preset: Preset): Evidence {
  return typeof evidence === "function" ? evidence(preset) : evidence;
}

/** Who states a claim and where, in words: `"paper, Theorem 3.2"`. */
export function sourceText({ whose, where }: Source): string {
  return where === undefined ? whose : `${whose}, ${where}`;
}

/** What is behind a claim in words: `"4 seeds; d = 1000; drawn from the seed"`. */
export function evidenceText({ seeds, sizes, draws }: Evidence): string {
  const random = {
    "nothing": "nothing is drawn",
    "instance": "drawn once, as the reference has it",
    "closed seed": "samples of a fixed seed",
    "seed": "samples that follow the seed",
  }[draws];
  const count = typeof seeds === "number" ? seeds : seeds.length;
  const drawn = draws === "nothing" ? "" : `${count} independent draw${count === 1 ? "" : "s"}; `;
  return `${sizes}; ${drawn}${random}`;
}

const WHAT = "check the claims";

/** A text that says something. */
function checkText(name: string, text: unknown): void {
  checkString(WHAT, name, text);
  if (String(text).trim() !== "") return;
  throw new RangeError(`Cannot ${WHAT} as ${name} must say something: it is empty`);
}

/** Refuses a claim that lacks what everybody must be told: cells of a notebook have no type check. */
export function checkClaim(claim: Claim, preset: Preset): void {
  const of = `of claim ${claim.id}`;
  for (const key of ["id", "paper", "statement", "falsifier"] as const) {
    checkText(`${key} ${of}`, claim[key]);
  }
  const { whose, where } = claim.source ?? {};
  checkOneOf(WHAT, `source.whose ${of}`, whose as string, ["paper", "ours"]);
  if (whose === "paper" || where !== undefined) checkText(`source.where ${of}`, where);
  const { seeds, sizes, draws } = evidenceOf(claim, preset) ?? {};
  checkText(`evidence.sizes ${of}`, sizes);
  checkOneOf(WHAT, `evidence.draws ${of}`, draws, ["nothing", "instance", "closed seed", "seed"]);
  const count = Array.isArray(seeds) ? seeds.length : seeds as number;
  const least = draws === "nothing" ? 0 : 1;
  checkInteger(WHAT, `evidence.seeds ${of}`, count, least, least === 0 ? 0 : Infinity);
}
