/**
 * One line of a tidy table: column name → scalar. Sweeps return rows, figures plot them.
 *
 * Numbers may be `NaN` or `±Infinity` (a run that never left its plateau has no exit time); they
 * keep their value between workers, and JSON and CSV write them as `null` or an empty field.
 *
 * @example
 * ```ts
 * import type { Row } from "lora-dynamics/experiment/mod.ts";
 *
 * const rows: Row[] = [{ mu: 0.5, activation: "erf", exitTime: 45.59 }];
 * ```
 */
export type Row = Record<string, number | string | boolean | null>;
