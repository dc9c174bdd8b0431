/**
 * Claims about step scales: C17 to C19, C43.
 *
 * @module
 */
import { byPreset, type Claim, comparison, where, withControl } from "../../../experiment/mod.ts";
import { ACTIVATION_NAMES, ACTIVATIONS } from "../activations.ts";
import { lateRates } from "../experiments/steps/late_rates.ts";
import { stepRules } from "../experiments/steps/step_rules.ts";
import { fineTuning, standard } from "../model.ts";
import { tailRate, terminal } from "../theory/mod.ts";
import { seeded } from "./seeded.ts";

const paper = "lazy-vs-feature";

function c17(): Claim {
  return {
    id: "C17",
    paper,
    source: { whose: "ours" },
    statement:
      "With ĉ = c, 1 − m decays at rate f(2 − f)/kurtosis when the step is f times the best one",
    falsifier:
      "A decay rate of 1 − m that is more than 3 %, or 4 standard errors if more, away from f(2 − " +
      "f)/kurtosis",
    evidence: (preset) => ({
      seeds: byPreset(preset, 8, 32),
      sizes: "model S, n = 3000, f = 0.5, 1, 1.5, τ from 10 to 40",
      draws: "seed",
    }),
    // Control: a rate linear in the step.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison();
      const { rows, parameters } = await lateRates({ preset, ...seeded(seed) });
      for (const { fraction: f, rate, se, theory } of rows.rates) {
        const wanted = wrong ? theory / (2 - f) : theory;
        // Few copies do not know their own error: the rate of one copy has a deviation near 0.0055 f².
        const error = Math.max(se, 0.0055 * f * f / Math.sqrt(parameters.copies));
        put(`f = ${f}`, rate, wanted, Math.max(0.03 * wanted, 4 * error));
      }
      return result("3%, or 4 standard errors if more");
    }),
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
    source: { whose: "ours" },
    statement:
      "The kurtosis of the gate, which sets the tuned late rate with ĉ = c, converges as k grows",
    falsifier: "A kurtosis that is off the reference's converging table by more than 6e-4",
    evidence: { seeds: 0, sizes: "h₂, h₃, erf, ReLU, k = 2 ... 64, κ = 1/√2", draws: "nothing" },
    // Control: the kurtosis of one neuron more.
    ...withControl((_preset, _seed, wrong) => {
      const { put, result } = comparison();
      for (const activation of ACTIVATION_NAMES) {
        [2, 4, 8, 16, 32, 64].forEach((k, i) => {
          const own = {
            activation: ACTIVATIONS[activation],
            k: wrong ? k + 2 : k,
            kappa: Math.SQRT1_2,
          };
          put(
            `${activation}, k = ${k}`,
            terminal(fineTuning(own)).kurtosis,
            reference[activation][i],
            6e-4,
          );
        });
      }
      return result("6e-4, as printed");
    }),
  };
}

function c19(): Claim {
  return {
    id: "C19",
    paper,
    source: { whose: "ours" },
    statement:
      "The tail stays linear to 1 − m = 10⁻²³, far below what doubles of m can hold, at the rate of n = 500: the mean " +
      "logarithm of one step's factor",
    falsifier:
      "A mean log₁₀(1 − m) at τ = 50 off −8.23, or a rate from τ = 50 to 250 off that of independent factors, by more than 4 " +
      "standard errors and the last digit",
    evidence: (preset) => ({
      seeds: byPreset(preset, 24, 64),
      sizes:
        "model S, n = 500, α = 0.2; −8.23 of an independent simulation, whose later numbers are limited by rounding",
      draws: "seed",
    }),
    // Control: a rate of 0.1705, that of a chain whose overlap loses its digits below 10⁻²².
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison();
      const { rows: { tail } } = await lateRates({ preset, ...seeded(seed) });
      const [early, late] = [50, 250].map((tau) => tail.find(({ x }) => x === tau)!);
      // Deviations of one copy are 0.21 at τ = 50 and 0.45 at 250: few copies do not know their own.
      const [a, b] = [early, late].map(({ se, n }, i) =>
        Math.max(se, [0.2, 0.44][i] / Math.sqrt(n))
      );
      put("mean log₁₀(1 − m) at τ = 50", early.y, -8.23, 4 * Math.hypot(a, 0.2 / 8) + 0.005);
      const rate = (early.y - late.y) * Math.LN10 / 200,
        theory = tailRate(standard(), { alpha: 0.2, n: 500, samples: 600_000 });
      const wanted = wrong ? 0.1705 : theory.rate;
      put("rate", rate, wanted, 4 * Math.hypot(Math.hypot(a, b) * Math.LN10 / 200, theory.se));
      return result("4 standard errors + as printed");
    }),
  };
}

function c43(): Claim {
  return {
    id: "C43",
    paper,
    source: { whose: "ours" },
    statement:
      "With two wrong signs a decaying step ends nearer to u than a fixed one, and the kurtosis controller " +
      "far away, as its law knows nothing of the noise of a wrong factor",
    falsifier:
      "A mean overlap under a step that depends on time more than 4 standard errors + 12/n away from its flow, or a " +
      "controller, whose step is that of ĉ = c within 10 %, that ends above 0.87",
    evidence: (preset) => ({
      seeds: byPreset(preset, 4, 16),
      sizes: `h₃, k = 8, two wrong signs, n = ${byPreset(preset, 1000, 2000)}, τ ≤ ${
        byPreset(preset, 200, 300)
      }`,
      draws: "seed",
    }),
    // Control: the flow of the other schedule.
    ...withControl(async (preset, seed, wrong) => {
      const { rows, parameters: { n, copies } } = await stepRules({ preset, ...seeded(seed) });
      const { put, result } = comparison();
      const at = (rule: string) => where(rows, "rule", rule),
        slow = at("0.05"),
        decay = at("0.1 / (1 + t / 60)");
      for (const [own, other] of [[slow, decay], [decay, slow]]) {
        own.forEach(({ rule, tau, m, se, flow }, i) => {
          // Few copies do not know their spread: at least that of one copy before the end, 1.5/√n on the way.
          const error = Math.max(se, (tau < 100 ? 1.5 : 0.3) / Math.sqrt(n * copies));
          put(`${rule}, τ = ${tau}`, m, wrong ? other[i].flow! : flow!, 4 * error + 12 / n);
        });
      }
      const end = at("controller from 0.05").at(-1)!;
      // The gate has one law whatever ĉ is: alternating signs of h₃, E ψ²/E ψ⁴ = 1/5.
      put("controller, α", end.alpha, 0.2, 0.02);
      put("controller, m above 0.87", Math.max(0, end.m - 0.87), 0, 0);
      return result("4 standard errors + 12/n; α ± 10%");
    }),
  };
}

/** The claims of this file. */
export const stepClaims: readonly Claim[] = [c17(), c18(), c19(), c43()];
