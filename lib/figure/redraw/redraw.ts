/**
 * Figures from their files.
 *
 * @module
 */
import { checkOneOf, checkString } from "../../check.ts";
import type { RunRecord } from "../../experiment/experiment.ts";
import { platform } from "../../platform/mod.ts";
import { templateOf } from "../template.ts";
import { type FigureSize, type FigureTemplate, theme } from "../theme.ts";
import type { Figure } from "../types.ts";
import { rowsOf } from "./csv_rows.ts";
import { figureOfRecord, type FigureRecord } from "./record.ts";

/** What is read of a JSON file beside a figure. */
interface Description {
  readonly caption: string | null;
  readonly size: FigureSize;
  readonly inches: number;
  readonly template?: FigureTemplate;
  readonly rows: number | Record<string, number>;
  readonly parameters: Record<string, unknown> | null;
  readonly runs: readonly RunRecord[];
  readonly drawing: FigureRecord | { readonly none: string };
}

/**
 * Figures from their JSON and CSV files alone, as `save` wrote them: no run is repeated, no notebook needed.
 *
 * Each is the figure that was saved: drawn at the size of its file it gives the same bytes of SVG, and it
 * can be drawn at the other size, or with panels changed. Numbers that stand in the CSV file are taken
 * from there, so that a corrected number moves its mark.
 *
 * What was drawn is kept, not how it was computed: labels of ticks that a function wrote are known for
 * the ticks of both sizes. A figure whose marks depend on functions of the size of the frame (such as
 * `Plot.dodgeX`) cannot be redrawn; its JSON file says so.
 *
 * @param path A JSON file of `save`, or a folder of them.
 * @returns The figures by name.
 * @throws {MissingFile} If there is no file.
 * @throws {Error} If a file does not hold what `save` writes; the message names it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { redraw, save, svg, theory } from "lora-dynamics/figure/mod.ts";
 *
 * const rows = [{ mu: 0.1, time: 15 }, { mu: 0.5, time: 46 }];
 * const figure = { panels: { marks: [theory(rows, { x: "mu", y: "time" })] }, rows };
 * const out = await Deno.makeTempDir();
 * await save("F1", figure, { slug: "demo", out });
 * const { F1 } = redraw(`${out}/demo`);
 * assertEquals(svg(F1), svg(figure));
 * await Deno.remove(out, { recursive: true });
 * ```
 */
export function redraw(path: string): Record<string, Figure> {
  checkString("redraw figures", "path", path);
  const { files } = platform;
  if (files.stat(path)?.kind !== "folder") return { [nameIn(path)]: one(path) };
  const names = files.names(path).filter((name) => name.endsWith(".json"))
    .toSorted(new Intl.Collator("en", { numeric: true }).compare);
  return Object.fromEntries(names.map((name) => [nameIn(name), one(`${path}/${name}`)]));
}

function nameIn(path: string): string {
  return path.replace(/^.*[\\/]/, "").replace(/\.json$/, "");
}

function one(path: string): Figure {
  const text = platform.files.readText(path);
  const table = path.replace(/\.json$/, ".csv"), content = platform.files.readText(table);
  const what = `redraw ${nameIn(path)}`;
  try {
    const description = JSON.parse(text) as Description, { drawing } = description;
    checkOneOf(what, "size", description.size, Object.keys(theme.inches));
    if (drawing === undefined) throw new TypeError("it must hold a drawing, as save() writes it");
    if ("none" in drawing) throw new TypeError(`it holds no drawing, as ${drawing.none}`);
    const { rows: counts, caption, parameters, runs, size, inches, template } = description;
    const rows = rowsOf(content, typeof counts === "number" ? undefined : Object.keys(counts));
    const figure = {
      ...figureOfRecord(drawing, rows, size),
      ...(template === undefined ? {} : { template }),
    };
    return {
      ...figure,
      ...(inches === templateOf(figure)[size] ? {} : { width: inches }),
      ...(caption === null ? {} : { caption }),
      ...(parameters === null ? {} : { parameters }),
      ...(runs.length > 0 ? { run: runs } : {}),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot ${what} from ${path} and ${table}: ${reason}`, { cause: error });
  }
}
