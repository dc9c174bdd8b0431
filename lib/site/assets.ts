/**
 * Files that all pages share: styles, scripts, the fonts of formulas.
 *
 * @module
 */
import { platform } from "../platform/mod.ts";
import { formulaStyles } from "./formula.ts";
import { isInline } from "./inline_fonts.ts";
import type { Files } from "./files.ts";

const OWN = ["paper.js", "site.js", "icon.svg"];

/** Styles in the order in which they hold. */
const STYLES = ["base", "frame", "text", "cells", "pages", "media"];

const own = (name: string) => platform.files.readText(new URL(`./assets/${name}`, import.meta.url));

/** Adds them to the files of a site. */
export function addAssets(files: Files): void {
  for (const name of OWN) files.write(`assets/${name}`, own(name));
  files.write("assets/site.css", STYLES.map((name) => own(`styles/${name}.css`)).join("\n"));
  const styles = formulaStyles((name, bytes) => {
    if (isInline(name)) return true;
    files.write(`assets/fonts/${name}`, bytes);
    return false;
  });
  files.write("assets/katex.css", styles);
}
