/**
 * Claims that compare chains with the flows.
 *
 * @module
 */
import { byPreset, type Claim, comparison, median, slope, summary } from "../../experiment/mod.ts";
import { stream } from "../../random/mod.ts";
import { fineTuning, type Model, quantised, standard } from "./problem.ts";
import { FineTuningChain, type RunOptions } from "./simulation.ts";
import { adapterFlow, lazyFlow, OverlapFlow, terminal } from "./theory.ts";

const paper = "lazy-vs-feature", SEED = "7";

function chains(name: string, model: Model, options: RunOptions, copies: number) {
  return Array.from(
    { length: copies },
    (_, i) => new FineTuningChain(model, options, stream(SEED, name, i)),
  );
}

function c5(): Claim {
  return {
    id: "C5",
    paper,
    source: "ours",
    statement: "The mean overlap of S follows the flow in dimension 2008",
    check: (preset) => {
      const { put, result } = comparison(), n = 2000, model = standard();
      const times = [4, 8, 12, 16, 20, 24, 32, 40];
      const flow = new OverlapFlow(model).course(0.2, times);
      const runs = chains("C5", model, { n, alpha: 0.2 }, byPreset(preset, 16, 64));
      times.forEach((time, j) => {
        for (const run of runs) run.run(time * n - run.steps);
        const { mean, se } = summary(runs.map(({ m }) => m));
        put(`m at τ = ${time}`, mean, flow[j], 4 * se + 2 / n);
      });
      return result("4 standard errors + 2/n");
    },
  };
}

function c6(): Claim {
  return {
    id: "C6",
    paper,
    source: "ours",
    statement: "SGD in dimension 10⁶ (h₂, k = 4) follows the flow",
    check: (preset) => {
      const { put, result } = comparison(), n = byPreset(preset, 1e5, 1e6) - 4, alpha = 4.5505;
      const model = fineTuning({ activation: "h2", k: 4, kappa: 0.25, c: quantised(4, () => 1) });
      const times = [0.25, 0.5, 0.75, 1, 1.25, 1.5];
      const flow = new OverlapFlow(model).course(alpha, times);
      const runs = chains("C6", model, { n, alpha }, byPreset(preset, 2, 4));
      const reference = [0.1127, 0.2038, 0.2791, 0.3423, 0.3961, 0.4425];
      times.forEach((time, j) => {
        for (const run of runs) run.run(Math.round(time * n) - run.steps);
        put(`m at τ = ${time}`, summary(runs.map(({ m }) => m)).mean, flow[j], 6 / Math.sqrt(n));
        put(`flow at τ = ${time}, reference`, flow[j], reference[j], 2e-4);
      });
      return result("6/√n; flow as printed");
    },
  };
}

function c8(): Claim {
  return {
    id: "C8",
    paper,
    source: "ours",
    statement: "The steps to |m| = 1/2 are linear in the dimension: no logarithm appears",
    check: (preset) => {
      const { put, result } = comparison(), model = standard(), alpha = 0.351;
      const ds = byPreset(preset, [300, 1000, 3000], [300, 1000, 3000, 10_000, 30_000]);
      const medians = ds.map((d) => {
        const n = d - 8;
        return median(
          chains(`C8 ${d}`, model, { n, alpha }, 32).map((run) => {
            while (Math.abs(run.m) < 0.5 && run.steps < 30 * n) run.step();
            return run.steps;
          }),
        );
      });
      put("log-log slope", slope(ds.map(Math.log), medians.map(Math.log)), 1.04, 0.04);
      const last = ds.length - 1;
      const time = new OverlapFlow(model).time(alpha);
      put("largest d: T/d", medians[last] / ds[last], time, 0.12 * time);
      return result("slope 1.00 to 1.08; T/d within 12% of the flow");
    },
  };
}

function c15(): Claim {
  return {
    id: "C15",
    paper,
    source: "ours",
    statement: "From the same zero start the full model reaches loss 0, its linearisation a floor",
    check: (preset) => {
      const { put, result } = comparison(), model = standard(), n = 600, alpha = 0.1;
      put("full, loss at τ = 60", adapterFlow(model, alpha, [60])[0].loss, 2e-4, 1e-4);
      put("lazy, loss at τ = 120", lazyFlow(model, alpha, [120])[0].loss, 0.1728, 1e-4);
      for (const algorithm of ["free", "lazy"] as const) {
        const runs = chains(
          `C15 ${algorithm}`,
          model,
          { n, alpha, algorithm },
          byPreset(preset, 16, 32),
        );
        const flow = (algorithm === "free" ? adapterFlow : lazyFlow)(model, alpha, [10, 30]);
        [10, 30].forEach((time, j) => {
          for (const run of runs) run.run(time * n - run.steps);
          const { mean, se } = summary(runs.map(({ m }) => m));
          put(`${algorithm}, m at τ = ${time}`, mean, flow[j].m, 4 * se + 5 / n);
        });
      }
      return result("4 standard errors + 5/n; flows as printed");
    },
  };
}

function c17(): Claim {
  return {
    id: "C17",
    paper,
    source: "ours",
    statement: "1 − m decays at rate f(2 − f)/kurtosis when the step is f times the best one",
    check: (preset) => {
      const { put, result } = comparison(), model = standard(), n = 3000;
      const { best, kurtosis } = terminal(model);
      for (const f of [0.5, 1, 1.5]) {
        const runs = chains(
          `C17 ${f}`,
          model,
          { n, alpha: f * best, m0: 0.99 },
          byPreset(preset, 8, 32),
        );
        const rates = runs.map((run) => {
          run.run(20 * n);
          const before = Math.log(run.gap);
          run.run(60 * n);
          return (before - Math.log(run.gap)) / 60;
        });
        const { mean, se } = summary(rates);
        put(`f = ${f}`, mean, f * (2 - f) / kurtosis, 4 * se + 0.03 * f * (2 - f) / kurtosis);
      }
      return result("3% + 4 standard errors");
    },
  };
}

function c23(): Claim {
  return {
    id: "C23",
    paper,
    source: "ours",
    statement: "With wrong signs in a frozen ĉ the overlap ends where the flow says, below 1",
    check: (preset) => {
      const { put, result } = comparison(), n = 1000, alpha = 0.1, c = quantised(8);
      const reference: Record<number, number> = {
        0: 0.9987,
        1: 0.946,
        2: 0.9015,
        3: 0.6597,
        8: -0.9987,
      };
      for (const [key, wanted] of Object.entries(reference)) {
        const model = standard("h3", { hatC: c.map((x, i) => i < Number(key) ? -x : x) });
        const [flow] = new OverlapFlow(model).course(alpha, [60]);
        put(`${key} flips, flow`, flow, wanted, 2e-4);
        const runs = chains(`C23 ${key}`, model, { n, alpha }, byPreset(preset, 16, 32));
        for (const run of runs) run.run(60 * n);
        const { mean, se } = summary(runs.map(({ m }) => m));
        put(`${key} flips, chain`, mean, flow, 4 * se + 10 / n);
      }
      return result("4 standard errors + 10/n; flow as printed");
    },
  };
}

/** The claims of this file. */
export const simulationClaims: readonly Claim[] = [c5(), c6(), c8(), c15(), c17(), c23()];
