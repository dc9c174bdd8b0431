/**
 * Widths and text heights of the templates of conferences and journals.
 *
 * @module
 */
import { checkKeys, checkOneOf, checkString, checkWithin } from "../check.ts";
import { type FigureSize, type FigureTemplate, theme } from "./theme.ts";
import type { Figure } from "./types.ts";

/** Inches of a length in TeX's points. */
const fromTeX = (points: number): number => points / 72.27;

/** Height of small letters over the height of the font: of the captions' fonts and of ours, DejaVu Sans. */
const TIMES = 0.45, COMPUTER_MODERN = 0.43, OURS = 0.547;

/** Height of labels, 7 to 9 points in halves, whose letters are as tall as those of captions. */
function beside(captions: number, letters: number): number {
  return Math.min(9, Math.max(7, Math.round(2 * captions * letters / OURS) / 2));
}

/** A template of one column. */
function oneColumn(width: number, fontSize: number, source: string): FigureTemplate {
  return { column: width, page: width, fontSize, source };
}

const KEYS = ["column", "page", "fontSize", "source"];

/**
 * Templates by name. Labels, in DejaVu Sans, look as tall as the template's captions: its small letters
 * are 0.55 of its height, those of Times 0.45, so 8 points stand beside captions of 10.
 *
 * A width or a template that is not here is an object of the same form, given in place of the name.
 *
 * @example The same figure for ICML, for a journal of one's own, and with smaller labels.
 * ```ts
 * import { assertMatch } from "@std/assert";
 * import { svg, templates, theory } from "lora-dynamics/figure/mod.ts";
 *
 * const rows = [{ mu: 0.1, time: 15 }, { mu: 0.5, time: 46 }];
 * const figure = { panels: { marks: [theory(rows, { x: "mu", y: "time" })] }, rows };
 * assertMatch(svg(figure, { template: "icml" }), /width="3.25in"/);
 * const mine = { column: 3, page: 6.2, fontSize: 8, source: "my-journal.cls" };
 * assertMatch(svg(figure, { template: mine }), /width="3in".* font-size="8"/);
 * assertMatch(svg(figure, { template: { ...templates.neurips, fontSize: 7 } }), /width="5.5in"/);
 * ```
 */
export const templates: Readonly<Record<string, FigureTemplate>> = {
  aistats: {
    ...{ column: 3.25, page: 6.75, fontSize: beside(10, COMPUTER_MODERN) },
    source: "aistats2025.sty: textwidth 6.75in, columnsep 0.25in, captions of the text's 10 points",
  },
  aps: {
    ...{ column: fromTeX(246), page: fromTeX(510), fontSize: beside(9, COMPUTER_MODERN) },
    source:
      "revtex4-2.cls with option reprint: columnwidth 246pt, textwidth 510pt, captions 9 points",
  },
  "aps-preprint": oneColumn(
    fromTeX(468),
    beside(10.95, COMPUTER_MODERN),
    "revtex4-2.cls with option preprint: textwidth 468pt, captions 10.95 points",
  ),
  colt: oneColumn(
    6,
    beside(12, TIMES),
    "colt2025.cls with option 12pt, which loads jmlr.cls: textwidth 6in, captions of 12 points",
  ),
  iclr: oneColumn(
    5.5,
    beside(10, TIMES),
    "iclr2024_conference.sty: textwidth 5.5in, captions of the text's 10 points",
  ),
  icml: {
    ...{ column: 3.25, page: 6.75, fontSize: beside(9, TIMES) },
    source: "icml2025.sty: textwidth 6.75in, columnsep 0.25in, captions 9 points",
  },
  ieee: {
    ...{ column: fromTeX(252), page: fromTeX(516), fontSize: beside(8, TIMES) },
    source: "IEEEtran.cls: columnwidth 252pt, textwidth 516pt, captions 8 points",
  },
  jmlr: oneColumn(
    6,
    beside(10.95, COMPUTER_MODERN),
    "jmlr2e.sty: textwidth 6in, captions of the text's 10.95 points",
  ),
  neurips: oneColumn(
    5.5,
    beside(10, TIMES),
    "neurips_2024.sty: textwidth 5.5in, captions of the text's 10 points",
  ),
  tmlr: oneColumn(
    6.5,
    beside(10, COMPUTER_MODERN),
    "tmlr.sty: textwidth 6.5in, captions of the text's 10 points",
  ),
};

/** The sizes of figures that name no template. */
const OWN: FigureTemplate = { ...theme.inches, fontSize: theme.fontSize, source: "theme" };

/** Where and how wide a figure is to stand, in place of what the figure says. */
export interface Fit {
  /** A template by name, or one of one's own. */
  readonly template?: string | FigureTemplate;
  /** Width in inches (2 to 20). */
  readonly width?: number;
}

/** The figure with the template and the width that are asked for. */
export function fitted(figure: Figure, { template, width }: Fit): Figure {
  if (template === undefined && width === undefined) return figure;
  return {
    ...figure,
    // A width that was meant for another template does not survive the change.
    ...(template === undefined ? {} : { template, width: undefined }),
    ...(width === undefined ? {} : { width }),
  };
}

/**
 * The template that a figure names; the widths of the theme where it names none.
 *
 * @throws {RangeError | TypeError} If the name is not known, which lists the known ones, or a number of a
 * reader's own template makes no sense.
 */
export function templateOf({ template }: Figure): FigureTemplate {
  const what = "draw a figure";
  if (template === undefined) return OWN;
  if (typeof template !== "object" || template === null) {
    return templates[checkOneOf(what, "template", template, Object.keys(templates))];
  }
  checkKeys(what, template, KEYS, "template");
  checkWithin(what, "template.column", template.column, 2, 20);
  checkWithin(what, "template.page", template.page, template.column, 20);
  checkWithin(what, "template.fontSize", template.fontSize, 5, 14);
  checkString(what, "template.source", template.source);
  return template;
}

/** Whether panels stand below each other: in a column beside another one. */
export function isStacked(figure: Figure, size: FigureSize): boolean {
  const { column, page } = templateOf(figure);
  return size === "column" && (column < page || figure.width !== undefined);
}
