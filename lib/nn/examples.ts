import { checkFloats, checkInteger } from "../check.ts";
import type { Tensor } from "./_tensor.ts";

/** Inputs with labels or targets; what `digits` returns is of this form. */
export interface Examples {
  /** Number of examples, at least 1. */
  readonly count: number;
  /** Inputs, `count × inputs`, row-major. */
  readonly x: Float64Array;
  /** Classes 0 … outputs − 1, one each: the target is 1 in this place and 0 elsewhere. */
  readonly label?: ArrayLike<number>;
  /** Targets, `count × outputs`, row-major, instead of labels. */
  readonly target?: Float64Array;
}

/** Checks the sizes against those of a network. */
export function checkExamples(
  what: string,
  data: Examples,
  inputs: number,
  outputs: number,
): void {
  const { count, x, label, target } = data;
  checkInteger(what, "count", count, 1);
  checkFloats(what, `x of ${count} examples with ${inputs} inputs`, x, count * inputs);
  if (target) {
    checkFloats(
      what,
      `target of ${count} examples with ${outputs} outputs`,
      target,
      count * outputs,
    );
    return;
  }
  if (label?.length === count) return;
  throw new TypeError(
    `Cannot ${what} as label must have ${count} entries, or target be given: ` +
      `current value is ${label ? `one of ${label.length}` : "undefined"}`,
  );
}

/** Copies inputs and targets of `x.rows` examples: numbers `from`, … or those listed in `rows`. */
export function loadExamples(
  what: string,
  data: Examples,
  rows: ArrayLike<number> | undefined,
  from: number,
  x: Tensor,
  target: Tensor,
): void {
  const n = x.rows, inputs = x.columns, outputs = target.columns;
  if (!rows) x.data.set(data.x.subarray(from * inputs, (from + n) * inputs));
  for (let i = 0; i < n; i++) {
    const row = rows ? rows[from + i] : from + i;
    if (rows && !(Number.isInteger(row) && row >= 0 && row < data.count)) {
      checkInteger(what, `rows[${from + i}]`, row, 0, data.count - 1);
    }
    if (rows) x.data.set(data.x.subarray(row * inputs, (row + 1) * inputs), i * inputs);
    const at = i * outputs;
    if (data.target) {
      for (let k = 0; k < outputs; k++) target.data[at + k] = data.target[row * outputs + k];
    } else if (data.label) {
      const label = data.label[row];
      if (!(Number.isInteger(label) && label >= 0 && label < outputs)) {
        checkInteger(what, `label[${row}]`, label, 0, outputs - 1);
      }
      for (let k = 0; k < outputs; k++) target.data[at + k] = k === label ? 1 : 0;
    }
  }
}
