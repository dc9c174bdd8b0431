/**
 * The test problem in which Assumption 2.2 fails: a target at an angle between two singular directions.
 *
 * @module
 */
import { checkFinite, checkInteger, checkKeys, checkPositive, show } from "../../../check.ts";
import { matrix } from "../../../linalg/mod.ts";
import type { Problem } from "../model.ts";
import { checkProblem } from "../shapes.ts";

/** Parameters of {@linkcode tiltedProblem}. */
export interface TiltedProblemOptions {
  /** Rows `m = h`, at least 2. */
  readonly m?: number;
  /** Columns, as many as rows by default. */
  readonly n?: number;
  /** The two singular values of `W₂` between which the target lies; the first one also fills the rest. */
  readonly s?: readonly [number, number];
  /** Angle of the target from the direction of the first one, in degrees. */
  readonly degrees?: number;
  /** Singular value of the target. */
  readonly sigma?: number;
}

/**
 * Problem S with `W₂ = diag(s_a, s_b, s_a, …)` and `Δ = σuvᵀ`, `u = cos φ e₁ + sin φ e₂`, `v = e₁`.
 *
 * Source: ours; the paper excludes it by Assumption 2.2.
 *
 * @throws {RangeError} If a size is no integer ≥ 2, `s_a` or `sigma` not > 0, or `s_b` not ≥ 0.
 * @throws {TypeError} If an option is unknown.
 *
 * @example
 * ```ts
 * import { modes, tiltedProblem } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...tiltedProblem({ m: 2, degrees: 30 }).w2.data], [1, 0, 0, 0.3]);
 * assertEquals(modes(tiltedProblem()).assumptions.slice(0, 9), "2.2 fails");
 * ```
 */
export function tiltedProblem(options: TiltedProblemOptions = {}): Problem {
  const what = "make the tilted problem";
  checkKeys(what, options, ["m", "n", "s", "degrees", "sigma"]);
  const { m = 10, n = m, s = [1, 0.3], degrees = 30, sigma = 1 } = options;
  checkInteger(what, "m", m, 2);
  checkInteger(what, "n", n, 1);
  checkFinite(what, "degrees", degrees);
  checkPositive(what, "sigma", sigma);
  if (s?.length !== 2 || !(s[0] > 0 && s[0] < Infinity && s[1] >= 0 && s[1] < Infinity)) {
    throw new RangeError(
      `Cannot ${what} as s must be two finite numbers, the first > 0 and the second >= 0: ` +
        `current value is ${show(s)}`,
    );
  }
  const phi = degrees * Math.PI / 180, w2 = matrix(m, m), target = matrix(m, n);
  for (let i = 0; i < m; i++) w2.data[i * m + i] = s[i === 1 ? 1 : 0];
  target.data[0] = sigma * Math.cos(phi);
  target.data[n] = degrees === 0 ? 0 : sigma * Math.sin(phi);
  const problem = {
    name: `target at ${Number(degrees.toPrecision(3))}° between singular values ${s[0]} and ${
      s[1]
    }`,
    ...{ w2, target },
  };
  checkProblem(what, problem);
  return problem;
}
