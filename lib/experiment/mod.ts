/**
 * Experiments: typed parameters, sweeps over grids in workers, claims, progress, provenance.
 *
 * @module
 */
export { type Displayable, jupyterDisplay } from "./display.ts";
export {
  agree,
  type Agreement,
  atMost,
  type Comparison,
  comparison,
  measureAs,
} from "./agreement.ts";
export { check, type ClaimTable } from "./check.ts";
export {
  type CheckResult,
  type Claim,
  type ClaimRow,
  type Json,
  runClaims,
  type RunClaimsOptions,
} from "./claims.ts";
export { grid, type GridCell } from "./grid.ts";
export { parameters } from "./parameters.ts";
export { type Progress, progress } from "./progress.ts";
export { type Provenance, provenance } from "./provenance.ts";
export { type Row } from "./row.ts";
export { distinct, where } from "./rows.ts";
export { byPreset, type Preset, type Settings, settings } from "./settings.ts";
export { geomspace, linspace } from "./spaced.ts";
export { type Stamp, stamp } from "./stamp.ts";
export { FolderStore } from "./folder_store.ts";
export { type CellStore, type Failure, StoreError } from "./store.ts";
export {
  type ScalarPart,
  sweep,
  SweepError,
  type SweepOptions,
  type SweepRow,
  sweepRows,
} from "./sweep.ts";
export { type SweepFile, sweepFile } from "./sweep_file.ts";
export { type Run, type Seed, type Task, task, type TaskContext } from "./task.ts";
export { ksTwoSample, median, slope, type Summary, summary } from "./statistics.ts";
