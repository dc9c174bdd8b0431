/**
 * One step of learning-rate rules from random states: how far the loss falls.
 *
 * @module
 */
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { stream } from "../../../random/mod.ts";
import { lossFamily, powerOfTen } from "../families.ts";
import { rescaled } from "../losses.ts";
import { rateRule, type RuleLike } from "../rules.ts";
import { type Arena, arena, drawAdapters, lossAt, randomShape, STATES } from "./_arena.ts";
import type { FuzzCell } from "./lemma_fuzz.ts";

/** What part of a fuzz of steps a cell does. */
export interface StepCell extends FuzzCell {
  /** The rules. */
  rules: readonly RuleLike[];
  /** Decades by which losses are scaled, log-uniform, so that `L` varies. */
  scales: readonly [number, number];
}

/** One step of a rule from a random state. */
export interface StepRow extends Row {
  /** Number of the state within its part: all rules start from it. */
  state: number;
  /** `L`. */
  smoothness: number;
  /** Name of the rule. */
  rule: string;
  /** Learning rate. */
  eta: number;
  /** `(J₊ − J)/(η‖∇J‖²)`. */
  decrease: number;
  /** Rounding of `decrease`, `10⁻¹⁰ (|J| + |J₊|)/(η‖∇J‖²)`. */
  noise: number;
}

/**
 * One step of each rule from random states; states with `‖∇J‖ < 10⁻¹²` are left out. Source: ours.
 */
export const stepFuzz: Task<StepCell, StepRow> = task(
  import.meta.url,
  "stepFuzz",
  (cell: StepCell, { seed }) => {
    const { kind, family, part, trials, size, rank, decades, scales } = cell;
    const rng = stream(seed, "step", kind, part), { make } = lossFamily(family);
    const rules = cell.rules.map(rateRule), rows: StepRow[] = [];
    let here!: Arena;
    for (let state = 0; state < trials; state++) {
      if (state % STATES === 0) {
        const factor = powerOfTen(rng, ...scales);
        here = arena(rescaled(make(randomShape(rng, size), rng), { factor }), rng, rank);
      }
      const { run, start, loss: { smoothness } } = here;
      drawAdapters(start, rng, powerOfTen(rng, ...decades));
      run.moveTo(start);
      run.measure();
      if (run.gradient < 1e-12) continue;
      const before = run.loss, square = run.gradient2;
      const etas = rules.map(({ rate }) => rate(run.sizes, 0));
      etas.forEach((eta, i) => {
        run.moveTo(start);
        run.step(eta);
        const after = lossAt(here), unit = eta * square;
        const decrease = (after - before) / unit;
        const noise = 1e-10 * (Math.abs(after) + Math.abs(before)) / unit;
        rows.push({ state, smoothness, rule: rules[i].name, eta, decrease, noise });
      });
    }
    return rows;
  },
);
