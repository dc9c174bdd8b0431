import { type Json, sourceText } from "./claim.ts";
import { leaves } from "./_guard.ts";
import type { ClaimRow } from "./run.ts";

const DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

const GREEK =
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi " +
  "rho finalsigma sigma tau upsilon phi chi psi omega";

/** What a sign is called in a name; signs that are not here separate words. */
const SIGNS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(DIGITS.map((word, i) => [String(i), word])),
  // α is U+03B1, Α is U+0391; both alphabets have a place for the final sigma.
  ...Object.fromEntries(
    GREEK.split(" ").flatMap((word, i) => [
      [String.fromCharCode(0x3b1 + i), word],
      [String.fromCharCode(0x391 + i), word],
    ]),
  ),
  ...{ "+": "plus", "/": "over", "⁄": "over", "%": "percent", "*": "star", "⋆": "star" },
  ...{ "<": "below", ">": "above", "≤": "atmost", "≥": "atleast", "∞": "infinity", "√": "root" },
  ...{ "×": "times", "′": "prime", "'": "prime", "°": "degrees", "∇": "grad", "ℓ": "ell" },
  ...{ "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "^": "to", "#": "count" },
};

/** Words of a key, letters only, each with a capital: `"‖V‖², α = 0.5"` is `NormVTwoAlphaZeroPointFive`. */
function letters(key: string): string {
  return key
    .replaceAll(/‖([^‖]*)‖/g, " norm $1 ").replaceAll(/\|([^|]*)\|/g, " abs $1 ")
    .normalize("NFKD") // subscripts and superscripts become digits
    .replaceAll(/−|-(?=\d)|(?<=\s)-(?=\s)/g, " minus ") // not the hyphen of a word
    .replaceAll(/(?<=\d)\.(?=\d)/g, " point ")
    .replaceAll(/[^A-Za-z\s]/gu, (sign) => ` ${SIGNS[sign] ?? ""} `)
    .split(/\s+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

/** A number in mathematics: integers below a million whole, others to four significant digits. */
function texNumber(x: number): string {
  const size = Math.abs(x);
  if (Number.isInteger(x) && size < 1e6) return String(x);
  const [mantissa, exponent] = x.toExponential(3).split("e").map(Number);
  if (exponent >= -4 && exponent < 6) return String(Number(x.toPrecision(4)));
  const power = `10^{${exponent}}`;
  if (Math.abs(mantissa) === 1) return mantissa === 1 ? power : `-${power}`;
  return `${mantissa}\\times ${power}`;
}

/** What JSON holds in place of numbers that are not finite. */
const NOT_FINITE: Readonly<Record<string, string>> = {
  "NaN": "\\mathrm{NaN}",
  "Infinity": "\\infty",
  "-Infinity": "-\\infty",
};

function texValue(value: Json): string | undefined {
  if (typeof value === "number") return texNumber(value);
  return typeof value === "string" ? NOT_FINITE[value] : undefined;
}

/** Name of the macro of a measured number: paper, claim, then the words of its key. */
function macroName({ paper, id }: ClaimRow, path: readonly string[]): string {
  const name = [...paper.split("-"), id, ...path].map(letters).join("");
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/**
 * One LaTeX macro per measured number, so that the text of a paper can quote it:
 * `\newcommand{\loraOneCOneSevenSlope}{\ensuremath{0.8966}}`.
 *
 * A name is the paper, the claim and the words of the number's key. Letters stay; a digit, a Greek
 * letter and a common sign become words (`"α = 0.1"` is `AlphaZeroPointOne`, `1e-5` is
 * `OneEMinusFive`); everything else separates words. The same rows give the same text.
 *
 * @param rows What `runClaims` has returned.
 * @throws {RangeError} If two numbers would have one name; the message gives both.
 *
 * @example
 * ```ts
 * import { agree, latexNumbers, runClaims } from "lora-dynamics/experiment/mod.ts";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const rows = await runClaims([{
 *   id: "C7",
 *   paper: "lora-one",
 *   statement: "The time tau is 4.828",
 *   source: { whose: "ours" },
 *   falsifier: "A time that is off by more than 1 %",
 *   evidence: { seeds: 0, sizes: "one time", draws: "nothing" },
 *   check: () => agree({ "τ": 4.8284 }, { "τ": 4.828 }, { rel: 0.01 }),
 * }], "quick");
 * assertStringIncludes(latexNumbers(rows), "\\newcommand{\\loraOneCSevenTau}{\\ensuremath{4.828}}");
 * ```
 */
export function latexNumbers(rows: readonly ClaimRow[]): string {
  const known = new Map<string, string>();
  const lines = rows.flatMap((row) => {
    const { paper, id, preset, pass, statement } = row;
    const about = `${paper} ${id} (${sourceText(row.source)}; ${preset}; ` +
      `${pass ? "agrees" : "DISAGREES"}): ${statement}`;
    const macros = leaves(row.measured).flatMap(([path, value]) => {
      const text = texValue(value);
      if (text === undefined) return [];
      const name = macroName(row, path), origin = `${paper} ${id} "${path.join(", ")}"`;
      if (known.has(name)) {
        throw new RangeError(
          `Cannot name the numbers as each must have a name of its own: ${known.get(name)} and ` +
            `${origin} are both \\${name}`,
        );
      }
      known.set(name, origin);
      return [`\\newcommand{\\${name}}{\\ensuremath{${text}}}`];
    });
    return [`% ${about.replaceAll(/\s+/g, " ")}`, ...macros];
  });
  return lines.map((line) => `${line}\n`).join("");
}
