/**
 * Functions of an overlap, tabulated along the angle between the directions.
 *
 * @module
 */

/** A table with its error. */
export interface AngleTable {
  /** The function of the overlap. */
  readonly at: (m: number) => number;
  /** Largest error at places between the nodes, relative to the largest value. */
  readonly error: number;
}

/** Numbers of intervals that are tried, each twice the last so that no value is computed again. */
const COUNTS = [12, 24, 48, 96, 192];
/** What a table must agree to with values between its nodes: its successor's error is about the square. */
const AGREED = 3e-5;
/** Overlaps at which the error of a finished table is measured. */
const PLACES = [-0.973, -0.351, 0.214, 0.883];

/**
 * Chebyshev interpolation in `arccos m`, with twice as many nodes as agree to 3e-5.
 *
 * Kinks leave powers of `√(1 − |m|)`, steep activations layers at `m = ±1`: both are smooth in the angle, at whose ends
 * the nodes are dense.
 *
 * @throws {RangeError} If 192 intervals are not enough; `name` says of what.
 */
export function angleTable(f: (m: number) => number, name: string): AngleTable {
  let values = nodesOf(COUNTS[0]).map(f);
  for (const count of COUNTS.slice(1)) {
    const table = interpolate(values), nodes = nodesOf(count), before = values;
    values = nodes.map((m, i) => i % 2 ? f(m) : before[i / 2]);
    const size = Math.max(...values.map(Math.abs));
    const gap = Math.max(...nodes.map((m, i) => i % 2 ? Math.abs(table(m) - values[i]) : 0));
    if (!(gap <= AGREED * size)) continue;
    const at = interpolate(values);
    return { at, error: Math.max(...PLACES.map((m) => Math.abs(at(m) - f(m)))) / size };
  }
  throw new RangeError(
    `Cannot build a flow as what it is made of must be gentle enough for a table of ${
      COUNTS.at(-1)
    } ` +
      `nodes: current value is ${name}`,
  );
}

function nodesOf(count: number): number[] {
  return Array.from(
    { length: count + 1 },
    (_, i) => Math.cos(Math.PI * (1 - Math.cos(Math.PI * i / count)) / 2),
  );
}

/** Barycentric interpolation at the extrema of a Chebyshev polynomial. */
function interpolate(values: readonly number[]): (m: number) => number {
  const count = values.length - 1;
  const angles = values.map((_, i) => Math.PI * (1 - Math.cos(Math.PI * i / count)) / 2);
  return (m) => {
    const angle = Math.acos(Math.min(1, Math.max(-1, m)));
    let above = 0, below = 0;
    for (let i = 0; i <= count; i++) {
      const gap = angle - angles[i];
      if (gap === 0) return values[i];
      const weight = (i === 0 || i === count ? 0.5 : 1) * (i % 2 ? -1 : 1) / gap;
      above += weight * values[i];
      below += weight;
    }
    return above / below;
  };
}
