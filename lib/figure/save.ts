/**
 * Figures as files.
 *
 * @module
 */
import { checkKeys, checkOneOf, show } from "../check.ts";
import type { RunRecord } from "../experiment/experiment.ts";
import { cellAddress } from "../experiment/notebook/cell_address.ts";
import { type Provenance, provenance } from "../experiment/notebook/provenance.ts";
import { platform } from "../platform/mod.ts";
import { csv } from "./csv.ts";
import { drawing } from "./drawn_files.ts";
import { NoWord } from "./redraw/words.ts";
import { recordFigure } from "./redraw/record.ts";
import { inchesOf, otherSize, ownSize, svg } from "./svg.ts";
import { type Fit, fitted, templateOf } from "./template.ts";
import type { FigureSize } from "./theme.ts";
import type { Figure } from "./types.ts";

/** Options of `save`. */
export interface SaveOptions extends Fit {
  /** Folder of the paper within `out`. */
  slug: string;
  /** Folder of all figures; default: `out` of the variable LORA_DYNAMICS, else `figures`. */
  out?: string;
  /** Size to write under the plain name, or `"both"`; default: the figure's own. */
  size?: FigureSize | "both";
  /** `"tex"`: also `<id>.tex`, whose labels LaTeX sets in the document's font over `<id>-bare.pdf`. */
  labels?: "drawn" | "tex";
  /** Where the numbers come from, as it goes into the JSON file; by default what `provenance()` says. */
  provenance?: unknown;
}

const KEYS = ["slug", "out", "size", "template", "width", "labels", "provenance"];

/** What a failed writing left to say. */
function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The folder of all figures when none is named. */
function defaultOut(): string {
  const text = platform.environment("LORA_DYNAMICS");
  if (!text) return "figures";
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch (error) {
    throw new TypeError(
      `Cannot save a figure as LORA_DYNAMICS must hold a JSON object: ${reason(error)}`,
    );
  }
  const out = (settings as { out?: unknown } | null)?.out;
  if (out === undefined || out === null) return "figures";
  if (typeof out === "string" && out !== "") return out;
  throw new TypeError(
    `Cannot save a figure as out in LORA_DYNAMICS must be the path of a folder: ` +
      `current value is ${JSON.stringify(out)}`,
  );
}

function checkName(name: string, value: string): void {
  if (typeof value === "string" && /^[A-Za-z0-9][\w.-]*$/.test(value)) return;
  throw new RangeError(
    `Cannot save a figure as ${name} must be letters, digits, "_", "-" or ".", ` +
      `beginning with a letter or digit: current value is ${show(value)}`,
  );
}

/**
 * Writes `<out>/<slug>/<id>.{svg,pdf,png,csv,json}` and returns the paths.
 *
 * SVG, PDF (vectors, embedded fonts, the caption as alternative text, the commit and the command that
 * makes it again among its keywords, and as a link without a frame the notebook cell at this commit, where
 * nothing differs from it and CITATION.cff names a repository), PNG (300 dpi) show the figure; the CSV file holds the plotted
 * numbers to the last bit (several tables: one file with a first column `table`); the JSON file
 * holds caption, size, parameters, provenance, the records of the runs behind the figure (parameters in
 * force, where each comes from, seeds), and what is drawn, so that `redraw` makes the figure again from
 * these two files. With `size: "both"` the other size is written
 * besides, as `<id>-column` or `<id>-page` with `.svg`, `.pdf`, `.png`.
 *
 * With `labels: "tex"` LaTeX can set the labels: `\\input` takes `<id>.tex` where `\\includegraphics` would
 * take the PDF.
 *
 * A figure of a run whose parameters are not those of its preset goes to `<out>/<slug>/edited/`, and
 * a line on the console says so: the preset's own figures stay. So does a figure of the full preset where
 * one of the quick preset is saved: that goes to `<out>/<slug>/quick/`.
 *
 * The same figure gives the same bytes; the PDF also depends on the commit, and the JSON file on the whole
 * provenance, which has a date.
 * Everything is drawn before anything is written; new files get their names only when all of them
 * are complete, so a failure leaves finished files as they were. In a browser's notebook there is no
 * folder: the cell shows links instead, and a PDF or PNG is drawn when it is asked for.
 *
 * @param id Name of the figure, like `F3`.
 * @param figure What to draw.
 * @param options Where to, which size, and the provenance.
 * @throws {RangeError} If `id` or `slug` is no plain name.
 * @throws {Error} If the folder cannot be written; the message names it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { save, theory } from "lora-dynamics/figure/mod.ts";
 *
 * const rows = [{ mu: 0.1, time: 15 }, { mu: 0.5, time: 46 }];
 * const figure = { panels: { marks: [theory(rows, { x: "mu", y: "time" })] }, rows };
 * const out = await Deno.makeTempDir();
 * const paths = await save("F1", figure, { slug: "pre-training-hurts", out });
 * assertEquals(paths.length, 5);
 * assertEquals(await Deno.readTextFile(`${out}/pre-training-hurts/F1.csv`), "mu,time\n0.1,15\n0.5,46\n");
 * await Deno.remove(out, { recursive: true });
 * ```
 */
export async function save(id: string, figure: Figure, options: SaveOptions): Promise<string[]> {
  checkName("id", id);
  checkKeys("save a figure", options, KEYS);
  checkName("slug", options.slug);
  const { offer } = platform.notebook;
  const kinds = offer ? ["drawn"] : ["drawn", "tex"], wanted = options.labels ?? "drawn";
  const tex = checkOneOf("save a figure here", "labels", wanted, kinds) === "tex";
  const fit = fitted(figure, options);
  const own = options.size === "both" ? ownSize(fit) : options.size ?? ownSize(fit);
  const origin = options.provenance === undefined ? provenance() : options.provenance;
  const link = cellAddress(id, (origin ?? {}) as Partial<Provenance>);
  const words = {
    title: `${id}, ${options.slug}`,
    ...(fit.caption ? { alt: fit.caption } : {}),
    ...(link ? { link } : {}),
    source: sourceOf(id, fit, options.slug, origin),
  };
  const rows = csv(fit.rows), json = description(id, fit, own, options.slug, origin);
  if (offer) {
    offer(id, {
      svg: svg(fit, { size: own }),
      csv: rows,
      json,
      inches: inchesOf(fit, own),
      words,
    });
    return ["svg", "pdf", "png", "csv", "json"].map((end) => `${id}.${end}`);
  }
  const files: [string, string | Uint8Array][] = await drawing(id, fit, own, words, tex);
  files.push([`${id}.csv`, rows], [`${id}.json`, json]);
  if (options.size === "both") {
    const other = otherSize(own);
    files.push(...await drawing(`${id}-${other}`, fit, other, words, tex));
  }
  const folder = `${options.out ?? defaultOut()}/${options.slug}`;
  const edited = [...new Set(recordsOf(fit).flatMap((record) => record.edited))];
  if (edited.length > 0) {
    const paths = writeAll(`${folder}/edited`, id, files);
    console.log(`${id} is in ${folder}/edited, as ${edited.join(", ")} differ from the preset's`);
    return paths;
  }
  if (presetOf(recordsOf(fit)) === "quick" && keptPreset(`${folder}/${id}.json`) === "full") {
    const paths = writeAll(`${folder}/quick`, id, files);
    console.log(`${id} is in ${folder}/quick, as the one in ${folder} is of the full preset`);
    return paths;
  }
  return writeAll(folder, id, files);
}

/** The preset of all runs; nothing where they differ or there is none. */
function presetOf(runs: readonly { readonly preset?: unknown }[]): unknown {
  const presets = new Set(runs.map(({ preset }) => preset));
  return presets.size === 1 ? [...presets][0] : undefined;
}

/** The preset of a figure that was saved before. */
function keptPreset(path: string): unknown {
  try {
    if (!platform.files.stat(path)) return undefined;
    return presetOf(JSON.parse(platform.files.readText(path)).runs);
  } catch {
    return undefined; // whatever it is, it is no figure of ours
  }
}

function recordsOf({ run }: Figure): readonly RunRecord[] {
  return run === undefined ? [] : [run].flat();
}

/** What made a figure, in a line: the commit and the command that makes it again. */
function sourceOf(id: string, figure: Figure, slug: string, origin: unknown): string {
  const { commit, dirty, notebook } = (origin ?? {}) as Partial<Provenance>;
  const changed = dirty === true || notebook?.changed === true;
  const presets = new Set(recordsOf(figure).map(({ preset }) => preset));
  const quick = presets.has("quick") ? " --preset quick" : "";
  const state = commit ? `commit ${commit}${changed ? " with changes" : ""}; ` : "";
  return `${state}deno task reproduce ${slug} --only ${id}${quick}`;
}

function description(
  id: string,
  figure: Figure,
  size: FigureSize,
  slug: string,
  origin: unknown,
): string {
  const rows = Array.isArray(figure.rows)
    ? figure.rows.length
    : Object.fromEntries(Object.entries(figure.rows).map(([key, part]) => [key, part.length]));
  const content = {
    id,
    paper: slug,
    caption: figure.caption ?? null,
    size,
    inches: inchesOf(figure, size),
    ...(figure.template === undefined ? {} : { template: templateOf(figure) }),
    rows,
    parameters: figure.parameters ?? null,
    runs: recordsOf(figure),
    provenance: origin,
  };
  // On a line of its own: the places of marks, which nobody reads.
  const rest = JSON.stringify(content, null, 2).replace(/\n}$/, "");
  return `${rest},\n  "drawing": ${drawingOf(figure)}\n}\n`;
}

/** What `redraw` needs, or why it cannot be had. */
function drawingOf(figure: Figure): string {
  try {
    return JSON.stringify(recordFigure(figure));
  } catch (error) {
    if (error instanceof NoWord) return JSON.stringify({ none: error.message });
    throw error;
  }
}

/** Writes all files beside their final names, then moves them there. */
function writeAll(folder: string, id: string, files: [string, string | Uint8Array][]): string[] {
  const disk = platform.files;
  const mark = `.${crypto.randomUUID()}.part`;
  const written: string[] = [];
  try {
    disk.makeFolder(folder);
    for (const [name, content] of files) {
      const kind = disk.stat(`${folder}/${name}`)?.kind ?? "file";
      if (kind !== "file") throw new Error(`${name} exists and is not a file`);
      written.push(`${folder}/${name}${mark}`);
      disk.write(`${folder}/${name}${mark}`, content);
    }
    for (const [name] of files) disk.rename(`${folder}/${name}${mark}`, `${folder}/${name}`);
  } catch (error) {
    for (const path of written) disk.remove(path);
    throw new Error(
      `Cannot save figure ${id} as folder ${folder} must be writable: ${reason(error)}`,
      { cause: error },
    );
  }
  return files.map(([name]) => `${folder}/${name}`);
}
