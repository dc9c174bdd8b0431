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
import { paperNames } from "./files.ts";
import { inRoot, userFolder } from "./paths.ts";
import { PRESETS, USAGES } from "./usages.ts";

/** The claims of every paper, by the name of its notebook. */
export async function allClaims(): Promise<Map<string, readonly Claim[]>> {
  const found = new Map<string, readonly Claim[]>();
  for (const name of paperNames()) {
    const module = inRoot("lib", "papers", name.replaceAll("-", "_"), "mod.ts");
    const { claims } = await import(pathToFileURL(module).href);
    found.set(name, claims);
  }
  return found;
}

/** The ids that are asked for, which the chosen papers must have. */
function idsOf(args: Arguments, claims: readonly Claim[]): string[] | undefined {
  const known = [...new Set(claims.map(({ id }) => id))], wanted = args.list("only");
  const unknown = wanted?.find((id) => !known.includes(id));
  if (unknown === undefined) return wanted;
  throw new UsageError(
    `Cannot run claims as --only must be one of ${known.join(", ")}: current value is "${unknown}"`,
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
  return { json, latex, ...out === undefined ? {} : { out: writable(out) } };
}

/** The path of a file that can be written: better to know before the checks than after them. */
function writable(name: string): string {
  const path = resolve(userFolder(), name);
  try {
    Deno.openSync(path, { create: true, append: true }).close();
  } catch (error) {
    throw new UsageError(
      `Cannot run claims as --out must be a file that can be written: current value is "${name}" ` +
        `(${(error as Error).message})`,
    );
  }
  return path;
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
  const papers = args.words.length > 0 ? [...new Set(args.words)] : [...all.keys()];
  const only = idsOf(args, papers.flatMap((paper) => all.get(paper)!));

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
