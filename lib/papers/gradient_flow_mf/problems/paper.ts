/**
 * The paper's own problem.
 *
 * @module
 */
import { checkInteger, checkKeys, checkPositive } from "../../../check.ts";
import { matrix, svd } from "../../../linalg/mod.ts";
import { portable } from "../../../random/mod.ts";
import { aligned, short } from "./aligned.ts";
import { seedNumber } from "./frames.ts";
import type { Problem } from "../model.ts";

/** Parameters of {@linkcode paperProblem}. */
export interface PaperProblemOptions {
  /** Seed of `Y_pre`, a whole number as text; 1001 for Fig. 1, 1002 for Figs. 3 and 4. */
  readonly seed?: string;
  /** Rows of `Y_pre`. */
  readonly m?: number;
  /** Hidden dimension. */
  readonly h?: number;
  /** Columns of `Y_pre`. */
  readonly n?: number;
  /** `W₂` is multiplied, `W₁` divided by it: `δ_w = 1/c²`. */
  readonly c?: number;
  /** Singular pair of `Y_pre` along which the target lies: the largest, the smallest, or its index. */
  readonly along?: "top" | "bottom" | number;
  /** Singular value of the target. */
  readonly sigma?: number;
}

/**
 * The paper's matrix-factorisation experiment: `Y_pre` of standard normal entries,
 * `W₂ = c U Σ^½ Gᵀ`, `W₁ = G Σ^½ Vᵀ/c`, `ΔY = σ u_k v_kᵀ`, in the bases `U`, `V`, `G`.
 *
 * Source: the paper, Section 5.1 (`m = n = 10`, `h = 100`, `c = 1.05`, `σ = 5`, top pair) and H.1
 * (`c = 1.05, 2, 10`; top and bottom). Which `Y_pre` the paper drew is not stated: seed 1001 is the
 * first from 1000 on whose largest singular value fits the slopes of its Fig. 1 (6.35 to 6.55), seed
 * 1002 the first with a smallest one in [0.08, 0.12].
 *
 * @throws {RangeError} If a size, a scale or the index is out of range.
 *
 * @example
 * ```ts
 * import { paperProblem } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(paperProblem().w2.data[0], 2.6510381691553553, 1e-12);
 * ```
 */
export function paperProblem(options: PaperProblemOptions = {}): Problem {
  const what = "make the paper's problem";
  checkKeys(what, options, ["seed", "m", "h", "n", "c", "along", "sigma"]);
  const { seed = "1001", m = 10, n = 10, h = 100, c = 1.05, along = "top", sigma = 5 } = options;
  checkInteger(what, "m", m, 1);
  checkInteger(what, "n", n, 1);
  const k = Math.min(m, n), at = along === "top" ? 0 : along === "bottom" ? k - 1 : along;
  checkInteger(what, "h", h, k);
  checkInteger(what, "along (top, bottom or an index)", at, 0, k - 1);
  checkPositive(what, "c", c);
  checkPositive(what, "sigma", sigma);
  const draws = portable(seedNumber(what, seed));
  const { values } = svd(matrix(m, n, draws.normals(m * n)));
  const roots = Array.from(values, Math.sqrt), target = new Array(k).fill(0);
  target[at] = sigma;
  return aligned({
    name: `the paper's problem (Y_pre ${seed}, c = ${short(c)}, ` +
      `${typeof along === "number" ? `pair ${along + 1}` : `${along} pair`})`,
    s2: roots.map((x) => c * x),
    s1: roots.map((x) => x / c),
    ...{ target, m, h, n },
  });
}
