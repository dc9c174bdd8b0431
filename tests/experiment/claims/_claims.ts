/**
 * Small claims for the tests of this folder.
 *
 * @module
 */
import type { CheckResult, Claim } from "lora-dynamics/experiment/mod.ts";

/** A claim whose texts hold what HTML must escape, with the given check. */
export function claim(id: string, check: Claim["check"], more: Partial<Claim> = {}): Claim {
  return {
    id,
    paper: "lora-one",
    statement: `Statement of ${id} with x < y & "quotes"`,
    source: { whose: "ours" },
    falsifier: `Any number but the one of ${id}`,
    evidence: { seeds: 0, sizes: "one number", draws: "nothing" },
    check,
    ...more,
  };
}

/** A result that agrees. */
export const agreeing: CheckResult = {
  measured: { x: 1 / 3 },
  expected: { x: 0.3333 },
  tolerance: "abs 1e-3",
  pass: true,
};

/** A result that disagrees. */
export const disagreeing: CheckResult = { ...agreeing, measured: { x: 1.5 }, pass: false };

/** A claim that agrees. */
export function good(id: string, more: Partial<Claim> = {}): Claim {
  return claim(id, () => agreeing, more);
}

/** Evidence of a claim that follows the seed. */
export const SEEDED: Claim["evidence"] = { seeds: 4, sizes: "4 draws", draws: "seed" };

/** What a notebook shows of a value. */
export function shown(value: object): Record<string, string> {
  return (value as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]();
}
