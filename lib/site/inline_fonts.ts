/**
 * Fonts that stand in the styles themselves: those that most formulas need. A font that comes by itself
 * comes when the page is drawn already, and then lines move.
 *
 * @module
 */

/** Fonts of formulas by the file that KaTeX has for them, as a page asks for them. */
const FONTS: Readonly<Record<string, string>> = {
  "KaTeX_Main-Regular.woff2": "1em KaTeX_Main",
  "KaTeX_Math-Italic.woff2": "italic 1em KaTeX_Math",
  "KaTeX_AMS-Regular.woff2": "1em KaTeX_AMS",
  "KaTeX_Caligraphic-Regular.woff2": "1em KaTeX_Caligraphic",
  "KaTeX_Size1-Regular.woff2": "1em KaTeX_Size1",
  "KaTeX_Size2-Regular.woff2": "1em KaTeX_Size2",
  "KaTeX_Size3-Regular.woff2": "1em KaTeX_Size3",
};

/** What a page asks for before it is drawn. */
export const INLINE_FONTS: readonly string[] = Object.values(FONTS);

/** Whether the file stands in the styles. */
export const isInline = (file: string): boolean => file in FONTS;
