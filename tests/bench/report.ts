/**
 * The result of `deno task bench` for people.
 *
 * @module
 */
import { type BenchRow, MARGIN } from "./compare.ts";

/** A time with its unit: `2.74 µs`. */
function time(seconds: number | null): string {
  if (seconds === null) return "–";
  const [unit, factor] = ([["s", 1], ["ms", 1e3], ["µs", 1e6], ["ns", 1e9]] as const)
    .find(([, factor]) => seconds * factor >= 1) ?? ["ns", 1e9];
  return `${Number((seconds * factor).toPrecision(3))} ${unit}`;
}

function short(ratio: number): string {
  return String(Number(ratio.toPrecision(3)));
}

function verdict({ pass, ratio, target, missing, fault }: BenchRow): string {
  if (missing !== undefined) return `${missing.name} is missing`;
  if (fault) return "FAULT of the measurement";
  if (target === null) return "";
  if (pass && ratio !== null && ratio < target) return `within ${100 * MARGIN} % (≥ ${target})`;
  return pass ? `reached (≥ ${target})` : `MISSED (≥ ${target})`;
}

/** The rows as a Markdown table. */
export function benchTable(rows: readonly BenchRow[]): string {
  const lines = rows.map((row) => [
    row.load,
    time(row.ours),
    row.peerName,
    time(row.peer),
    row.ratio === null ? "–" : short(row.ratio),
    row.spread === null ? "–" : row.spread.map(short).join(" … "),
    verdict(row),
  ]);
  const header = ["load", "ours", "peer", "its time", "ratio", "spread", "target"];
  return [header, header.map(() => "---"), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
