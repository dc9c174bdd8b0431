/**
 * Claim 3.1 in runs: the three parts of a small stack, and the two properties of its closed form.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  linspace,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Figure,
  formatNumber,
  scaleWords,
  simulation,
  style,
  theory,
} from "../../../../figure/mod.ts";
import {
  add,
  frobeniusNorm,
  type Matrix,
  multiply,
  multiplyNT,
  symmetricEigen,
} from "../../../../linalg/mod.ts";
import { stackOf } from "../../measures.ts";
import { adaptersOf, startNamed } from "../../run_start.ts";
import { problemOf } from "../../shapes.ts";
import type { Observe } from "../../simulation/runs/run.ts";
import { layerStart, startWords } from "../../starts.ts";
import { claim31, type Claim31Options, claim31Parts } from "../../theory/paper/claim_3_1.ts";
import { paperGenerators } from "../../theory/paper/decomposition.ts";
import { paperSymbols } from "../../theory/paper/symbols.ts";
import { oneScaleParameters } from "./_escape.ts";
import { runsOf, startSeeds } from "../physics.ts";

/** A moment of a run beside Claim 3.1; sizes are Frobenius norms, all numbers over `α`. */
export interface LinearPartsRow extends Row {
  /** Name of the start. */
  start: string;
  /** Its seed. */
  seed: string;
  /** Flow time. */
  at: number;
  /** `‖γ₁ᵀZ₁‖` in the run. */
  growing: number;
  /** The same by the closed form. */
  growingLaw: number;
  /** `‖γ̄₁ᵀZ₁‖` in the run. */
  shrinking: number;
  /** The same by the closed form. */
  shrinkingLaw: number;
  /** Size of what is orthogonal to both in the run; the closed form has that of the start. */
  frozen: number;
  /** Largest entry of the closed form minus `e^{σσ_{W₂}tH₁}Z₁(0)`. */
  error: number;
  /** Size of that for Eq. (10) as printed but with a unit `γ₁`: without the null space. */
  withoutNullSpace: number;
  /** The same for `γ₁ = (g; v)` of length `√2`. */
  printedGamma: number;
}

/**
 * Parameters of {@linkcode linearParts}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const linearPartsParameters = {
  ...oneScaleParameters({ starts: ["gauss", "zeroB"], alpha: 1e-3, seed: 800 }),
  copies: param.integer(1, "starts of each kind; the figure shows the first", { least: 1 }),
  times: param.numbers(linspace(0, 8, 17), "moments, in flow time", { least: 0 }),
};

type Parameters = Values<typeof linearPartsParameters>;

/** Sizes of the parts of the stack. */
const observe: Observe = ({ adapters: { b1, a1 }, problem }) => {
  const { growing, shrinking, frozen } = claim31Parts(problem, stackOf(b1, a1));
  return { growing, shrinking, frozen };
};

/** `e^{cH}Z` by the eigenvectors of `H`. */
function exponentialTimes(h: Matrix, c: number, z: Matrix): Matrix {
  const { values, vectors } = symmetricEigen(h), n = h.rows;
  const scaled = { ...vectors, data: vectors.data.map((x, i) => x * Math.exp(c * values[i % n])) };
  return multiply(multiplyNT(scaled, vectors), z);
}

function draw(rows: LinearPartsRow[], { problem, starts, alpha }: Parameters): Figure {
  const { lambda } = paperSymbols(problemOf(problem));
  const parts = [
    { key: "growing", law: "growingLaw", words: "/{γ}_{1}ᵀ/{Z}_{1}" },
    { key: "shrinking", law: "shrinkingLaw", words: "/{γ̄}_{1}ᵀ/{Z}_{1}" },
    { key: "frozen", law: "frozenLaw", words: "all the rest" },
  ] as const;
  const drawn = starts.map((like) => {
    const { name } = layerStart(like), all = where(rows, "start", name);
    const first = where(all, "seed", all[0].seed);
    const moments = first.map((row) => ({ ...row, frozenLaw: first[0].frozen }));
    return { words: startWords(like), moments };
  });
  return {
    panels: drawn.map(({ words, moments }) => ({
      title: words,
      x: { label: "flow time /{t}" },
      y: { label: "size of a part of /{Z}_{1}, over /{α}", type: "log" as const },
      marks: parts.flatMap(({ key, law }, i) => {
        const { stroke, dash, symbol } = style(i);
        const shown = moments.filter((row) => row[key] > 0);
        return [
          theory(moments.filter((row) => row[law] > 0), {
            ...{ x: "at", y: law, stroke, strokeDasharray: dash },
          }),
          simulation(shown, { x: "at", y: key, stroke, symbol }),
        ];
      }),
    })),
    columns: Math.min(drawn.length, 3),
    legend: parts.map(({ words }, i) => {
      const { stroke, dash, symbol } = style(i);
      return { label: words, stroke, dash, symbol };
    }),
    rows: drawn.flatMap(({ moments }) => moments),
    size: "page",
    caption: `The parts of Z₁ = [B₁; A₁ᵀ] along γ₁ and γ̄₁ and orthogonal to both, over α, for ` +
      `${problemOf(problem).name} and α = ${scaleWords(alpha)}. Symbols: gradient flow; lines: ` +
      `e^{±σσ_{W₂}t} of Claim 3.1 with σσ_{W₂} = ${
        formatNumber(lambda, 3)
      }, and the part that Eq. ` +
      `(10) leaves out, which stands still. The lines cease to hold where adapter 1 has grown to the ` +
      `size of the target.`,
  };
}

/**
 * The parts of a small stack in runs beside the closed form of Claim 3.1, and how far the closed form is
 * from the exponential of `H₁`: exactly, without the null space, and with the printed `γ₁`.
 *
 * @example
 * ```ts
 * import { linearParts } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await linearParts({ starts: ["gauss"], times: [1.7] });
 * assert(rows[0].error < 1e-14 && rows[0].withoutNullSpace > 6);
 * ```
 */
export const linearParts: Experiment<typeof linearPartsParameters, LinearPartsRow[], Figure> =
  experiment({
    name: "parts of a small stack",
    about: "How the three parts of Z₁ move while the adapters are small.",
    parameters: linearPartsParameters,
    run: async ({ problem: like, starts, alpha, r, copies, seed, times }, { sweep }) => {
      const problem = problemOf(like), { lambda } = paperSymbols(problem);
      const { h1 } = paperGenerators(problem), seeds = startSeeds(seed, 800, copies);
      const rows = await runsOf(sweep, {
        ...{ problem: like, starts, alpha: [alpha], r, seeds, times, observe },
      });
      return rows.map((row): LinearPartsRow => {
        const startedBy = startNamed(starts, row.start);
        const { b1, a1 } = adaptersOf(problem, { startedBy, alpha, r, seed: row.seed });
        const z = stackOf(b1, a1), exact = exponentialTimes(h1, lambda * row.at, z);
        const law = claim31Parts(problem, claim31(problem, z, row.at));
        const off = (options: Claim31Options) =>
          add(exact, claim31(problem, z, row.at, options), -1);
        const size = (key: string) =>
          Number((row as unknown as Record<string, number>)[key]) / alpha;
        return {
          ...{ start: row.start, seed: row.seed, at: row.at },
          ...{ growing: size("growing"), growingLaw: law.growing / alpha },
          ...{ shrinking: size("shrinking"), shrinkingLaw: law.shrinking / alpha },
          frozen: size("frozen"),
          error: Math.max(...off({}).data.map(Math.abs)) / alpha,
          withoutNullSpace: frobeniusNorm(off({ nullSpace: false })) / alpha,
          printedGamma: frobeniusNorm(off({ gamma: "printed" })) / alpha,
        };
      });
    },
    figure: draw,
  });
