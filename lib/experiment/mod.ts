/**
 * Experiments: typed parameters, sweeps over grids in workers, claims, progress, provenance.
 *
 * @example An experiment of one's own: the mean of n draws misses 0 by 1/√n. A sweep repeats each cell for
 * its seeds, parameters are typed and documented, a change is one line.
 * ```ts
 * import { experiment, grid, param, sweep } from "lora-dynamics/experiment/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const meanErrors = experiment({
 *   name: "errors of a mean",
 *   about: "How far the mean of n normal draws is from 0.",
 *   parameters: {
 *     n: param.numbers([100, 10_000], "numbers of draws", { least: 1 }),
 *     seeds: param.integer(400, "repetitions", { least: 2 }),
 *   },
 *   quick: { seeds: 100 },
 *   run: ({ n, seeds }) =>
 *     sweep({
 *       name: "means",
 *       cells: grid({ n }),
 *       seeds: Array.from({ length: seeds }, (_, i) => `draw ${i}`),
 *       run: (cell, { seed }) => {
 *         const x = stream(seed, "draws").fillNormal(new Float64Array(cell.n));
 *         return { square: (x.reduce((sum, value) => sum + value) / cell.n) ** 2 };
 *       },
 *     }),
 *   figure: (rows) => ({ rows, caption: "Squared errors" }),
 * });
 * const { rows, parameters } = await meanErrors({ n: [50] });
 * const mean = rows.reduce((sum, { square }) => sum + square, 0) / rows.length;
 * // A squared normal has variance 2.
 * assert(Math.abs(50 * mean - 1) < 4 * Math.sqrt(2 / parameters.seeds));
 * ```
 *
 * @module
 */
export { type Displayable, jupyterDisplay } from "./notebook/display.ts";
export {
  agree,
  type Agreement,
  atMost,
  type Comparison,
  comparison,
  measureAs,
} from "./claims/agreement.ts";
export { check, type ClaimTable, othersText } from "./claims/check.ts";
export {
  type CheckResult,
  type Claim,
  type ClaimContext,
  type Draws,
  type Evidence,
  evidenceOf,
  evidenceText,
  type Json,
  type Source,
  sourceText,
} from "./claims/claim.ts";
export { withControl } from "./claims/control.ts";
export { latexNumbers } from "./claims/latex.ts";
export {
  type ClaimRow,
  type OtherSeed,
  type OtherSeeds,
  runClaims,
  type RunClaimsOptions,
} from "./claims/run.ts";
export { type Bibliography, cite, type References } from "./cite/cite.ts";
export { keyOf, type Work } from "./cite/work.ts";
export { works } from "./cite/works.ts";
export { grid, type GridCell } from "./sweep/grid.ts";
export {
  type Definition,
  type Experiment,
  experiment,
  type ExperimentContext,
  type NamedLater,
  type Overrides,
  type Recorded,
  type Refuse,
  type Result,
  type Rows,
  type RunRecord,
} from "./experiment.ts";
export {
  type Bounds,
  type ListBounds,
  param,
  type Parameter,
  type Schema,
  type Verdict,
} from "./parameters/param.ts";
export { type ByPreset, type CellParameters, parameters } from "./parameters/parameters.ts";
export {
  type Declared,
  type Layer,
  resolve,
  type Resolved,
  type Values,
} from "./parameters/resolve.ts";
export { type Progress, progress } from "./notebook/progress.ts";
export { type NotebookState, type Provenance, provenance } from "./notebook/provenance.ts";
export { type Row } from "./table/row.ts";
export { distinct, where } from "./table/rows.ts";
export { byPreset, type Preset, type Settings, settings } from "./settings.ts";
export { geomspace, linspace } from "./sweep/spaced.ts";
export { type Stamp, stamp } from "./notebook/stamp.ts";
export { FolderStore } from "./sweep/folder_store.ts";
export {
  type CellStore,
  type CodeIdentity,
  type Failure,
  StoreError,
  type TaskCode,
} from "./sweep/store.ts";
export type { ParameterColumn, ParameterColumns, SweepOptions, SweepRow } from "./sweep/options.ts";
export { sweep, SweepError, sweepRows } from "./sweep/sweep.ts";
export { type SweepFile, sweepFile } from "./sweep/sweep_file.ts";
export {
  type Run,
  type Seed,
  type Task,
  task,
  type TaskContext,
  type TaskOptions,
} from "./sweep/task.ts";
export { ksTwoSample, median, slope, type Summary, summary } from "./table/statistics.ts";
