/**
 * Files that all pages share: styles, scripts, the fonts of formulas.
 *
 * @module
 */
import { platform } from "../platform/mod.ts";
import type { Files } from "./files.ts";

const OWN = ["site.css", "paper.js", "site.js", "icon.svg"];

/** Adds them to the files of a site. */
export function addAssets(files: Files): void {
  for (const name of OWN) {
    files.write(
      `assets/${name}`,
      platform.files.readText(new URL(`./assets/${name}`, import.meta.url)),
    );
  }
  const css = new TextDecoder().decode(platform.files.readPackage("katex/dist/katex.min.css"));
  // Every browser of today reads woff2; the other two formats are four times as large together.
  const styles = css.replaceAll(/,url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)/g, "");
  files.write("assets/katex.css", styles);
  for (const [, name] of styles.matchAll(/url\(fonts\/([\w-]+\.woff2)\)/g)) {
    files.write(`assets/fonts/${name}`, platform.files.readPackage(`katex/dist/fonts/${name}`));
  }
}
