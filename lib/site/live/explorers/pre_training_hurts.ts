import { overlayFigure } from "../../../figure/mod.ts";
import { linearAdiabaticTime } from "../../../papers/pre_training_hurts/theory/linear.ts";
import { even, type Explorer } from "./explorer.ts";

const STRENGTHS = even(0, 0.98, 50);

/** The search time as a function of the strength of pre-training. */
export const explorer: Explorer = {
  title: "How much longer the search takes after stronger pre-training",
  sliders: [
    { name: "m0", label: "m₀, overlap at the start", min: 1e-5, max: 0.3, start: 0.01, log: true },
    { name: "R", label: "R, overlap that ends the search", min: 0.35, max: 0.99, start: 0.5 },
  ],
  draw({ m0, R }) {
    const lines = STRENGTHS.flatMap((x) => [
      { series: "linear model, μ → 1", x, y: linearAdiabaticTime(x, m0, R) },
      { series: "(1 − μ)^{−2} ln(R/m₀)", x, y: Math.log(R / m0) / (1 - x) ** 2 },
    ]);
    return overlayFigure([{
      title: `m₀ = ${m0}, R = ${R}`,
      x: { label: "μ, strength of pre-training", domain: [0, 1] },
      y: { label: "search time", type: "log" },
      lines,
    }], {
      caption:
        `Time of the linear model until the overlap has grown from m₀ = ${m0} to R = ${R}, with ` +
        `the frozen direction followed at once (good for μ near 1), beside the law of small overlaps.`,
    });
  },
};
