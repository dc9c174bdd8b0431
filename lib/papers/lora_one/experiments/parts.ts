/** Seeds, means and places of tables. */
import { summary } from "../../../experiment/mod.ts";
import type { Place, Spread } from "../../../figure/mod.ts";

/** Seeds `seed/0`, `seed/1`, …. */
export function copiesOf(seed: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${seed}/${i}`);
}

/** A mean with bars of ± one standard error; of logarithms where asked for. One value has no bar. */
export function meanAt(
  x: number,
  values: readonly number[],
  log = false,
): { readonly mark: Place; readonly bar: Spread[] } {
  const { mean, se, n } = summary(log ? values.map(Math.log) : values);
  const back = log ? Math.exp : (y: number) => y, mark = { x, y: back(mean) };
  if (n < 2 || !Number.isFinite(se)) return { mark, bar: [] };
  return { mark, bar: [{ ...mark, low: back(mean - se), high: back(mean + se) }] };
}

/** Means of several places as the marks and bars of a series. */
export function meansOf(
  groups: readonly (readonly [x: number, values: readonly number[]])[],
  log = false,
): { readonly marks: Place[]; readonly bars: Spread[] } {
  const each = groups.map(([x, values]) => meanAt(x, values, log));
  return { marks: each.map(({ mark }) => mark), bars: each.flatMap(({ bar }) => bar) };
}

/** How many copies, in words: error bars or none. */
export function copiesWords(count: number, what = "draws"): string {
  return count === 1
    ? "one draw, no error bars"
    : `means of ${count} ${what}, bars ± one standard error`;
}

/** Runs of less than a second: two workers take longer to start. */
export const HERE = { workers: 0 } as const;
