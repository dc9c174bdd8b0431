/**
 * Claims about bounds and true rates: C9–C19.
 *
 * Expected numbers come from an independent implementation.
 *
 * @module
 */
import { agree, byPreset, type Claim, comparison, slope } from "../../../experiment/mod.ts";
import { boundTrials } from "../experiments/runs.ts";
import { logistic, powerLaw, valley, WORST_CASE_CONSTANT } from "../scalar.ts";
import { balancedRun, type ScalarRow, type ValleyRow, worstCaseRun } from "../simulation/mod.ts";
import {
  boundDescent,
  boundLog,
  boundNormalised,
  boundSqrt,
  logisticAsymptotics,
  powerExponents,
  stepSumLower,
  valleySteps,
  worstCaseRatio,
} from "../theory/mod.ts";

const paper = "convergence-rate";

function c9(): Claim {
  return {
    id: "C9",
    paper,
    source: { whose: "ours", where: "on Theorem 3.5" },
    statement:
      "With the paper's rule on random bounded losses: descent in every step, ‖G‖² ≤ 2L(J − L*), growth " +
      "of ‖V‖², S_T, the chain min ‖∇J‖² ≤ 4Δ/S_T ≤ (sqrt) ≤ (log), and the normalised O(1/T)",
    falsifier: "A run that violates one of the six inequalities",
    evidence: (preset) => ({
      seeds: byPreset(preset, 20, 100),
      sizes: `runs of the paper's rule, five bounded losses, ${byPreset(preset, 1000, 3000)} steps`,
      draws: "seed",
    }),
    check: async (preset, { seed }) => {
      const rows = await boundTrials(preset, seed);
      const count = (wrong: (row: typeof rows[number]) => boolean) => rows.filter(wrong).length;
      const slack = 1 + 1e-12;
      const measured = {
        descent: count((row) => row.shortfalls > 0),
        "full gradient": count((row) => !(row.fullRatio <= slack)),
        growth: count((row) => !(row.growthRatio <= slack)),
        "step sum": count((row) => !(row.time * slack >= stepSumLower(row, row.steps))),
        chain: count((row) => {
          const [sharp, log] = [boundSqrt(row, row.steps), boundLog(row, row.steps)];
          const own = 4 * row.gap / row.time;
          return !(row.minGradient2 <= own * slack && own <= sharp * slack && sharp <= log * slack);
        }),
        normalised: count((row) => !(row.minNormalised <= boundNormalised(row, row.steps) * slack)),
        // Negative control: a bound a million times smaller than (sqrt) is violated.
        "control refuted": count((row) => row.minGradient2 > 1e-6 * boundSqrt(row, row.steps)) > 0
          ? 0
          : 1,
      };
      const zeros = Object.fromEntries(Object.keys(measured).map((key) => [key, 0]));
      return agree(measured, zeros, { abs: 0, text: `no violation in ${rows.length} runs` });
    },
  };
}

function c10(): Claim {
  const table: Record<number, [log: number, sqrt: number, descent: number]> = {
    1e2: [33.14811949428785, 2.3278185176752677, 2e-2],
    1e3: [23.32820704220617, 0.6415625290220143, 2e-3],
    1e4: [17.990612343160006, 0.19417508488906723, 2e-4],
    1e6: [12.34194245, 0.01906598047, 2e-6],
    1e9: [8.390328990, 6.017351235e-4, 2e-9],
  };
  return {
    id: "C10",
    paper,
    source: { whose: "ours", where: "on Theorem 3.5" },
    statement: "Bounds (log), (sqrt) and full gradient descent for L = Δ = ‖V₀‖² = 1",
    falsifier: "A bound off its reference by more than 1e-10 of it (5e-10 from T = 1e6 on)",
    evidence: {
      seeds: 0,
      sizes: "L = Δ = ‖V₀‖² = 1, T = 1e2, 1e3, 1e4, 1e6, 1e9",
      draws: "nothing",
    },
    check: () => {
      const unit = { smoothness: 1, gap: 1, v2: 1 }, { put, result } = comparison();
      for (const [key, [log, sqrt, descent]] of Object.entries(table)) {
        const T = Number(key), rel = T < 1e5 ? 1e-10 : 5e-10; // ten digits given
        put(`log, T = ${key}`, boundLog(unit, T), log, rel * log);
        put(`sqrt, T = ${key}`, boundSqrt(unit, T), sqrt, rel * sqrt);
        put(`full, T = ${key}`, boundDescent(unit, T), descent, 1e-10 * descent);
      }
      return result("rel 1e-10 (5e-10 where the reference has ten digits)");
    },
  };
}

const HORIZONS = [1e2, 1e3, 1e4, 1e5, 1e6];

let worst: ValleyRow[] | undefined;
/** The worst case at five horizons, computed once. */
export function worstCases(): ValleyRow[] {
  return worst ??= HORIZONS.map((T) => worstCaseRun(T));
}

/** (sqrt) over the worst case of its horizon. */
export function boundOverWorst(row: ValleyRow): number {
  const { v0 } = valley(row.steps);
  return boundSqrt({ smoothness: 1, gap: row.gap, v2: v0 * v0 }, row.steps) / row.gradient2;
}

function worstClaim(
  id: string,
  statement: string,
  expected: readonly number[],
  value: (row: ValleyRow) => number,
  { from = 0, rel, text, falsifier }: {
    from?: number;
    rel: number;
    text: string;
    falsifier: string;
  },
): Claim {
  return {
    id,
    paper,
    source: { whose: "ours" },
    statement,
    falsifier,
    evidence: {
      seeds: 0,
      sizes: `T = ${
        HORIZONS.slice(from).map((T) => T.toExponential(0).replace("+", "")).join(", ")
      }`,
      draws: "nothing",
    },
    check: () => {
      const { put, result } = comparison();
      worstCases().slice(from).forEach((row, i) =>
        put(`T = ${row.steps}`, value(row), expected[i], rel * expected[i])
      );
      return result(text);
    },
  };
}

function c11(): Claim {
  return {
    id: "C11",
    paper,
    source: { whose: "ours", where: "on Theorem 3.5" },
    statement: "Worst case of the paper's rule: ε²√(T/L)/Δ^{3/2} falls to √(4√2/3) = 1.3732",
    falsifier:
      "A value off the reference's digits by 6e-6, one that does not fall with T, or one below " +
      "1.3732",
    evidence: { seeds: 0, sizes: "T = 1e2, 1e3, 1e4, 1e5, 1e6", draws: "nothing" },
    check: () => {
      const values = worstCases().map((row) => worstCaseRatio(row)), { put, result } = comparison();
      [2.20975, 1.67865, 1.50108, 1.42998, 1.39904].forEach((wanted, i) =>
        put(`T = ${HORIZONS[i]}`, values[i], wanted, 6e-6)
      );
      put("rises", values.filter((x, i) => i > 0 && x >= values[i - 1]).length, 0, 0);
      put("above the limit", values.filter((x) => x > WORST_CASE_CONSTANT).length, 5, 0);
      return result("digits of the reference; falling, above the limit");
    },
  };
}

function c12(): Claim {
  return {
    id: "C12",
    paper,
    source: { whose: "ours", where: "on Theorem 3.5" },
    statement: "The worst case falls like T^{−1/2}: slope of ε²/Δ^{3/2} over the last decade",
    falsifier: "A slope over the last decade that is more than 0.02 away from −1/2",
    evidence: { seeds: 0, sizes: "T = 1e5, 1e6", draws: "nothing" },
    check: () => {
      const rows = worstCases().slice(-2);
      const y = rows.map((row) => Math.log(row.gradient2 / row.gap ** 1.5));
      return agree({ slope: slope(rows.map((row) => Math.log(row.steps)), y) }, { slope: -0.5 }, {
        abs: 0.02,
      });
    },
  };
}

function c16and17(): Claim[] {
  const exponents = [1.1, 1.25, 1.5, 2, 3, 5];
  const claim = (
    id: string,
    statement: string,
    falsifier: string,
    parts: (p: number) => [string, number, number, number][],
  ): Claim => ({
    id,
    paper,
    source: { whose: "ours" },
    statement,
    falsifier,
    evidence: {
      seeds: 0,
      sizes: `p = ${exponents.join(", ")}, u₀ = 0.5, a million steps`,
      draws: "nothing",
    },
    check: () => {
      const { put, result } = comparison();
      for (const p of exponents) {
        for (const [name, found, wanted, bound] of parts(p)) {
          put(`${name}p = ${p}`, found, wanted, bound);
        }
      }
      return result(id === "C16" ? "0.02 for p ≤ 3, else 0.04" : "2e-4");
    },
  });
  return [
    claim(
      "C16",
      "Exponents of ‖∇_V J‖² on power laws at T = 10⁶: −(2p − 1)/(p + 1)",
      "A slope over the last decade that is more than 0.02 (p ≤ 3) or 0.04 (p = 5) away from it",
      (p) => [["", powerSlopes(p).gradient2, powerExponents(p).gradient2, p <= 3 ? 0.02 : 0.04]],
    ),
    claim(
      "C17",
      "Exponents of ‖∇_W L‖² on power laws: −2p/(p + 1), the same for LoRA and full gradient " +
        "descent",
      "A slope over the last decade, of LoRA or of full gradient descent, more than 2e-4 away " +
        "from it",
      (p) => {
        const { full2, descent2 } = powerSlopes(p), wanted = powerExponents(p).full2;
        return [["LoRA, ", full2, wanted, 2e-4], ["full, ", descent2, wanted, 2e-4]];
      },
    ),
  ];
}

const powerRuns = new Map<number, ScalarRow[]>();
/** A million steps on a power law, four times a decade, computed once. */
export function powerRun(p: number): ScalarRow[] {
  const times = Array.from({ length: 21 }, (_, i) => Math.round(10 ** (1 + i / 4)));
  if (!powerRuns.has(p)) powerRuns.set(p, balancedRun(powerLaw(p), 0.5, times));
  return powerRuns.get(p)!;
}

/** Slopes in the last decade, `10⁵` to `10⁶` steps. */
export function powerSlopes(p: number): { gradient2: number; full2: number; descent2: number } {
  const rows = powerRun(p).slice(-5), x = rows.map((row) => Math.log(row.t));
  const of = (key: "gradient2" | "full2" | "descent2") =>
    slope(x, rows.map((row) => Math.log(row[key])));
  return { gradient2: of("gradient2"), full2: of("full2"), descent2: of("descent2") };
}

function c18and19(): Claim[] {
  const T = 1e6, run = () => balancedRun(logistic, 0.5, [T])[0];
  return [
    {
      id: "C18",
      paper,
      source: { whose: "ours" },
      statement: "Logistic loss at t = 10⁶: ‖V‖² = 2 log(t/√2), ‖∇J‖² = 4 log(t/√2)/t²",
      falsifier:
        "A value of ‖V‖² or ‖∇J‖² that is off its asymptotic form by more than 1e-5 and 1e-4 of it",
      evidence: { seeds: 0, sizes: "u₀ = 0.5, a million steps", draws: "nothing" },
      check: () => {
        const { v2, gradient2 } = run(), theory = logisticAsymptotics(T);
        return agree({ v2, gradient2 }, { v2: theory.v2, gradient2: theory.gradient2 }, {
          bounds: { v2: 1e-5 * theory.v2, gradient2: 1e-4 * theory.gradient2 },
          text: "rel 1e-5 and 1e-4",
        });
      },
    },
    {
      id: "C19",
      paper,
      source: { whose: "ours" },
      statement: "Logistic loss, full gradient descent at t = 10⁶: ‖∇L‖² = 1/(16t²)",
      falsifier: "A value of ‖∇L‖² that is off 1/(16t²) by more than 1e-4 of it",
      evidence: { seeds: 0, sizes: "w₀ = 0.25, a million steps", draws: "nothing" },
      check: () =>
        agree({ descent2: run().descent2 }, { descent2: logisticAsymptotics(T).descent2 }, {
          rel: 1e-4,
        }),
    },
  ];
}

/** The claims of this file. */
export const rateClaims: readonly Claim[] = [
  c9(),
  c10(),
  c11(),
  c12(),
  worstClaim(
    "C13",
    "Steps through the worst-case valley: the continuous-time formula against the run",
    HORIZONS.slice(1),
    (row) => valleySteps(valley(row.steps), row.v),
    {
      from: 1,
      rel: 2e-3,
      text: "0.2 % for T ≥ 10³",
      falsifier: "A number of steps that is off the formula by more than 0.2 % of it",
    },
  ),
  worstClaim(
    "C14",
    "(sqrt) is at most 13.856 times the worst case, approached from below",
    [10.0578703416, 11.8059294402, 12.8203762486, 13.3497640173, 13.6135630781],
    boundOverWorst,
    {
      rel: 1e-9,
      text: "digits of the reference, all below 13.8564",
      falsifier:
        "A ratio off the reference's, which are all below 13.8564, by more than 1e-9 of it",
    },
  ),
  worstClaim(
    "C15",
    "Full gradient descent crosses the valley 4√2 times faster",
    Array(3).fill(4 * Math.SQRT2),
    (row) => row.steps / row.descentSteps,
    {
      from: 2,
      rel: 0.01,
      text: "1 % for T ≥ 10⁴",
      falsifier: "A ratio of the numbers of steps that is more than 1 % away from 4√2",
    },
  ),
  ...c16and17(),
  ...c18and19(),
];
