/**
 * `deno task claims`: checks the claims of all papers, or of the named ones, without a notebook.
 *
 * @module
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Claim, type ClaimRow, latexNumbers, runClaims } from "../experiment/mod.ts";
import { type Arguments, runTask, UsageError } from "./args.ts";
import { describe, holds, seedsReport } from "./claims_report.ts";
import { inRoot, userFolder } from "./paths.ts";
import { PRESETS, USAGES } from "./usages.ts";

/** The claims of every paper, by the name of its notebook. */
async function allClaims(): Promise<Map<string, readonly Claim[]>> {
  const papers = Array.from(Deno.readDirSync(inRoot("lib", "papers")))
    .filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
  const found = new Map<string, readonly Claim[]>();
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

/** Where and in what form the rows go, beside the report. */
function exportOf(args: Arguments): { json: boolean; latex: boolean; out?: string } {
  const json = args.flag("json"), latex = args.flag("latex"), out = args.text("out");
  if (json && latex) {
    throw new UsageError(
      "Cannot run claims as --json and --latex must not stand together: both do",
    );
  }
  if (out !== undefined && !json && !latex) {
    throw new UsageError(
      "Cannot run claims as --out must come with --json or --latex: neither does",
    );
  }
  return { json, latex, ...out === undefined ? {} : { out: resolve(userFolder(), out) } };
}

/** Writes rows as JSON or LaTeX, to a file or to standard output. */
function write(rows: readonly ClaimRow[], { json, out }: { json: boolean; out?: string }): void {
  const text = json ? JSON.stringify(rows, null, 2) : latexNumbers(rows).trimEnd();
  if (out === undefined) console.log(text);
  else Deno.writeTextFileSync(out, `${text}\n`);
}

/**
 * Checks claims as the command line says: rows for people as they come, then the rest.
 *
 * @returns The exit code: 1 if a claim does not hold.
 */
export async function checkClaims(
  args: Arguments,
  all: ReadonlyMap<string, readonly Claim[]>,
): Promise<number> {
  const preset = args.oneOf("preset", PRESETS, "full"), seed = args.text("seed");
  const seeds = args.integer("seeds"), timeout = args.integer("timeout");
  const target = exportOf(args);
  const papers = args.words.length > 0
    ? [...new Set(args.words)].map((word) => oneOf(all.keys(), "notebook", word))
    : [...all.keys()];
  const ids = new Set(papers.flatMap((paper) => all.get(paper)!).map(({ id }) => id));
  const only = args.text("only")?.split(",").map((id) => oneOf(ids, "--only", id.trim()));

  const terminal = Deno.stderr.isTerminal();
  const print = target.json || target.latex ? console.error : console.log;
  const show = (text: string) => {
    // The bar stands on the line where the text must begin; it is drawn again below the text.
    if (terminal) Deno.stderr.writeSync(new TextEncoder().encode("\r\x1b[2K"));
    print(text);
  };
  const rows: ClaimRow[] = [];
  const start = performance.now();
  for (const paper of papers) {
    const own = all.get(paper)!.filter(({ id }) => only === undefined || only.includes(id));
    if (own.length === 0) continue;
    show(`${paper} (${preset})`);
    const onRow = (row: ClaimRow) => show(describe(row));
    const options = { seed, seeds, timeout, progress: terminal, onRow };
    rows.push(...await runClaims(own, preset, options));
  }
  const failed = rows.filter((row) => !holds(row)).map(({ paper, id }) => `${paper} ${id}`);
  if (target.json || target.latex) write(rows, target);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (seeds !== undefined) show(seedsReport(rows));
  show(`${rows.length - failed.length} of ${rows.length} claims hold, ${seconds} s`);
  if (failed.length > 0) show(`failing: ${failed.join(", ")}`);
  return failed.length > 0 ? 1 : 0;
}

if (import.meta.main) {
  await runTask("claims", USAGES.claims, async (args) => checkClaims(args, await allClaims()));
}
