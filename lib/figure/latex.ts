/**
 * Labels and numbers in LaTeX, for tables that go into a paper.
 *
 * @module
 */
import { formatNumber } from "./format.ts";
import { type Run, runs } from "./markup.ts";

const special: Record<string, string> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  "$": "\\$",
  "&": "\\&",
  "#": "\\#",
  "%": "\\%",
  "_": "\\_",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  "–": "--",
};

const lower = "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi " +
  "omicron pi rho varsigma sigma tau upsilon varphi chi psi omega";
const upper = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega";
const upperSigns = "ΓΔΘΛΞΠΣΥΦΨΩ";

/** Signs that exist in math mode only. */
const math = new Map<string, string>([
  ...lower.split(" ").map((name, i): [string, string] => [
    String.fromCharCode(0x3b1 + i),
    name === "omicron" ? "o" : `\\${name}`,
  ]),
  ...upper.split(" ").map((name, i): [string, string] => [upperSigns[i], `\\${name}`]),
  ["µ", "\\mu"],
  ["ϕ", "\\phi"],
  ["ℓ", "\\ell"],
  ["∇", "\\nabla"],
  ["∂", "\\partial"],
  ["∞", "\\infty"],
  ["∼", "\\sim"],
  ["≈", "\\approx"],
  ["≤", "\\le"],
  ["≥", "\\ge"],
  ["≪", "\\ll"],
  ["≫", "\\gg"],
  ["≠", "\\ne"],
  ["±", "\\pm"],
  ["−", "-"],
  ["×", "\\times"],
  ["·", "\\cdot"],
  ["⋆", "\\star"],
  ["∗", "\\ast"],
  ["√", "\\surd"],
  ["→", "\\to"],
  ["∈", "\\in"],
  ["∝", "\\propto"],
  ["‖", "\\|"],
  ["⟨", "\\langle"],
  ["⟩", "\\rangle"],
  ["½", "\\tfrac12"],
  ["¼", "\\tfrac14"],
  ["¾", "\\tfrac34"],
  ["′", "'"],
  ["″", "''"],
  ["…", "\\ldots"],
  ["°", "^\\circ"],
  ["÷", "\\div"],
  ["∫", "\\int"],
  ["⌈", "\\lceil"],
  ["⌉", "\\rceil"],
  ["⊥", "\\perp"],
  ["⊤", "\\top"],
  ["ᵀ", "^\\top"],
  ["ᵗ", "^t"],
  ["♮", "\\natural"],
  ["𝒦", "\\mathcal{K}"],
]);

/** Fractions in an index or exponent, where a built one would be as tall as the letter. */
const small: Record<string, string> = { "½": "1/2", "¼": "1/4", "¾": "3/4" };

/** Marks over a letter of mathematics. */
const accents: Record<string, string> = {
  ...{ "\u0302": "\\hat", "\u0303": "\\tilde", "\u0304": "\\bar", "\u0307": "\\dot" },
};

const raised = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻";
const lowered = "₀₁₂₃₄₅₆₇₈₉₊₋";
const plain = "0123456789+-";

/** Text of one style in text mode, with signs of mathematics set as such. */
function text(content: string): string {
  let out = "";
  const signs = content.replace(/\s+/g, " ").normalize("NFC").match(/.\p{M}*/gsu) ?? [];
  for (const sign of signs) {
    const up = raised.indexOf(sign);
    const down = lowered.indexOf(sign);
    const [letter, accent] = sign.normalize("NFD");
    if (accent in accents) out += `$${accents[accent]}{${math.get(letter) ?? letter}}$`;
    else if (up >= 0) out += `$^{${plain[up]}}$`;
    else if (down >= 0) out += `$_{${plain[down]}}$`;
    else if (math.has(sign)) out += `$${math.get(sign)}$`;
    else out += special[sign] ?? sign;
  }
  // `10$^{-}$$^{3}$` is one exponent.
  return out.replace(/\$([\^_])\{([-+\d]+)\}\$(?:\$\1\{([-+\d]+)\}\$)+/g, (group, kind) => {
    const parts = [...group.matchAll(/\{([-+\d]+)\}/g)].map((match) => match[1]);
    return `$${kind}{${parts.join("")}}$`;
  });
}

/** A label with its subscripts and superscripts in LaTeX. */
export function latexText(label: string): string {
  return latexRuns(runs(label));
}

/** Stretches of one style in LaTeX. */
export function latexRuns(parts: readonly Run[]): string {
  return parts.map(({ text: content, kind }) => {
    if (kind === "") return text(content);
    const inner = [...content].every((sign) => math.has(sign) || /[\d+-]/.test(sign))
      ? [...content].map((sign) => small[sign] ?? math.get(sign) ?? sign).join(" ")
      : `\\text{${text(content)}}`;
    return kind === "/" ? `\\textit{${text(content)}}` : `$${kind}{${inner}}$`;
  }).join("");
}

/** A number in LaTeX: `$-2.5\times 10^{-7}$`. */
export function latexNumber(value: number, digits: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "$-\\infty$" : "$\\infty$";
  const shown = formatNumber(value, digits).replace("−", "-");
  const power = /^(.*)10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)$/.exec(shown);
  if (!power) return shown.startsWith("-") ? `$${shown}$` : shown;
  const exponent = [...power[2]].map((sign) => plain[raised.indexOf(sign)]).join("");
  return `$${power[1].replace("×", "\\times ")}10^{${exponent}}$`;
}
