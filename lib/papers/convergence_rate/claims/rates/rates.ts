/**
 * C16–C19, C39: what one fixed loss gives.
 *
 * @module
 */
import { type Claim, comparison, where } from "../../../../experiment/mod.ts";
import { laboratoryExponents } from "../../experiments/rates/laboratory_exponents.ts";
import { logisticCourse } from "../../experiments/rates/logistic.ts";
import { powerLaws, powerSlopes } from "../../experiments/rates/power_laws.ts";

const paper = "convergence-rate";

const EXPONENTS = [1.1, 1.25, 1.5, 2, 3, 5];

/** `x` of the flow at the middle of the last decade of a million steps: `((p + 1)t/(cp))^{1/(p+1)}`. */
function middle(p: number): number {
  return ((p + 1) * 10 ** 5.5 / (4 * Math.SQRT2 * p)) ** (1 / (p + 1));
}

/** `S` of the flow when it has taken `steps` steps from `x = 1/4`: `dt = cL(2x + f)dS`, `dS = dx/(2x f)`, `f = (1 + x)^{−p}`. */
function flowTime(p: number, steps: number): number {
  const h = 1e-4, c = 4 * Math.SQRT2;
  let x = 0.25, t = 0, sum = 0;
  for (;;) {
    const middle = x * Math.exp(h / 2), f = (1 + middle) ** -p, ds = h / (2 * f);
    const dt = c * p * (2 * middle + f) * ds; // the midpoint rule in log x
    if (t + dt >= steps) return sum + ds * (steps - t) / dt;
    [x, t, sum] = [x * Math.exp(h), t + dt, sum + ds];
  }
}

function c16(): Claim {
  return {
    id: "C16",
    paper,
    source: { whose: "ours" },
    statement:
      "Exponents of ‖∇_V J‖² and ‖V‖² on power laws at T = 10⁶: −(2p − 1 − 1/x)/(p + 1) and (1 + 1/x)/(p + 1) with the " +
      "finite update x; S_T is that of the flow",
    falsifier:
      "A slope over the last decade that is further away than 0.002 + 0.3/((p + 1)x), or an S_T off the quadrature by " +
      "more than 1e-4 of it",
    evidence: {
      seeds: 0,
      sizes: `p = ${EXPONENTS.join(", ")}, u₀ = 0.5, a million steps`,
      draws: "nothing",
    },
    check: async () => {
      const { put, result } = comparison(), { rows } = await powerLaws({ p: EXPONENTS });
      for (const { p, gradient2, v2 } of powerSlopes(rows)) {
        // d log x/d log(1 + x) = 1 + 1/x to leading order; squares of it are dropped.
        const small = 1 / ((p + 1) * middle(p)), bound = 2e-3 + 0.3 * small;
        put(`‖∇J‖², p = ${p}`, gradient2, -(2 * p - 1) / (p + 1) + small, bound);
        put(`‖V‖², p = ${p}`, v2, 1 / (p + 1) + small, bound);
        const sum = flowTime(p, 1e6), found = where(rows, "p", p).at(-1)!.time;
        put(`S_T, p = ${p}`, found, sum, 1e-4 * sum); // the first steps are off by some of themselves
      }
      return result("0.002 + 0.3/((p + 1)x); rel 1e-4");
    },
  };
}

function c17(): Claim {
  return {
    id: "C17",
    paper,
    source: { whose: "ours" },
    statement:
      "Exponents of ‖∇_W L‖² on power laws: −2p/(p + 1), the same for LoRA and full gradient descent",
    falsifier:
      "A slope over the last decade, of LoRA or of full gradient descent, more than 2e-4 away from it",
    evidence: {
      seeds: 0,
      sizes: `p = ${EXPONENTS.join(", ")}, u₀ = 0.5, a million steps`,
      draws: "nothing",
    },
    check: async () => {
      const { put, result } = comparison(), { rows } = await powerLaws({ p: EXPONENTS });
      for (const { p, full2, descent2 } of powerSlopes(rows)) {
        put(`LoRA, p = ${p}`, full2, -2 * p / (p + 1), 2e-4); // corrections ∝ log t/t
        put(`full, p = ${p}`, descent2, -2 * p / (p + 1), 2e-4);
      }
      return result("2e-4");
    },
  };
}

function c18and19(): Claim[] {
  const T = 1e6, log = Math.log(T / Math.SQRT2);
  const last = async () => (await logisticCourse({ steps: T })).rows.at(-1)!;
  return [
    {
      id: "C18",
      paper,
      source: { whose: "ours" },
      statement:
        "Logistic loss at t = 10⁶: ‖V‖² = 2 log(t/√2), ‖∇J‖² = 4 log(t/√2)/t², ‖∇_W L‖² = 2/t²",
      falsifier:
        "A value of ‖V‖², ‖∇J‖² or ‖∇_W L‖² off its asymptotic form by more than 1e-5, 1e-4, 1e-4 of it",
      evidence: { seeds: 0, sizes: "u₀ = 0.5, a million steps", draws: "nothing" },
      check: async () => {
        const { v2, gradient2, full2 } = await last(), { put, result } = comparison();
        put("v2", v2, 2 * log, 1e-5 * 2 * log); // corrections ∝ log² t/t
        put("gradient2", gradient2, 4 * log / T ** 2, 1e-4 * 4 * log / T ** 2);
        put("full2", full2, 2 / T ** 2, 1e-4 * 2 / T ** 2);
        return result("rel 1e-5, 1e-4, 1e-4");
      },
    },
    {
      id: "C19",
      paper,
      source: { whose: "ours" },
      statement:
        "Logistic loss, full gradient descent at t = 10⁶: ‖∇L‖² = 1/(16t²), 32 times below LoRA's",
      falsifier: "A value of ‖∇L‖² that is off 1/(16t²) by more than 1e-4 of it",
      evidence: { seeds: 0, sizes: "w₀ = 0.25, a million steps", draws: "nothing" },
      check: async () => {
        const { descent2, full2 } = await last(), { put, result } = comparison();
        put("descent2", descent2, 1 / (16 * T ** 2), 1e-4 / (16 * T ** 2));
        put("LoRA over it", full2 / descent2, 32, 3e-3);
        return result("rel 1e-4");
      },
    },
  ];
}

function c39(): Claim {
  return {
    id: "C39",
    paper,
    source: { whose: "ours" },
    statement:
      "The laboratory's flow has the exponent −(2p − 1)/(p + q) at 10³⁰ steps for q from 0 to 2, and is within 1 % of " +
      "steps at 10³, within 0.1 % at 10⁵",
    falsifier:
      "An exponent off by more than 2e-3, or a squared gradient of the flow off that of the steps by more than " +
      "1 % at 10³, 0.1 % at 10⁵",
    evidence: {
      seeds: 0,
      sizes: "p = 1.1 to 5, q = 0, 0.25, …, 2; steps at p = 1.1",
      draws: "nothing",
    },
    check: async (preset) => {
      const { put, result } = comparison(), { rows } = await laboratoryExponents({ preset });
      const worst = (list: readonly { off: number }[]) =>
        Math.max(...list.map(({ off }) => Math.abs(off)));
      const off = rows.rules.map(({ p, q, exponent }) => ({
        off: exponent + (2 * p - 1) / (p + q),
      }));
      put("exponents", worst(off), 0, 2e-3); // 1/((p + 1)x), x = 10^{30/7} at the slowest
      put("flow at 10³", worst(rows.steps.filter(({ t }) => t === 1e3)), 0, 1e-2); // one step of a flow in 10³
      put("flow at 10⁵", worst(rows.steps.filter(({ t }) => t === 1e5)), 0, 1e-3);
      return result("2e-3; 1 % and 0.1 %");
    },
  };
}

/** The claims of this file. */
export const rateClaims: readonly Claim[] = [c16(), c17(), ...c18and19(), c39()];
