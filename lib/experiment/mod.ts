/**
 * Experiments: typed parameters, sweeps over grids in workers, claims, progress, provenance.
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
