/**
 * Every method at its best learning rate, and whether the grid of rates has an optimum at all.
 *
 * @module
 */
import { distinct, type Row, summary, where } from "../../../../experiment/mod.ts";

/** What is needed of a row. */
export interface RateRow extends Row {
  /** Seed. */
  readonly seed: string;
  /** Method. */
  readonly method: string;
  /** Update rule. */
  readonly optimizer: string;
  /** Learning rate. */
  readonly rate: number;
  /** Step. */
  readonly at: number;
  /** Training loss at the end, infinite when the run diverged. */
  readonly final: number;
  /** Steps to the threshold; null: not reached. */
  readonly hit: number | null;
  /** Test accuracy; null: diverged. */
  readonly accuracy: number | null;
  /** Whether the run diverged. */
  readonly diverged: boolean;
}

/** A mean over seeds. */
export interface Mean {
  /** Null when a seed has no value. */
  readonly mean: number | null;
  /** Standard error; null for a single seed. */
  readonly se: number | null;
}

/** A method at the rate of least mean final loss. */
export interface BestRate {
  /** Method. */
  readonly method: string;
  /** Update rule. */
  readonly optimizer: string;
  /** The rate. */
  readonly rate: number;
  /** Where it lies in the grid: at an end, the optimum is not known. */
  readonly place: "inside" | "lower end" | "upper end" | "only rate";
  /** Final training loss. */
  readonly loss: Mean;
  /** Steps to the threshold. */
  readonly steps: Mean;
  /** Test accuracy. */
  readonly accuracy: Mean;
  /** Runs that diverged, over all rates and seeds. */
  readonly diverged: number;
}

function meanOf(values: readonly (number | null)[]): Mean {
  const known = values.filter((x) => x !== null);
  if (known.length < values.length) return { mean: null, se: null };
  const { mean, se, n } = summary(known);
  return { mean, se: n > 1 && Number.isFinite(mean) ? se : null };
}

/** Mean final loss over seeds, infinite where a run diverged. */
export function finalLoss(runs: readonly RateRow[]): number {
  return summary(runs.map(({ final }) => final)).mean;
}

/** The best rate of each method by each update rule: rules first, in the order of the rows. */
export function bestRates(rows: readonly RateRow[]): BestRate[] {
  const ends = where(rows, "at", 0);
  return distinct(ends, "optimizer").flatMap((optimizer) =>
    distinct(ends, "method").map((method) => {
      const here = where(where(ends, "optimizer", optimizer), "method", method);
      const rates = distinct(here, "rate").toSorted((a, b) => a - b);
      const losses = rates.map((rate) => finalLoss(where(here, "rate", rate)));
      const i = losses.indexOf(Math.min(...losses)), best = where(here, "rate", rates[i]);
      return {
        ...{ method, optimizer, rate: rates[i], place: placeOf(i, rates.length) },
        loss: meanOf(best.map(({ final }) => final)),
        steps: meanOf(best.map(({ hit }) => hit)),
        accuracy: meanOf(best.map(({ accuracy }) => accuracy)),
        diverged: here.filter(({ diverged }) => diverged).length,
      };
    })
  );
}

function placeOf(i: number, count: number): BestRate["place"] {
  if (count === 1) return "only rate";
  if (i === 0) return "lower end";
  return i === count - 1 ? "upper end" : "inside";
}

/** Names in a sentence: those, or all but the others, whichever is shorter. */
function among(chosen: readonly string[], all: readonly string[]): string {
  const others = all.filter((name) => !chosen.includes(name));
  if (others.length === 0) return "all";
  return others.length < chosen.length ? `all but ${others.join(", ")}` : chosen.join(", ");
}

/** The sentence that a caption owes its reader: which optima the grid of rates does not hold. */
export function edgeSentence(best: readonly BestRate[]): string {
  const parts = distinct(best, "optimizer").flatMap((optimizer) => {
    const here = where(best, "optimizer", optimizer);
    const ends = here.filter(({ place }) => place !== "inside").map(({ method }) => method);
    const names = among(ends, here.map(({ method }) => method));
    return ends.length === 0 ? [] : [`${ends.length} of ${here.length} by ${optimizer} (${names})`];
  });
  if (parts.length === 0) return "Every best rate lies inside its grid.";
  return `The best rate is at an end of its grid for ${parts.join(", ")}: these losses, and any ` +
    "ratio or order that rests on them, are the grid's and not the method's.";
}

/** A method beside the one of least loss by the same update rule. */
export interface Verdict {
  /** Method. */
  readonly method: string;
  /** Update rule. */
  readonly optimizer: string;
  /** The method of least mean loss. */
  readonly against: string;
  /** Geometric mean over seeds of the ratio of final losses. */
  readonly ratio: number;
  /** Standard error of its logarithm; null for a single seed. */
  readonly se: number | null;
  /** `best`, `behind`, `tie`, or `edge`: an end of a grid decides nothing. */
  readonly verdict: "best" | "behind" | "tie" | "edge" | "one seed";
}

/** Final losses of a method at a rate, by seed. */
function bySeed(
  rows: readonly RateRow[],
  { method, optimizer, rate }: BestRate,
): Map<unknown, number> {
  const here = where(
    where(where(where(rows, "at", 0), "method", method), "optimizer", optimizer),
    "rate",
    rate,
  );
  return new Map(here.map((row) => [row.seed, row.final]));
}

/**
 * Whether a method is behind the best one, seed by seed, each at its best rate: behind are those whose mean
 * logarithm of the ratio is four standard errors above 0; nothing is said where an optimum lies at the end of its grid.
 */
export function verdicts(rows: readonly RateRow[], reference?: string): Verdict[] {
  const best = bestRates(rows);
  return best.map((each): Verdict => {
    const here = where(best, "optimizer", each.optimizer);
    const least = here.find(({ method }) => method === reference) ??
      here.toSorted((a, b) => (a.loss.mean ?? Infinity) - (b.loss.mean ?? Infinity))[0];
    const theirs = bySeed(rows, least),
      logs = [...bySeed(rows, each)]
        .map(([seed, loss]) => Math.log(loss / theirs.get(seed)!));
    const { mean, se, n } = summary(logs),
      names = { method: each.method, optimizer: each.optimizer };
    const known = { ...names, against: least.method, ratio: Math.exp(mean), se: n > 1 ? se : null };
    const ends = [each, least].some(({ place }) => place !== "inside");
    if (each === least) return { ...known, ratio: 1, verdict: ends ? "edge" : "best" };
    if (ends) return { ...known, verdict: "edge" };
    if (n < 2) return { ...known, verdict: "one seed" };
    return { ...known, verdict: mean > 4 * se ? "behind" : "tie" };
  });
}
