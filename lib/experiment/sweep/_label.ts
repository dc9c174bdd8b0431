/**
 * How an error names a cell: shortly, by what tells it from the others.
 *
 * @module
 */
import { isScalar } from "./columns.ts";
import type { Place } from "./plan.ts";

/** Longest text of a value. */
const VALUE = 80;
/** Longest label; the seed comes after it. */
const LABEL = 200;

const cut = (text: string, most: number) =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

/** A column of a cell as text, its numbers with six digits. */
function valueText(value: unknown): string {
  if (typeof value !== "string") {
    return typeof value === "number" ? `${Number(value.toPrecision(6))}` : `${value}`;
  }
  return cut(
    value.replace(
      /\d+\.\d{6,}(e[-+]?\d+)?/g,
      (digits) => `${Number(Number(digits).toPrecision(6))}`,
    ),
    VALUE,
  );
}

/**
 * Labels of the cells of a sweep: the parameters that vary between them, and the seed. Of a single cell
 * all that is a number, a text or a flag.
 */
export function cellLabels(places: readonly Place[]): (place: Place) => string {
  let varying: ReadonlySet<string> | undefined;
  const find = () => {
    const first = places[0]?.columns ?? {}, keys = new Set<string>();
    for (const { columns, seed } of places) {
      for (const key of new Set([...Object.keys(first), ...Object.keys(columns)])) {
        if (key === "seed" && seed !== undefined) continue;
        if (!Object.is(columns[key], first[key])) keys.add(key);
      }
    }
    return keys;
  };
  return ({ cell, columns, seed }) => {
    varying ??= find();
    const all = Object.keys(columns).filter((key) => seed === undefined || key !== "seed");
    const told = all.filter((key) => varying!.has(key));
    const kept = told.length > 0
      ? told
      : all.filter((key) => !Object.hasOwn(cell, key) || isScalar(cell[key]));
    // What is long comes last, so that it hides nothing else.
    const texts = kept.map((key) => `${key} = ${valueText(columns[key])}`)
      .sort((a, b) => Number(a.length > VALUE / 2) - Number(b.length > VALUE / 2));
    return [cut(texts.join(", "), LABEL), seed === undefined ? "" : `seed ${seed}`]
      .filter((part) => part !== "").join(", ");
  };
}
