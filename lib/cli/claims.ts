/**
 * `deno task claims`: checks the claims of all papers, or of the named ones, without a notebook.
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import { type Claim, type ClaimRow, runClaims } from "../experiment/mod.ts";
import { type Arguments, runTask, UsageError } from "./args.ts";
import { inRoot } from "./paths.ts";
import { PRESETS, USAGES } from "./usages.ts";

/** The claims of every paper, by the name of its notebook. */
async function allClaims(): Promise<Map<string, Claim[]>> {
  const papers = Array.from(Deno.readDirSync(inRoot("lib", "papers")))
    .filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
  const found = new Map<string, Claim[]>();
  for (const paper of papers) {
    const { claims } = await import(pathToFileURL(inRoot("lib", "papers", paper, "mod.ts")).href);
    if (Array.isArray(claims)) found.set(paper.replaceAll("_", "-"), claims);
  }
  return found;
}

function oneOf(known: Iterable<string>, name: string, value: string): string {
  const list = [...known];
  if (list.includes(value)) return value;
  throw new UsageError(
    `Cannot run claims as ${name} must be one of ${list.join(", ")}: current value is "${value}"`,
  );
}

function short(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(5)));
  if (Array.isArray(value)) return `[${value.map(short).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, entry]) => `${key} ${short(entry)}`);
    return `{${entries.join(", ")}}`;
  }
  return String(value);
}

/** A claim in three lines: the verdict and the statement, then the numbers. */
function describe({ id, source, statement, pass, seconds, ...row }: ClaimRow): string {
  const verdict = pass ? "pass" : "FAIL";
  return [
    `${id.padEnd(4)} ${verdict}  ${source.padEnd(5)}  ${
      seconds.toFixed(1).padStart(5)
    } s  ${statement}`,
    `           measured ${short(row.measured)}`,
    `           expected ${short(row.expected)}  (${row.tolerance})`,
  ].join("\n");
}

async function claims(args: Arguments): Promise<number> {
  const preset = args.oneOf("preset", PRESETS, "full");
  const json = args.flag("json");
  const all = await allClaims();
  const papers = args.words.length > 0
    ? [...new Set(args.words)].map((word) => oneOf(all.keys(), "notebook", word))
    : [...all.keys()];
  const chosen = papers.flatMap((paper) => all.get(paper)!);
  const ids = new Set(chosen.map(({ id }) => id));
  const only = args.text("only")?.split(",").map((id) => oneOf(ids, "--only", id.trim()));

  const show = json ? console.error : console.log;
  const rows: ClaimRow[] = [];
  const start = performance.now();
  for (const paper of papers) {
    const own = all.get(paper)!.filter(({ id }) => only === undefined || only.includes(id));
    if (own.length === 0) continue;
    show(`${paper} (${preset})`);
    const onRow = (row: ClaimRow) => show(describe(row));
    rows.push(...await runClaims(own, preset, { progress: Deno.stderr.isTerminal(), onRow }));
  }
  const failed = rows.filter(({ pass }) => !pass).map(({ paper, id }) => `${paper} ${id}`);
  if (json) console.log(JSON.stringify(rows, null, 2));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  show(`${rows.length - failed.length} of ${rows.length} claims hold, ${seconds} s`);
  if (failed.length > 0) show(`failing: ${failed.join(", ")}`);
  return failed.length > 0 ? 1 : 0;
}

if (import.meta.main) await runTask("claims", USAGES.claims, claims);
