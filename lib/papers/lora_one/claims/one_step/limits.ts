/**
 * Claims about what one step costs in rank and in label noise: C30, C31.
 *
 * Expected numbers come from an independent implementation.
 *
 * @module
 */
import {
  byPreset,
  type Claim,
  comparison,
  where,
  withControl,
} from "../../../../experiment/mod.ts";
import { alignmentTimes, type StartRow } from "../../experiments/one_step/alignment_times.ts";
import { labelNoise } from "../../experiments/one_step/label_noise.ts";
import { noiseTable } from "../../experiments/one_step/noise_table.ts";
import { noisyOverlaps, strengthUnit, whiteOverlaps } from "../../theory/noise.ts";
import { quantile } from "../quantile.ts";
import { seeded } from "../seeded.ts";

const paper = "lora-one";

/**
 * Standard errors of median and 95 % quantile of 1000 direct draws by rank, in parts of the value: from 40 000 draws of
 * ours, around which the reference's ten numbers scatter as 1000 draws would (χ² = 12 on 10).
 */
const ERRORS: Readonly<Record<number, readonly [number, number]>> = {
  ...{
    4: [0.036, 0.15],
    5: [0.022, 0.062],
    6: [0.017, 0.048],
    8: [0.012, 0.035],
    16: [0.007, 0.016],
  },
};

function c30(): Claim {
  // Median and 95 % quantile of the reference's direct draws of a and b.
  const reference: [number, number, number][] = [
    [4, 47.97, 449.7],
    [5, 24.59, 96.3],
    [6, 17.2, 45.2],
    [8, 11.03, 19.87],
    [16, 5.605, 7.84],
  ];
  return {
    id: "C30",
    paper,
    source: { whose: "ours" },
    statement: "Rank dependence of ‖ba⁺‖ (d = 200, r* = 4), by the Wishart law with r degrees of " +
      "freedom: median, 95 % quantile; against direct draws of ours and of the reference",
    falsifier:
      "A median or 95 % quantile of the Wishart law that is more than 4 standard errors of both away from the direct " +
      "draws', or from the reference's",
    evidence: (preset) => ({
      seeds: byPreset(preset, 3000, 8000),
      sizes: "d = 200, r* = 4, r = 4, 5, 6, 8, 16; a quarter as many direct draws",
      draws: "seed",
    }),
    // Control: the law of the next rank.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison(), draws = preset === "full" ? 8000 : 3000;
      const { rows: { starts } } = await alignmentTimes({
        d: [100],
        copies: 1,
        draws,
        ...seeded(seed),
      });
      const sorted = (by: StartRow["by"], r: number) =>
        where(where(starts, "by", by), "r", r).map(({ tangent }) => tangent).toSorted((x, y) =>
          x - y
        );
      for (const [r, middle, high] of reference) {
        const law = sorted(
          "law",
          wrong ? (r === 16 ? 12 : r === 8 ? 12 : r + (r === 6 ? 2 : 1)) : r,
        );
        const direct = sorted("direct", r);
        for (const [name, q] of [["median", 0.5], ["95 %", 0.95]] as const) {
          const a = quantile(law, q), b = quantile(direct, q);
          put(`${name}, r = ${r}, direct`, b.value, a.value, 4 * Math.hypot(a.se, b.se));
        }
        // The reference has 1000 draws or so of each: its standard errors, in parts of the value.
        const [low, far] = ERRORS[r], [a, b] = [quantile(law, 0.5), quantile(law, 0.95)];
        put(`median, r = ${r}`, a.value, middle, 4 * Math.hypot(a.se, low * middle));
        put(`95 %, r = ${r}`, b.value, high, 4 * Math.hypot(b.se, far * high));
      }
      return result("4 standard errors of both");
    }),
  };
}

function c31(): Claim {
  const reference: [number, number, number, number, number][] = [
    [1.6, 0.512939925, 0.0093, 0.649302736, 0.0103],
    [2.5, 0.754338859, 0.0036, 0.8741365, 0.0036],
    [4, 0.874111258, 0.0023, 0.955142014, 0.0012],
  ];
  return {
    id: "C31",
    paper,
    source: { whose: "ours" },
    statement:
      "Label noise: below λ_c the one-step gradient carries no signal; above it overlaps and risk " +
      "follow the theory, at d/N = 1/20 and 1/2",
    falsifier:
      "A mean overlap or risk from 1.6 units on that is more than 4 standard errors and 0.05/λ² away " +
      "from theory, or of the reference's, or a mean overlap at half a unit above 0.05",
    evidence: (preset) => ({
      seeds: byPreset(preset, 6, 20),
      sizes: "d = 400, k = 200, N = 8000 and 800, λ = 0.5, 1.6, 2.5, 4 units",
      draws: "seed",
    }),
    // Control: the noise taken as white, which it is not at d/N = 1/2.
    ...withControl(async (preset, seed, wrong) => {
      const copies = preset === "full" ? 20 : 6, strengths = [0.5, 1.6, 2.5, 4];
      const run = await labelNoise({ preset, copies, strengths, ...seeded(seed) });
      const { put, result } = comparison();
      for (const row of noiseTable(run.rows, run.parameters)) {
        const sizes = { ...run.parameters, N: row.N }, ratio = row["λ in units"];
        const name = `N = ${row.N}, ${ratio} units`, [u2, v2] = [row["⟨û, u⟩²"], row["⟨v̂, v⟩²"]];
        const [su, sv, sr] = [row["± ⟨û, u⟩²"]!, row["± ⟨v̂, v⟩²"]!, row["± relative risk"]!];
        if (ratio < 1) {
          put(`u², ${name}`, u2, 0, 0.05);
          put(`v², ${name}`, v2, 0, 0.05);
          continue;
        }
        const lambda = ratio * strengthUnit(sizes);
        const theory = (wrong ? whiteOverlaps : noisyOverlaps)(sizes, lambda);
        // Finite sizes: the transition is rounded over a relative width d^(-2/3) = 2 %, and an overlap has
        // the slope of about 1/λ² there.
        const slack = 0.05 / ratio ** 2;
        put(`u², ${name}`, u2, theory.u2, 4 * su + slack);
        put(`v², ${name}`, v2, theory.v2, 4 * sv + slack);
        if (!wrong) put(`risk, ${name}`, row["relative risk"], row["risk theory"], 4 * sr + slack);
        const known = reference.find(([x]) => x === ratio && row.N === 8000);
        if (!known) continue;
        put(`u² of the reference, ${name}`, u2, known[1], 4 * Math.hypot(su, known[2]));
        put(`v² of the reference, ${name}`, v2, known[3], 4 * Math.hypot(sv, known[4]));
      }
      return result("4 standard errors and 0.05/λ² for finite sizes; below 0.05");
    }),
  };
}

/** The claims of this file. */
export const limitClaims: readonly Claim[] = [c30(), c31()];
