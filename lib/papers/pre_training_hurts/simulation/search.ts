/**
 * Simulations of the search phase: exit times, curriculum, adaptive batch, noise floor.
 *
 * @module
 */
import { firstPassage, LinearChain, SingleIndexChain } from "../../../chain/mod.ts";
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { activation } from "../../../gaussian/mod.ts";
import { stream } from "../../../random/mod.ts";
import { model, openChain, rngOf, type RunCell } from "./run.ts";

/** An exit experiment. */
export interface ExitCell extends RunCell {
  /** Threshold of `|m|`. */
  readonly radius: number;
  /** Steps after which a copy is given up. */
  readonly maxSteps: number;
}

/** One copy's exit. */
export interface ExitRow extends Row {
  /** Number of the copy. */
  copy: number;
  /** Exit step, log-interpolated; `null` when it was not reached. */
  exit: number | null;
}

/**
 * Steps of one-pass SGD until `|m|` reaches `radius`, one row per copy; exact in law.
 *
 * @example
 * ```ts
 * import { exitTimes } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = await exitTimes({
 *   student: "x", mu: 0.5, d: 1000, batch: 500, step: 0.2, copies: 3, radius: 0.5, maxSteps: 1000,
 * });
 * assertEquals(rows.length, 3);
 * ```
 */
export const exitTimes: Task<ExitCell, ExitRow> = task(
  import.meta.url,
  "exitTimes",
  (cell: ExitCell, { seed }): ExitRow[] => {
    const { radius, maxSteps } = cell;
    const times = firstPassage(openChain(cell, rngOf(cell, seed)), { radius, maxSteps });
    return Array.from(times, (t, copy) => ({ copy, exit: Number.isNaN(t) ? null : t }));
  },
);

/** A two-stage run: labels that carry no sign, a flip, then the true labels. */
export interface CurriculumCell extends RunCell {
  /** Labels of stage 1: none (zero), or the squared labels of the authors' run. */
  readonly stage1: "zero" | "squared";
  /** Stage 1 ends when every `|m| ≥ 0.95`, or after this many steps. */
  readonly maxSteps: number;
  /** Steps of stage 2. */
  readonly stage2Steps: number;
  /** Steps between kept points; 0 keeps only the ends of the stages. */
  readonly every: number;
}

/** One copy at one moment of a two-stage run. */
export interface CurriculumRow extends Row {
  /** Number of the copy. */
  copy: number;
  /** Steps made. */
  at: number;
  /** 1 before the flip, 2 from the flip on. */
  stage: number;
  /** `|m|`. */
  m: number;
  /** `s = w·ω⋆`. */
  s: number;
}

/**
 * Sign-flip curriculum: stage 1 shrinks `w`, then the sign of `u` is flipped where `um < 0`, then
 * stage 2 trains on the labels.
 *
 * Source: procedure: code of nwemadji2026when; pre-training-hurts §3.9.
 *
 * @example
 * ```ts
 * import { curriculum } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const rows = [await curriculum({
 *   student: "He3", mu: 0.4, d: 1000, batch: 500, step: 0.1, copies: 1,
 *   stage1: "zero", maxSteps: 3000, stage2Steps: 10, every: 0,
 * })].flat();
 * // The flip mirrors s at μ.
 * assertAlmostEquals(rows[1].s + rows[2].s, 2 * 0.4, 1e-12);
 * ```
 */
export const curriculum: Task<CurriculumCell, CurriculumRow> = task(
  import.meta.url,
  "curriculum",
  (cell: CurriculumCell, { seed }): CurriculumRow[] => {
    const rng = rngOf(cell, seed), target = model(cell);
    const teacher = cell.stage1 === "squared" ? activation(`${cell.student}^2`) : activation("0");
    const rows: CurriculumRow[] = [];
    let offset = 0;
    const keep = (chain: SingleIndexChain, stage: number) => {
      for (let copy = 0; copy < cell.copies; copy++) {
        rows.push({
          copy,
          at: offset + chain.steps,
          stage,
          m: Math.abs(chain.state.m(copy)),
          s: chain.state.s(copy, cell.mu),
        });
      }
    };
    const first = new SingleIndexChain({ ...target, teacher }, cell.copies, rng);
    keep(first, 1);
    const aligned = () => first.state.a.every((m) => Math.abs(m) >= 0.95);
    while (first.steps < cell.maxSteps && !aligned()) {
      first.step();
      if (cell.every > 0 && first.steps % cell.every === 0) keep(first, 1);
    }
    if (cell.every === 0 || first.steps % cell.every !== 0) keep(first, 1);
    const second = new SingleIndexChain(target, cell.copies, rng.stream("stage 2"));
    offset = first.steps;
    second.state.a.set(first.state.a);
    second.state.h.set(first.state.h);
    second.state.u.set(first.state.u.map((u, c) => u * first.state.m(c) < 0 ? -u : u));
    keep(second, 2);
    for (let k = 1; k <= cell.stage2Steps; k++) {
      second.step();
      if (k === cell.stage2Steps || cell.every > 0 && k % cell.every === 0) keep(second, 2);
    }
    return rows;
  },
);

/** Samples needed by the linear model under a rule for the batch. */
export interface SamplesCell extends Omit<RunCell, "student" | "teacher" | "batch"> {
  /** Name of the rule, a column of the rows. */
  readonly rule: "adaptive" | "constant";
  /** Batch while `u` is small. */
  readonly least: number;
  /** The batch is `max(least, factor·u²)`, rounded up; 0: constant batch. */
  readonly factor: number;
  /** Threshold of `|m|`. */
  readonly radius: number;
  /** Steps after which a copy is given up. */
  readonly maxSteps: number;
}

/**
 * Samples (in units of `d`) until `|m|` reaches `radius`, one row per copy; `null` if it did not.
 *
 * Source: ours, pre-training-hurts §3.10 (d).
 *
 * @example
 * ```ts
 * import { samplesToLearn } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const rows = await samplesToLearn({
 *   mu: 0.5, d: 1e5, step: 0.1, copies: 2, rule: "constant", least: 1e4, factor: 0,
 *   radius: 0.5, maxSteps: 2000,
 * });
 * assert([rows].flat().every(({ samples }) => samples! > 1));
 * ```
 */
export const samplesToLearn: Task<SamplesCell, { copy: number; samples: number | null }> = task(
  import.meta.url,
  "samplesToLearn",
  (cell: SamplesCell, { seed }) => {
    const { mu, d, step, stepOmega = step, least, factor, copies, radius } = cell;
    const batch = (u: number) => Math.ceil(Math.max(least, factor * u * u));
    const x = activation("x");
    const rng = stream(seed, "samples", mu);
    const model = { student: x, d, frozen: [mu], batch, step: [step, stepOmega] as const };
    const chain = new LinearChain(model, copies, rng);
    const samples: (number | null)[] = new Array(copies).fill(null);
    for (let k = 0; k < cell.maxSteps && samples.includes(null); k++) {
      chain.step();
      for (let c = 0; c < copies; c++) {
        if (Math.abs(chain.state.m(c)) >= radius) samples[c] ??= chain.samples[c] / d;
      }
    }
    return samples.map((value, copy) => ({ copy, samples: value }));
  },
);

/** Stationary noise of the linear model. */
export interface FloorCell extends Omit<RunCell, "student" | "teacher" | "stepOmega"> {
  /** Variance Δ of the label noise. */
  readonly noise: number;
  /** Steps before averaging, from the optimum. */
  readonly burnIn: number;
  /** Steps averaged over. */
  readonly steps: number;
}

/**
 * Time averages of `1 − |m|` and of the excess risk around the optimum, one row per copy.
 *
 * Assumes: linear target, label noise. Scale: steps.
 * Source: ours, pre-training-hurts §3.10 (c).
 *
 * @example
 * ```ts
 * import { stationaryNoise } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [row] = [await stationaryNoise({
 *   mu: 0.5, d: 1e5, batch: 1e5, step: 0.1, noise: 0.5, copies: 1, burnIn: 500, steps: 500,
 * })].flat();
 * assertAlmostEquals(row.gap, 0.0125, 5e-4);
 * ```
 */
export const stationaryNoise: Task<
  FloorCell,
  { copy: number; gap: number; excessRisk: number }
> = task(
  import.meta.url,
  "stationaryNoise",
  (cell: FloorCell, { seed }) => {
    const { mu, d, batch, step, noise, copies } = cell;
    const model = { student: activation("x"), d, frozen: [mu], batch, step, noise };
    const rng = stream(seed, "floor", mu, batch);
    const chain = new LinearChain(model, copies, rng, { u: 1 - mu, a: [1] });
    const { state } = chain;
    chain.run(cell.burnIn);
    const gap = new Float64Array(cell.copies), excess = new Float64Array(cell.copies);
    for (let k = 0; k < cell.steps; k++) {
      chain.step();
      for (let c = 0; c < cell.copies; c++) {
        const m = state.m(c), u = state.u[c], h = state.h[c];
        gap[c] += h * h / (1 + Math.abs(m)) / cell.steps;
        excess[c] += ((cell.mu + u * m - 1) ** 2 + (u * h) ** 2) / 2 / cell.steps;
      }
    }
    return Array.from(gap, (value, copy) => ({ copy, gap: value, excessRisk: excess[copy] }));
  },
);
