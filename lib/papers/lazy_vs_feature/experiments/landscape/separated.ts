/**
 * Separated neurons (A5): the slope at the start and Condition 3 for random unit vectors.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  median,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, figureOf } from "../../../../figure/mod.ts";
import { activation } from "../../../../gaussian/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { activationLabel, ACTIVATIONS } from "../../activations.ts";
import { randomGram } from "../../bases.ts";
import { SignedLandscape } from "../../theory/mod.ts";
import { activationsParameter } from "../physics.ts";

/**
 * Parameters of {@linkcode separatedSlopes}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const separatedParameters = {
  activations: activationsParameter([ACTIVATIONS.h3, ACTIVATIONS.erf]),
  k: param.integers([16, 32, 64, 128], "neurons of the base", { least: 2 }),
  d: param.integer(200, "dimension in which the neurons are uniform unit vectors", { least: 2 }),
  xi: param.number(1, "norm of the perturbation ξ", { above: 0 }),
  draws: param.integer(400, "pairs of signs of each base", { least: 10 }),
  seed: param.seed(),
};

type Parameters = Values<typeof separatedParameters>;

/** Slopes of one base. */
export interface SeparatedRow extends Row {
  /** Name of the activation. */
  activation: string;
  /** Neurons. */
  k: number;
  /** Largest correlation of two neurons. */
  correlation: number;
  /** Largest one that A5 allows, `1 − ln k/√k`. */
  limit: number;
  /** Median of `k|Φ′(0)|`. */
  median: number;
  /** Mean of `(kΦ′(0))²`. */
  square: number;
  /** Its standard error. */
  se: number;
  /** The same from the matrix: `(k rms)²`. */
  theory: number;
  /** The same for an orthonormal base. */
  orthonormal: number;
  /** Draws for which Condition 3 fails. */
  failing: number;
  /** Draws. */
  draws: number;
}

function run(p: Parameters): SeparatedRow[] {
  return p.activations.flatMap((sigma) =>
    p.k.map((k): SeparatedRow => {
      const rng = stream(p.seed, "separated", k), gram = randomGram(k, p.d, rng.stream("base"));
      const setting = { activation: sigma, k, kappa: p.xi / Math.sqrt(k) };
      const landscape = new SignedLandscape({ ...setting, gram });
      const signs = () => Array.from({ length: k }, () => rng.uniform() < 0.5 ? -1 : 1);
      let failing = 0;
      const starts = Array.from({ length: p.draws }, () => {
        const c = signs(), hatC = signs();
        failing += Number(!landscape.conditionHolds(c, hatC));
        return k * Math.abs(landscape.start(c, hatC));
      });
      const { mean, se } = summary(starts.map((x) => x * x));
      return {
        ...{ activation: activation(sigma).name, k, failing, draws: p.draws },
        correlation: Math.max(...gram.map((x, i) => i % (k + 1) ? Math.abs(x) : 0)),
        ...{ limit: 1 - Math.log(k) / Math.sqrt(k), median: median(starts), square: mean, se },
        theory: (k * landscape.rms) ** 2,
        orthonormal: (k * new SignedLandscape({ ...setting, points: 1 }).rms) ** 2,
      };
    })
  );
}

function draw(rows: readonly SeparatedRow[], p: Parameters): Figure {
  const failing = rows.reduce((sum, row) => sum + row.failing, 0);
  return figureOf([{
    title: "",
    x: {
      label: "neurons /{k}",
      type: "log",
      ticks: [...p.k],
      tickFormat: (k: number) => String(k),
    },
    y: { label: "root mean square of /{k} /{Φ}′(0)", type: "log" },
    series: p.activations.map((sigma) => {
      const own = where(rows, "activation", activation(sigma).name);
      return {
        name: activationLabel(sigma),
        line: own.map(({ k, theory }) => ({ x: k, y: Math.sqrt(theory) })),
        marks: own.map(({ k, square }) => ({ x: k, y: Math.sqrt(square) })),
        bars: own.map(({ k: x, square, se }) => (
          {
            x,
            y: Math.sqrt(square),
            low: Math.sqrt(Math.max(0, square - se)),
            high: Math.sqrt(square + se),
          }
        )),
      };
    }),
    legend: "above",
  }], {
    caption:
      `Slope at the start over random signs for random unit neurons in ${p.d} dimensions, ξ = ${p.xi}. Lines: ` +
      `Frobenius norm of the landscape's matrix; marks: ${p.draws} pairs of signs ± one standard error. Condition 3 ` +
      `fails for ${failing} of ${rows.length * p.draws} pairs.`,
  });
}

/**
 * The slope at the start for separated neurons, and Condition 3.
 *
 * Source: dayi25a, Lemma 8 and Theorem 13; the mean square: ours.
 */
export const separatedSlopes: Experiment<typeof separatedParameters, SeparatedRow[], Figure> =
  experiment({
    name: "separated neurons",
    about:
      "Slope at the start and Condition 3 for random unit neurons, the base of the paper's figures.",
    parameters: separatedParameters,
    quick: { k: [16, 32, 64] },
    check: (p, refuse) => {
      const most = Math.max(...p.k);
      if (most > p.d) refuse("d", `at least the largest k, ${most}`, p.d);
    },
    run,
    figure: draw,
  });
