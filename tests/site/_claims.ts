/**
 * Rows of checked claims that no run has made.
 *
 * @module
 */
import type { ClaimRow } from "../../lib/experiment/mod.ts";

/** One row. */
export function claimRow(row: Partial<ClaimRow> = {}): ClaimRow {
  return {
    id: "C1",
    paper: "lora-one",
    statement: "One and one are two",
    source: { whose: "paper", where: "Theorem 3.1" },
    falsifier: "A sum of one and one that is not two",
    evidence: { seeds: 4, sizes: "d = 10 ... 1000", draws: "seed" },
    preset: "quick",
    seconds: 0.25,
    measured: { sum: 2.0000001, "at d = 10": [1, 2] },
    expected: { sum: 2, "at d = 10": [1, 2] },
    tolerance: "rel 1e-6",
    pass: true,
    ...row,
  };
}

/** Rows with these ids. */
export function claims(paper: string, ids: readonly string[]): ClaimRow[] {
  return ids.map((id, i) =>
    claimRow({
      id,
      paper,
      source: i % 2 === 0 ? { whose: "ours" } : { whose: "paper", where: "§3" },
    })
  );
}
