/**
 * Claims about the search phase: closed forms, integrals, series, divergences.
 *
 * Expected numbers without another source are the reference values of the specification, computed by
 * an independent implementation.
 *
 * @module
 */
import { agree, type Claim, measureAs } from "../../../experiment/mod.ts";
import { activation } from "../../../gaussian/mod.ts";
import {
  criticalStrengths,
  hermiteSearchMatrix,
  searchMatrix,
  searchTime,
  seriesSearchMatrix,
  strongPretraining,
} from "../theory/mod.ts";

const paper = "pre-training-hurts";

const tau = (name: string, mu: number) => searchTime(searchMatrix(mu, activation(name)));

function c1(): Claim {
  return {
    id: "C1",
    paper,
    source: { whose: "ours" },
    statement: "A and B in closed form for He_k equal the one-dimensional integrals (3), k <= 7",
    falsifier:
      "A difference above 1e-13 between a closed form and its integral at one of the 49 points",
    evidence: { seeds: 0, sizes: "He_1 ... He_7, seven mu from 0.1 to 0.99", draws: "nothing" },
    check: () => {
      let worst = 0;
      for (let k = 1; k <= 7; k++) {
        for (const mu of [0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.99]) {
          const closed = hermiteSearchMatrix(mu, k);
          const integral = searchMatrix(mu, activation(`He${k}`));
          const gap = Math.max(Math.abs(closed.A - integral.A), Math.abs(closed.B - integral.B));
          worst = Math.max(worst, gap);
        }
      }
      return agree({ "largest difference": worst }, { "largest difference": 0 }, { abs: 1e-13 });
    },
  };
}

function c2(): Claim {
  return {
    id: "C2",
    paper,
    source: { whose: "ours" },
    statement: "The Hermite series (4) with its j = 0 term equals the integrals (3), k = 2, 3, 5",
    falsifier:
      "A relative difference above 1e-11 between the series, with its term j = 0, and the " +
      "closed form",
    evidence: { seeds: 0, sizes: "He_2, He_3, He_5, mu = 0.3, 0.5, 0.7", draws: "nothing" },
    check: () => {
      let worst = 0;
      for (const k of [2, 3, 5]) {
        for (const mu of [0.3, 0.5, 0.7]) {
          const exact = hermiteSearchMatrix(mu, k);
          const series = seriesSearchMatrix(mu, activation(`He${k}`));
          worst = Math.max(
            worst,
            Math.abs(series.A / exact.A - 1),
            Math.abs(series.B / exact.B - 1),
          );
        }
      }
      return agree({ "largest relative difference": worst }, { "largest relative difference": 0 }, {
        abs: 1e-11,
      });
    },
  };
}

const TAU_HALF = {
  x: 4.82842712475,
  erf: 45.5941721443,
  relu: 9.65685424949,
  sigmoid: 178.60887049,
  He2: 1.59118718778,
  He3: 9.03566068025,
  He4: 7.87668823584,
  He5: 44.5515244597,
  He6: 52.1008131888,
  He7: 790.526916988,
};

const TAU_STRONG = {
  x: 100.990195136,
  erf: 3434.00772758,
  relu: 201.980390272,
  sigmoid: 6999.16723691,
  He2: 12.1214625651,
  He3: 5.90385954899,
  He4: 4.25697948554,
  He5: 3.65176538612,
};

function tauClaim(id: string, mu: number, expected: Record<string, number>): Claim {
  return {
    id,
    paper,
    source: { whose: "paper", where: "public code (definition of tau)" },
    statement:
      `Search time tau at mu = ${mu} (definition: the authors' code; values: integrals (3))`,
    falsifier: "A search time that differs from the reference's by more than 1e-9 of it",
    evidence: {
      seeds: 0,
      sizes: `mu = ${mu}: ${Object.keys(expected).join(", ")}`,
      draws: "nothing",
    },
    check: () => agree(measureAs(expected, (name) => tau(name, mu)), expected, { rel: 1e-9 }),
  };
}

function c5(): Claim {
  const expected = {
    "erf A": 0.153611337252,
    "erf B": -1.05392765341,
    "sigmoid A": 0.0192584571816,
    "sigmoid B": -0.0606450915929,
    "He2 A": 0.5625,
    "He2 B": 0.125,
    "He3 A": 0.171875,
    "He3 B": -0.15625,
    "He5 A": 0.039306640625,
    "He5 B": -0.04638671875,
  };
  return {
    id: "C5",
    paper,
    source: { whose: "ours" },
    statement: "Entries A and B of the search matrix at mu = 0.5",
    falsifier: "An entry A or B that differs from the reference's by more than 1e-11",
    evidence: { seeds: 0, sizes: "erf, sigmoid, He_2, He_3, He_5 at mu = 0.5", draws: "nothing" },
    check: () => {
      const measured = measureAs(expected, (key) => {
        const [name, entry] = key.split(" ");
        return searchMatrix(0.5, activation(name))[entry as "A" | "B"];
      });
      return agree(measured, expected, { abs: 1e-11 });
    },
  };
}

function c6(): Claim {
  const roots: Record<number, number[]> = {
    2: [],
    3: [0.3207243473230675],
    4: [],
    5: [0.425305733859928],
    6: [],
    7: [0.47181284313451305],
    8: [],
    9: [0.5358580730952881],
    10: [0.3967893025649656, 0.5732010245551069],
    11: [0.6063911523157587],
    12: [0.3720964574079293, 0.6347612855330287],
    13: [0.6593431504514929],
    14: [0.35383183956683817, 0.6808412371606446],
  };
  return {
    id: "C6",
    paper,
    source: { whose: "ours" },
    statement: "Strengths mu_c at which tau diverges for He_k, k = 2..14, and how many there are",
    falsifier:
      "Another number of roots of A in (0, 1) for one of He_2 ... He_14, or a root that is off " +
      "by more than 1e-9",
    evidence: { seeds: 0, sizes: "He_2 ... He_14", draws: "nothing" },
    check: () => {
      const measured: Record<string, number> = {}, expected: Record<string, number> = {};
      for (const [k, list] of Object.entries(roots)) {
        const found = criticalStrengths((mu) => hermiteSearchMatrix(mu, Number(k)).A);
        expected[`He${k} count`] = list.length;
        measured[`He${k} count`] = found.length;
        list.forEach((root, i) => {
          expected[`He${k} root ${i + 1}`] = root;
          measured[`He${k} root ${i + 1}`] = found[i];
        });
      }
      return agree(measured, expected, { abs: 1e-9 });
    },
  };
}

function c7(): Claim {
  return {
    id: "C7",
    paper,
    source: { whose: "ours" },
    statement: "(1 - mu)^2 tau tends to kappa/kappa_z^2 as mu -> 1 (here mu = 0.999)",
    falsifier: "A value of (1 - mu)^2 tau at mu = 0.999 that is more than 0.5 % away from " +
      "kappa/kappa_z^2 for one activation",
    evidence: { seeds: 0, sizes: "mu = 0.999, eight activations", draws: "nothing" },
    check: () => {
      const names = ["x", "erf", "relu", "sigmoid", "He2", "He3", "He4", "He5"];
      const of = (value: (name: string) => number) =>
        Object.fromEntries(names.map((name) => [name, value(name)]));
      return agree(
        of((name) => 1e-6 * tau(name, 0.999)),
        of((name) => strongPretraining(activation(name)).constant),
        { rel: 5e-3 },
      );
    },
  };
}

/** The claims of this file, in the order of the specification. */
export const searchClaims: readonly Claim[] = [
  c1(),
  c2(),
  tauClaim("C3", 0.5, TAU_HALF),
  tauClaim("C4", 0.9, TAU_STRONG),
  c5(),
  c6(),
  c7(),
];
