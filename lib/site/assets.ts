/**
 * Files that all pages share: styles, scripts, the fonts of formulas.
 *
 * @module
 */
import { platform } from "../platform/mod.ts";
import type { Files } from "./files.ts";

const OWN = ["paper.js", "site.js", "icon.svg"];

/** Styles in the order in which they hold. */
const STYLES = ["base", "frame", "text", "cells", "pages", "media"];

const own = (name: string) => platform.files.readText(new URL(`./assets/${name}`, import.meta.url));

/** Adds them to the files of a site. */
export function addAssets(files: Files): void {
  for (const name of OWN) files.write(`assets/${name}`, own(name));
  files.write("assets/site.css", STYLES.map((name) => own(`styles/${name}.css`)).join("\n"));
  const css = new TextDecoder().decode(platform.files.readPackage("katex/dist/katex.min.css"));
  // Every browser of today reads woff2; the other two formats are four times as large together.
  const styles = css.replaceAll(/,url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)/g, "");
  files.write("assets/katex.css", styles);
  for (const [, name] of styles.matchAll(/url\(fonts\/([\w-]+\.woff2)\)/g)) {
    files.write(`assets/fonts/${name}`, platform.files.readPackage(`katex/dist/fonts/${name}`));
  }
}
