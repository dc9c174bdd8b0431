/** What many systems begin with: initial states and parameters, row by row. */
import { checkState } from "./options.ts";

/** Rows of numbers, one a system. */
type Rows = ArrayLike<ArrayLike<number>>;

/** Checks initial states and parameters; returns the numbers of systems, components and parameters. */
export function checkRows(
  what: string,
  y0s: Rows,
  params: Rows | undefined,
): { count: number; n: number; parameters: number } {
  const count = params?.length ?? y0s?.length;
  if (!(y0s?.length > 0) || (y0s.length !== count && y0s.length !== 1)) {
    throw new TypeError(
      `Cannot ${what} as y0s must have one row, or one for each of the ${count} systems: ` +
        `current number is ${y0s?.length}`,
    );
  }
  const n = rows(what, "y0s", y0s);
  return { count, n, parameters: params === undefined ? 0 : rows(what, "params", params) };
}

/** Checks rows of finite numbers of one length; returns that length. */
function rows(what: string, name: string, values: ArrayLike<ArrayLike<number>>): number {
  for (let k = 0; k < values.length; k++) {
    checkState(what, `${name}[${k}]`, values[k]);
    if (values[k].length === values[0].length) continue;
    throw new TypeError(
      `Cannot ${what} as ${name}[${k}] must have the length ${values[0].length} of ${name}[0]: ` +
        `current length is ${values[k].length}`,
    );
  }
  return values[0]?.length ?? 0;
}
