/** Tables in words: what the columns of rows are called where people read them. */
import type { Row } from "../../../experiment/mod.ts";
import { layerStart, startNames } from "../starts.ts";

/** Headings of columns; a column that is not here has words already. */
const HEADINGS: Readonly<Record<string, string>> = {
  ...{ alpha: "α", deltaW: "δ_w", rho: "ρ", kappa: "κ", beta: "β", epsilon: "ε" },
  ...{ eta: "step size", std: "std of the start", degrees: "angle φ (degrees)" },
  ...{ at: "flow time t", half: "half-time", after: "flow time after T½" },
  ...{ x1: "x₁", x2: "x₂", root: "x₂ of the root", root1: "x₁ of the root" },
  ...{ root2: "x₂ of the root", share: "part of adapter 2", ratio: "ρδ_w" },
  ...{ loss: "loss L", signal: "signal part of L", rest: "½‖E_⊥⊥‖²" },
  ...{ spread: "sd of the logarithm", low: "− 1 sd", high: "+ 1 sd" },
  ...{ off: "largest |ln(run/theory)|", exponent: "exponent in α to the next scale" },
  ...{ c1: "c₁ of the paper", c3: "c₃ of the proof", rate: "proved rate" },
  ...{ exponentB: "exponent, B = 0 (ours)", exponentA: "exponent, A = 0 (ours)" },
  ...{ overRate: "2μ over the proved rate", r: "rank r", form: "run with", lead: "head start" },
  ...{ drift: "drift of BᵀB − AAᵀ", step: "step size", sum: "size of BᵀB − AAᵀ" },
  predicted: "theory",
};

/** A registered start in words; any other name as it stands. */
function startOf(name: unknown): unknown {
  return (startNames as readonly unknown[]).includes(name)
    ? layerStart(name as typeof startNames[number]).words
    : name;
}

/**
 * A table whose headings are words and units, and whose starts have their names in words.
 *
 * @param make The table with columns as rows have them.
 * @param own Headings of this table where they differ from the usual ones.
 */
export function worded<A extends unknown[]>(
  make: (...of: A) => readonly Row[],
  own: Readonly<Record<string, string>> = {},
): (...of: A) => Row[] {
  return (...of) =>
    make(...of).map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([key, value]) => [
          own[key] ?? HEADINGS[key] ?? key,
          key === "start" ? startOf(value) : value,
        ]),
      ) as Row
    );
}

/** Names one after the other; where they differ in their last number only, the rest is said once. */
export function namesInWords(names: readonly string[]): string {
  const [first = "", ...others] = names, end = first.lastIndexOf("= ") + 2;
  const alike = end > 1 &&
    others.every((name) =>
      name.startsWith(first.slice(0, end)) && name.lastIndexOf("= ") + 2 === end
    );
  return alike ? [first, ...others.map((name) => name.slice(end))].join(", ") : names.join("; ");
}

/**
 * Columns of a table of `modes(problem)`, with their headings.
 *
 * @example
 * ```ts
 * import { toMarkdown } from "lora-dynamics/figure/mod.ts";
 * import { modes, modesColumns, problemQ } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.5 });
 * const rows = [{ problem: problem.name, ...modes(problem) }];
 * assertStringIncludes(toMarkdown(rows, { columns: modesColumns }), "| δ_w |");
 * ```
 */
export const modesColumns: readonly { readonly key: string; readonly heading: string }[] = [
  { key: "problem", heading: "problem" },
  { key: "lambda", heading: "rate λ₁ of adapter 1" },
  { key: "lambda2", heading: "rate of adapter 2" },
  { key: "deltaW", heading: "δ_w" },
  { key: "defect21", heading: "defect of 2.1" },
  { key: "defect22", heading: "defect of 2.2" },
  { key: "assumptions", heading: "assumptions" },
];
