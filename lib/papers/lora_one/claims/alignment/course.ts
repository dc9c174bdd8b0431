/**
 * Claims about the course of alignment, and where it ends: C1, C8.
 *
 * Expected numbers come from an independent implementation.
 *
 * @module
 */
import { atMost, byPreset, type Claim, comparison, where } from "../../../../experiment/mod.ts";
import { matrix } from "../../../../linalg/mod.ts";
import { alignmentCourses } from "../../experiments/alignment/courses.ts";
import { directionsOf, sineBetween, topLeft } from "../../measures.ts";
import { toyProblem } from "../../problems/instances.ts";
import type { Moment } from "../../simulation/descent/mod.ts";
import type { StartRule } from "../../../../nn/mod.ts";

const paper = "lora-one";

function c1(): Claim {
  return {
    id: "C1",
    paper,
    source: { whose: "paper", where: "Theorem 3.1" },
    statement: "Theorem 3.1: the rows of B stay in row G at all steps (leak ‖B − BVVᵀ‖/‖B‖, F1 " +
      "with all columns)",
    falsifier:
      "A leak ‖B − BVVᵀ‖/‖B‖ above 1e-12 at one of the kept steps; control: a start with " +
      "B₀ ≠ 0, which leaks more than 0.1 at the first step",
    evidence: (preset) => ({
      seeds: 1,
      sizes: `F1's golden instance: d = k = 100, N = 1600, r = 8, r* = 4; α² = ${
        byPreset(preset, "1e-2, 1e-6", "1, 1e-2, 1e-4, 1e-6")
      }; every 100th of 1500 steps`,
      draws: "instance",
    }),
    check: async (preset) => {
      // Not in the eigenbasis: the residual is formed as it is written.
      const own = { name: "gradient descent, as written", begin: plainSteps };
      const variances = byPreset(preset, [1e-2, 1e-6], [1, 1e-2, 1e-4, 1e-6]);
      const { rows: { runs } } = await alignmentCourses({ variances, every: 100, optimiser: own });
      const worst = variances.map((variance) => [
        `α² = ${variance}`,
        Math.max(
          ...where(runs, "variance", variance).filter(({ at }) => at >= 1).map(({ leak }) => leak!),
        ),
      ]);
      const bounds = worst.map(([name]) => [name, 1e-12]);
      const { rows: control } = await alignmentCourses({
        starts: [leaking],
        variances: [1],
        steps: 10,
      });
      const leaks = control.runs.find(({ at }) => at === 1)!.leak! > 0.1;
      const result = atMost(Object.fromEntries(worst), Object.fromEntries(bounds));
      return { ...result, pass: result.pass && leaks };
    },
  };
}

/** Gradient descent as an optimiser of one's own. */
function plainSteps() {
  return ({ a, b, da, db, rates }: Moment) => {
    da.data.forEach((x, i) => a.data[i] += rates[0] * x);
    db.data.forEach((x, i) => b.data[i] += rates[1] * x);
  };
}

/** A start with rows of B outside of row G. */
const leaking: StartRule = {
  name: "B at random",
  factors: ({ shape: [d, k], r, draws }) => ({
    a: matrix(d, r, draws[0].normals(d * r)),
    b: matrix(r, k, draws[1].normals(r * k).map((x) => x / 1000)),
  }),
};

function c8(): Claim {
  return {
    id: "C8",
    paper,
    source: { whose: "ours" },
    statement: "Late plateau: A ends in col Δ, at the angle of col Δ with col G (F1, α² = 1e-4, " +
      "step 1500)",
    falsifier:
      "A sin θ at step 1500 that is more than 1e-4 of it away from the angle of col Δ with col G",
    evidence: {
      seeds: 1,
      sizes: "F1's golden instance: d = k = 100, N = 1600, r = 8, r* = 4; α² = 1e-4",
      draws: "instance",
    },
    check: async () => {
      const problem = toyProblem(),
        rows = where((await alignmentCourses()).rows.runs, "variance", 1e-4);
      const plateau = sineBetween(topLeft(problem.target, 4), directionsOf(problem.gradient).u);
      const last = where(rows, "at", 1500)[0], { put, result } = comparison();
      put("angle of col Δ with col G", plateau, 0.247207387748, 1e-9);
      put("sin θ", last.sine!, 0.2472089946, 1e-9);
      put("sin θ over plateau", last.sine! / plateau, 1, 1e-4);
      put("sin to col Δ", last.truth!, 0.000398164319619, 1e-9);
      return result("digits of the reference; plateau within 1e-4");
    },
  };
}

/** The claims of this file. */
export const courseClaims: readonly Claim[] = [c1(), c8()];
