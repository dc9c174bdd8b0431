/**
 * Claims about the time of the escape: C1, C2.
 *
 * @module
 */
import { agree, type Claim, summary, withControl } from "../../../experiment/mod.ts";
import { halfTimes } from "../experiments/mod.ts";
import { halfTime, meanHalfTime, stepDelay } from "../theory/mod.ts";

const paper = "new-paper";

const DELAY_MODE = { gain: 0.8, target: 1.5 };

/** Largest error of the predicted delay over the runs at a step size. */
async function delayError(eta: number, seed?: string): Promise<number> {
  const { rows } = await halfTimes({
    ...DELAY_MODE,
    preset: "quick",
    scales: [1e-1, 1e-2],
    copies: 32,
    eta,
    seed,
  });
  const errors = rows.map(({ share, time }) =>
    Math.abs(time - halfTime(DELAY_MODE, share) - stepDelay(DELAY_MODE, share, eta))
  );
  return Math.max(...errors);
}

function c1(): Claim {
  return {
    id: "C1",
    paper,
    source: { whose: "ours" },
    statement: "The delay of gradient descent against the flow is (η/2) log(f(a½)/f(a₀)) up to " +
      "O(η²): its error falls to a quarter when the step is halved",
    falsifier: "A ratio of the errors at two steps, one half of the other, that does not tend to 4",
    evidence: { seeds: 32, sizes: "s = 0.8, σ = 1.5, η = 0.02 and 0.01", draws: "seed" },
    check: async (_preset, { seed }) => {
      const ratio = await delayError(0.02, seed) / await delayError(0.01, seed);
      // The next term of the error is O(η³): it changes the ratio by a part of order η s σ.
      return agree({ ratio }, { ratio: 4 }, { rel: 0.05 });
    },
  };
}

const MEAN_MODE = { gain: 1.25, target: 0.8 };

function c2(): Claim {
  const scale = 1e-3;
  // The wrong law: as if every start were at α, without the mean of log g².
  const atScale = halfTime(MEAN_MODE, MEAN_MODE.gain * scale ** 2 / MEAN_MODE.target);
  return {
    id: "C2",
    paper,
    source: { whose: "ours" },
    statement: "The mean half time over Gaussian starts is (log(σ/(sα²)) + γ + log 2)/(2sσ)",
    falsifier: "A mean over starts that is more than four standard errors from the law",
    evidence: (preset) => ({
      seeds: halfTimes.defaults(preset).copies,
      sizes: "s = 1.25, σ = 0.8, α = 0.001",
      draws: "seed",
    }),
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await halfTimes({
        ...{ ...MEAN_MODE, preset, scales: [scale] },
        ...(seed === undefined ? {} : { seed }),
      });
      const { mean, se } = summary(rows.map(({ time }) => time));
      const law = wrong ? atScale : meanHalfTime(MEAN_MODE, scale);
      // The delay by the step, below 0.01, is a small part of a standard error.
      return agree({ mean }, { mean: law }, { abs: 4 * se, text: "4 standard errors" });
    }),
  };
}

/** Claims about the escape. */
export const escapeClaims: readonly Claim[] = [c1(), c2()];
