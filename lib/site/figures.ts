/**
 * Figures of a notebook: those that it has saved, with their files, and those that a cell just shows.
 *
 * @module
 */
import { dark } from "./dark.ts";
import { attribute, type Html, markup, type Piece } from "./html.ts";
import type { Files } from "./files.ts";

/** Kinds of files that a saved figure has. */
export const FORMATS = ["svg", "pdf", "png", "csv", "json"] as const;

/** A drawing as it stands in a page. */
export interface Drawing {
  /** Path of its file from the page's folder; beside it lies the one for dark paper. */
  readonly file: string;
  /** Size in CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** A saved figure. */
export interface Saved extends Drawing {
  /** `"F3"`. */
  readonly id: string;
  /** Path of its files without their ends, from the page's folder. */
  readonly base: string;
  readonly caption: string;
  /** The kinds of files that are there. */
  readonly formats: readonly string[];
  /** The same figure at the width of a column, if there is one. */
  readonly narrow?: Drawing;
  /** The code cell that shows it, if one does. */
  cell?: number;
  /** Where and when it was made, as its JSON file says. */
  readonly made: Readonly<Record<string, unknown>>;
}

/** The file of the same drawing for dark paper. */
export const darkFile = (file: string): string => file.replace(/\.svg$/, ".dark.svg");

/** Scripts run in a drawing that is opened by itself, so one that holds any is refused. */
const ALIVE =
  /<(?:script|foreignObject|iframe)\b|\son\w+\s*=\s*["']|(?:href|src)\s*=\s*["'](?!#|data:image\/png)/i;

function sizeOf(svg: string, where: string): Pick<Drawing, "width" | "height"> {
  const [, width, height] = /^<svg\b[^>]*\bviewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg.trim()) ?? [];
  if (height === undefined) {
    throw new Error(`Cannot show ${where} as it must be a drawing with a viewBox from 0 0`);
  }
  if (ALIVE.test(svg)) {
    throw new Error(`Cannot show ${where} as a drawing must hold no script and no link`);
  }
  const pixels = (points: string) => Math.round(Number(points) * 96 / 72);
  return { width: pixels(width), height: pixels(height) };
}

/** The caption that a drawing carries. */
export function captionOf(svg: string): string {
  const text = /^<svg\b[^>]*\baria-label="([^"]*)"/.exec(svg.trim())?.[1] ?? "";
  const signs: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name) => signs[name]);
}

/** Order of names with numbers: F2 before F10. */
const byNumber = new Intl.Collator("en", { numeric: true }).compare;

/** Folders beside the figures of the preset: of a quick run beside full figures, of other parameters. */
const ASIDE = ["quick", "edited"];

function namesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder)).flatMap(({ name, isFile }) => isFile ? [name] : []);
  } catch {
    return []; // there need be none
  }
}

/** Puts a drawing and the one for dark paper among the files of a page. */
export function addDrawing(files: Files, folder: string, file: string, svg: string): Drawing {
  const size = sizeOf(svg, `${folder}/${file}`);
  files.write(`${folder}/${file}`, svg);
  files.write(`${folder}/${darkFile(file)}`, dark(svg));
  return { file, ...size };
}

/** All figures of a notebook. */
export class Figures {
  readonly #saved = new Map<string, Saved>();
  /** By their drawing: what adds the files of a figure and gives it. */
  readonly #known = new Map<string, () => Saved>();
  readonly #places = new Set<string>();
  #shown = 0;

  /**
   * Reads the saved figures of a notebook, and puts them among the files of its page.
   *
   * @param slug Name of the notebook.
   * @param folder Where `reproduce` has put its files.
   * @param files The files of the site.
   */
  constructor(readonly slug: string, folder: string, readonly files: Files) {
    for (const aside of ["", ...ASIDE]) {
      const names = namesIn(`${folder}/${aside}`);
      for (const id of names.flatMap((name) => /^([A-Z]\w*)\.json$/.exec(name)?.[1] ?? [])) {
        const base = aside === "" ? id : `${aside}/${id}`;
        const svg = Deno.readTextFileSync(`${folder}/${base}.svg`);
        let found: Saved | undefined;
        const add = () => found ??= this.#add(id, base, { folder, names, svg });
        this.#known.set(svg.trim(), add);
        if (aside === "") add();
      }
    }
  }

  /** The saved ones in their order: F1, F2, …, then E1, …. */
  get saved(): readonly Saved[] {
    const order = (id: string) => (id.startsWith("F") ? "0" : "1") + id;
    return [...this.#saved.values()].sort((a, b) => byNumber(order(a.id), order(b.id)));
  }

  /** Takes a figure with its files; the one that the notebook shows stands for its name. */
  #add(
    id: string,
    base: string,
    { folder, names, svg }: { folder: string; names: readonly string[]; svg: string },
  ): Saved {
    const formats = FORMATS.filter((format) => names.includes(`${id}.${format}`));
    for (const format of formats) {
      this.files.copy(`${this.slug}/${base}.${format}`, `${folder}/${base}.${format}`);
    }
    const made = JSON.parse(Deno.readTextFileSync(`${folder}/${base}.json`));
    const narrow = names.includes(`${id}-column.svg`)
      ? this.#draw(`${base}-column.svg`, Deno.readTextFileSync(`${folder}/${base}-column.svg`))
      : undefined;
    const drawing = this.#draw(`${base}.svg`, svg);
    const saved = { id, base, caption: captionOf(svg), formats, narrow, made, ...drawing };
    this.#saved.set(id, saved);
    return saved;
  }

  #draw(file: string, svg: string): Drawing {
    return addDrawing(this.files, this.slug, file, svg);
  }

  /** A drawing that a code cell has put out: the saved figure that it is, or one of its own. */
  show(svg: string, cell: number): Html {
    const saved = this.#known.get(svg.trim())?.();
    const drawing = saved ?? this.#draw(`cell-${cell}-${++this.#shown}.svg`, svg);
    const caption = captionOf(svg);
    if (saved === undefined) {
      return figure(picture(drawing, caption), caption);
    }
    const first = !this.#places.has(saved.id);
    this.#places.add(saved.id);
    saved.cell ??= cell;
    const name = markup`<b>${saved.id}.</b> ${caption} ${downloads(saved)}`;
    return figure(picture(saved, caption), name, first ? saved.id : undefined);
  }

  /** A drawing inside the output of a code cell, given as a data address. */
  inline(address: string, alt: string, cell: number): Piece {
    const [, kind, coding, data] = /^data:(image\/[\w+.-]+)[^,]*?(;base64)?,(.*)$/s.exec(address) ??
      [];
    if (kind !== "image/svg+xml") return "";
    const svg = coding
      ? new TextDecoder().decode(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)))
      : decodeURIComponent(data);
    return picture(this.#draw(`cell-${cell}-${++this.#shown}.svg`, svg), alt || captionOf(svg));
  }
}

function figure(shown: Html, caption: Piece, id?: string): Html {
  return markup`<figure${
    attribute("id", id)
  }><div class="picture">${shown}</div><figcaption>${caption}</figcaption></figure>`;
}

/** A drawing on light and on dark paper; styles show one, and only that one is loaded. */
export function picture(drawing: Drawing & { narrow?: Drawing }, alt: string, from = ""): Html {
  return markup`${one(drawing, alt, "light", from)}${one(drawing, alt, "dark", from)}`;
}

function one(
  { file, width, height, narrow }: Drawing & { narrow?: Drawing },
  alt: string,
  paper: "light" | "dark",
  from: string,
): Html {
  const at = (name: string) => from + (paper === "dark" ? darkFile(name) : name);
  const image = markup`<img src="${
    at(file)
  }" alt="${alt}" width="${width}" height="${height}" loading="lazy">`;
  const source = narrow === undefined ? "" : markup`<source media="(max-width: 30rem)"
 srcset="${at(narrow.file)}" width="${narrow.width}" height="${narrow.height}">`;
  return markup`<picture class="on-${paper}">${source}${image}</picture>`;
}

/** Links to the files of a figure. */
export function downloads({ id, base, formats }: Saved, from = ""): Html {
  const links = formats.map((format) => {
    const kind = format.toUpperCase();
    return markup`<a href="${from}${base}.${format}" download aria-label="${id} as ${kind}">${kind}</a>`;
  });
  return markup`<span class="files">${between(links)}</span>`;
}

/** Pieces with a space between them. */
function between(pieces: readonly Html[]): Piece[] {
  return pieces.flatMap((piece, i) => i === 0 ? [piece] : [" ", piece]);
}
