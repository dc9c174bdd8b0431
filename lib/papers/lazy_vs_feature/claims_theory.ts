/**
 * Claims about landscape, step sizes and times that need no simulation.
 *
 * Expected numbers are the reference values of the specification, from an independent implementation.
 *
 * @module
 */
import { agree, type Claim, comparison } from "../../experiment/mod.ts";
import { ACTIVATIONS, fineTuning, quantised, standard } from "./problem.ts";
import { averages, correlationSlope, OverlapFlow, terminal } from "./theory.ts";

const paper = "lazy-vs-feature";

function c1(): Claim {
  return {
    id: "C1",
    paper,
    source: "ours",
    statement: "The closed slope Φ′(m) equals the mean gradient of a step by quadrature",
    check: () => {
      const { put, result } = comparison();
      for (const name of ACTIVATIONS) {
        const model = standard(name);
        for (const m of [-0.5, 0, 0.25, 0.5, 0.75, 0.95]) {
          const { gammaS, gammaStar } = averages(model, m);
          const closed = (1 - m * m) * correlationSlope(model, m);
          const bound = (name === "relu" ? 1e-4 : 1e-12) * Math.abs(closed);
          put(`${name}, m = ${m}`, m * gammaS - gammaStar, closed, bound);
        }
      }
      return result("rel 1e-12; ReLU 1e-4, the limit of its quadrature at the kinks");
    },
  };
}

function c2(): Claim {
  return {
    id: "C2",
    paper,
    source: "ours",
    statement: "At m = 0 the slope is pκ²(1+κ²)^−p for the p-th Hermite activation: never zero",
    check: () => {
      const { put, result } = comparison();
      const table = {
        h2: [0.15150239878798, 0.5, 0.18],
        h3: [0.20848953961649, 0.375, 0.027],
      };
      for (const activation of ["h2", "h3"] as const) {
        [0.3, 1, 3].forEach((kappa, i) => {
          const p = activation === "h2" ? 2 : 3,
            k2 = kappa * kappa,
            name = `${activation}, κ = ${kappa}`;
          const found = correlationSlope(standard(activation, { kappa }), 0);
          put(name, found, p * k2 * (1 + k2) ** -p, 1e-12);
          put(`${name}, reference`, found, table[activation][i], 1e-12);
        });
      }
      return result("1e-12");
    },
  };
}

function c3(): Claim {
  return {
    id: "C3",
    paper,
    source: "ours",
    statement: "The slope at m = 0 is largest at κ² = 1/(p − 1)",
    check: () => {
      const peak = (activation: "h2" | "h3") => {
        let low = 0.2, high = 3;
        const value = (kappa: number) => correlationSlope(standard(activation, { kappa }), 0);
        while (high - low > 1e-7) {
          const x = low + (high - low) / 3, y = high - (high - low) / 3;
          if (value(x) < value(y)) low = x;
          else high = y;
        }
        return (low + high) / 2;
      };
      return agree({ h2: peak("h2"), h3: peak("h3") }, { h2: 1, h3: Math.SQRT1_2 }, { abs: 1e-6 });
    },
  };
}

function c12(): Claim {
  const reference = {
    h3: {
      0.1: 7.663,
      0.25: 8.543,
      0.5: 12,
      1: 30.051,
      2: 151.53,
      4: 1335.9,
      16: 2.676e5,
      32: 4.229e6,
    },
    h2: { 0.1: 1.515, 0.25: 1.593, 0.5: 1.866, 1: 2.857, 2: 5.669, 4: 10.93, 16: 25.77, 32: 33.95 },
  };
  return {
    id: "C12",
    paper,
    source: "ours",
    statement: "The best time to m = 1/2 grows like κ⁴ for h₃ and like log κ for h₂",
    check: () => {
      const { put, result } = comparison();
      for (const activation of ["h3", "h2"] as const) {
        const time = (kappa: number) =>
          new OverlapFlow(fineTuning({ activation, k: 1, kappa, c: [1] })).best().time;
        for (const [key, wanted] of Object.entries(reference[activation])) {
          put(`${activation}, κ = ${key}`, time(Number(key)), wanted, 1e-3 * wanted);
        }
        if (activation === "h3") put("last slope", Math.log2(time(32) / time(16)), 4, 0.05);
      }
      return result("rel 1e-3; slope ± 0.05");
    },
  };
}

function c13(): Claim {
  const reference = {
    h3: { 0.1: 11.28, 0.25: 9.231, 0.5: 12.3, 1: 30.4 },
    h2: { 0.1: 6.912, 0.25: 2.555, 0.5: 2.21, 1: 3.086 },
  };
  return {
    id: "C13",
    paper,
    source: "ours",
    statement: "With label noise of variance 1/4 the best time is U-shaped in κ",
    check: () => {
      const { put, result } = comparison();
      for (const activation of ["h3", "h2"] as const) {
        for (const [key, wanted] of Object.entries(reference[activation])) {
          const model = fineTuning({ activation, k: 1, kappa: Number(key), c: [1] });
          const { time } = new OverlapFlow(model, 0.25).best();
          put(`${activation}, κ = ${key}`, time, wanted, 1e-3 * wanted);
        }
      }
      return result("rel 1e-3");
    },
  };
}

function c18(): Claim {
  const reference = {
    h2: [3, 3, 3, 3, 3, 3],
    h3: [9, 6.75, 5.625, 5.0625, 4.78125, 4.640625],
    erf: [2.859, 2.994, 3.061, 3.094, 3.111, 3.119],
    relu: [1.644, 1.928, 2.038, 2.075, 2.085, 2.088],
  };
  return {
    id: "C18",
    paper,
    source: "ours",
    statement: "The kurtosis of the gate, which sets the tuned rate, converges as k grows",
    check: () => {
      const { put, result } = comparison();
      for (const activation of ACTIVATIONS) {
        [2, 4, 8, 16, 32, 64].forEach((k, i) => {
          const model = fineTuning({ activation, k, kappa: Math.SQRT1_2 });
          put(`${activation}, k = ${k}`, terminal(model).kurtosis, reference[activation][i], 6e-4);
        });
      }
      return result("6e-4, as printed");
    },
  };
}

function c37(): Claim {
  const reference = [[1, 2.24], [10, 4583], [14, 17319], [25, 174255]];
  return {
    id: "C37",
    paper,
    source: "ours",
    statement:
      "Between ξ = 1 and 25 the best time of h₃, k = 20, all-plus c, turns from O(1) to κ⁴",
    check: () => {
      const { put, result } = comparison();
      for (const [xi, wanted] of reference) {
        const k = 20, kappa = xi / Math.sqrt(k), c = quantised(k, () => 1);
        const model = fineTuning({ activation: "h3", k, kappa, c });
        put(`ξ = ${xi}`, new OverlapFlow(model).best().time, wanted, 3e-3 * wanted);
      }
      return result("rel 3e-3, as printed");
    },
  };
}

/** The claims of this file. */
export const theoryClaims: readonly Claim[] = [c1(), c2(), c3(), c12(), c13(), c18(), c37()];
