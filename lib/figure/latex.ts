/**
 * Labels and numbers in LaTeX, for tables that go into a paper.
 *
 * @module
 */
import { formatNumber } from "./format.ts";
import { runs } from "./markup.ts";

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
]);

const raised = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻";
const lowered = "₀₁₂₃₄₅₆₇₈₉₊₋";
const plain = "0123456789+-";

/** Text of one style in text mode, with signs of mathematics set as such. */
function text(content: string): string {
  let out = "";
  for (const sign of content.replace(/\s+/g, " ")) {
    const up = raised.indexOf(sign);
    const down = lowered.indexOf(sign);
    if (up >= 0) out += `$^{${plain[up]}}$`;
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
  return runs(label).map(({ text: content, kind }) => {
    if (kind === "") return text(content);
    const inner = [...content].every((sign) => math.has(sign) || /[\d+-]/.test(sign))
      ? [...content].map((sign) => math.get(sign) ?? sign).join(" ")
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
