/**
 * Claim about Theorem 4.1: P14.
 *
 * Reference numbers are those of an independent NumPy implementation.
 *
 * @module
 */
import { type Claim, comparison, withControl } from "../../../../experiment/mod.ts";
import { spectralPhases } from "../../experiments/paper/spectral_phases.ts";

/** By problem and scale, by the reference implementation: `T₁` of F.1, the last time at which part 1
 * holds, `z₁(T₁)` over its threshold. */
const REFERENCE_RUNS = [
  [0.3710209938906836, 0.3710209938906836, 2.5118090730567464],
  [0.8244531352802803, 0.7610661739207758, 11.259147490373826],
  [1.7313174180594737, 1.4974619628158234, 21.064721011518653],
  [0.32598394652783297, 0.3259464267597276, 1.3279028149],
  [0.7470280778181728, 0.7419115594079981, 4.445015789305005],
  [1.5891163403988522, 1.4784603143318302, 22.12765087544359],
  [0.22312903374413615, 0.2229330915006361, 0.5672402112012166],
  [0.6003093103817679, 0.6000515517302947, 0.7057217336561643],
  [1.3546698636570316, 1.354302327597337, 1.0916045308850149],
] as const;

function p14(): Claim {
  return {
    id: "P14",
    paper: "gradient-flow-mf",
    source: { whose: "paper", where: "Theorem 4.1 (F.1)" },
    statement:
      "Part 2 of Theorem 4.1 holds in every run; part 1 fails at the beginning of [0, T₁] " +
      "until artanh((3 + δ_w)/4)/(2σσ_{W₂}), at small α also at its end",
    falsifier:
      "A run whose growth exceeds the bound of part 1 at t = 0, or from another time on than " +
      "the law says, or whose loss exceeds the bound of part 2 after T₁",
    evidence: {
      seeds: 0,
      sizes: "one direction, σ = 5, σ_{W₂} = 2.5, δ_w = 0.25, 0.5, 0.907, α = 1e-2, 1e-4, 1e-8",
      draws: "nothing",
    },
    // Control: the balanced start, for which part 1 holds from t = 0 on.
    ...withControl(async (preset, _seed, wrong) => {
      const { runs } =
        (await spectralPhases({ preset, ...(wrong ? { starts: ["spectral"] } : {}) }))
          .rows;
      const { put, result } = comparison();
      runs.forEach((run, i) => {
        const name = `δ_w = ${Number(run.deltaW.toFixed(3))}, α = ${run.alpha}`;
        const [t1, last, reached] = REFERENCE_RUNS[i];
        put(`growth at 0, ${name}`, run.growthStart, 0, 0);
        put(`part 1 from, ${name}`, run.holdsFrom, run.from, 1e-3);
        put(`part 1 until, ${name}`, run.holdsUntil, run.until, 1e-3);
        put(`part 1 until, reference, ${name}`, run.holdsUntil, last, 1e-3);
        put(`T₁, reference, ${name}`, run.t1, t1, 1e-12);
        put(`z₁(T₁)/threshold, ${name}`, run.overThreshold, reached, 1e-3 * reached);
        put(`part 2: largest ℓ over bound, ${name}`, run.overBound, 1, 1e-12);
      });
      return result("1e-3: grids of times; part 2: equality at T₁");
    }),
  };
}

/** P14. */
export const theorem41Claims: readonly Claim[] = [p14()];
