/**
 * Formulas as KaTeX sets them, and their styles.
 *
 * @module
 */
import katex from "katex";
import { platform } from "../platform/mod.ts";
import { Html } from "./html.ts";

/** A formula as markup that needs no script; a browser without styles shows its MathML. */
export function formula(tex: string, display: boolean): Html {
  const shown = katex.renderToString(tex, {
    displayMode: display,
    throwOnError: true,
    strict: "error",
  });
  // A page knows the names of MathML by itself.
  const known = shown.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "");
  // KaTeX gives an index such as `_{\max}` two children, name and sign of application: one is allowed.
  return new Html(known.replaceAll(/<mi>\w+<\/mi><mo>\u2061<\/mo>/g, "<mrow>$&</mrow>"));
}

/** Styles of formulas; `inline` says whether a font stands in them, or beside them in `fonts/`. */
export function formulaStyles(inline: (font: string, bytes: Uint8Array) => boolean): string {
  const css = new TextDecoder().decode(platform.files.readPackage("katex/dist/katex.min.css"));
  // Every browser of today reads woff2; the other two formats are four times as large together.
  const styles = css.replaceAll(/,url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)/g, "");
  return styles.replaceAll(/url\(fonts\/([\w-]+\.woff2)\)/g, (url, name) => {
    const bytes = platform.files.readPackage(`katex/dist/fonts/${name}`);
    return inline(name, bytes)
      ? `url(data:font/woff2;base64,${
        btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
      })`
      : url;
  });
}
