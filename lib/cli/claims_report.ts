/**
 * What `deno task claims` says about checked claims, for people.
 *
 * @module
 */
import { type ClaimRow, type Draws, othersText, sourceText } from "../experiment/mod.ts";

function short(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(5)));
  if (Array.isArray(value)) return `[${value.map(short).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, entry]) => `${key} ${short(entry)}`);
    return `{${entries.join(", ")}}`;
  }
  return String(value);
}

/** Whether a claim holds, at other seeds too if they were asked for. */
export function holds({ pass, others }: ClaimRow): boolean {
  return pass && others?.pass !== false;
}

/** A claim in three lines, four with other seeds: verdict and statement, then the numbers. */
export function describe(row: ClaimRow): string {
  const { id, source, statement, seconds, others } = row;
  const begin = `${id.padEnd(4)} ${holds(row) ? "pass" : "FAIL"}  ${
    seconds.toFixed(1).padStart(5)
  } s`;
  return [
    `${begin}  ${statement} (${sourceText(source)})`,
    `           measured ${short(row.measured)}`,
    `           expected ${short(row.expected)}  (${row.tolerance})`,
    ...others ? [`           ${others.pass ? "pass" : "FAIL"}: ${othersText(others)}`] : [],
  ].join("\n");
}

const WHY: Readonly<Record<Exclude<Draws, "seed">, string>> = {
  "nothing": "nothing is drawn",
  "instance": "drawn once, as a reference has it",
  "closed seed": "closed seed: cannot be tried at another one yet",
};

/** What was repeated at other seeds, what was not and why: lines for the end of a run. */
export function seedsReport(rows: readonly ClaimRow[]): string {
  const repeated = rows.filter(({ others }) => others), good = repeated.filter(holds);
  const lines = [
    `at other seeds: ${good.length} of ${repeated.length} statistical claims hold, with controls ` +
    `that fail, at 95 % of the seeds`,
  ];
  const uncontrolled = repeated.filter(({ others }) => others!.controlFails === undefined);
  const list = (group: readonly ClaimRow[]) =>
    group.map(({ paper, id }) => `${paper} ${id}`).join(", ");
  if (uncontrolled.length > 0) lines.push(`  without a control: ${list(uncontrolled)}`);
  for (const [draws, why] of Object.entries(WHY)) {
    const group = rows.filter(({ evidence }) => evidence.draws === draws);
    if (group.length > 0) lines.push(`  not repeated, ${why}: ${list(group)}`);
  }
  return lines.join("\n");
}
