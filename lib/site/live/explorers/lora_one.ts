import { overlayFigure } from "../../../figure/mod.ts";
import { bestShrinkage, oneStepError } from "../../../papers/lora_one/theory/one_step.ts";
import { even, type Explorer } from "./explorer.ts";

const GAMMAS = even(0, 1.5, 61);

/** The error of one step as a function of its length. */
export const explorer: Explorer = {
  title: "How good one gradient step is as a start",
  sliders: [
    { name: "d", label: "d, input dimension", min: 10, max: 3000, start: 100, log: true },
    {
      name: "ratio",
      label: "N/d, samples per dimension",
      min: 1.2,
      max: 300,
      start: 16,
      log: true,
    },
  ],
  draw({ d: wanted, ratio }) {
    const d = Math.round(wanted), N = Math.max(d + 1, Math.round(ratio * d)), sizes = { d, N };
    const best = bestShrinkage(sizes), size = best.toPrecision(3);
    const many = { d, N: 1e6 * d };
    const lines = GAMMAS.flatMap((x) => [
      { series: `N = ${N}`, x, y: oneStepError(sizes, x) },
      { series: "N → ∞", x, y: oneStepError(many, x) },
    ]);
    return overlayFigure([{
      title: `d = ${d}, N = ${N}: best γ = ${size}`,
      x: { label: "γ, length of the step" },
      y: { label: "squared error / ‖Δ‖²", domain: [0, 1.6] },
      lines: [
        ...lines.filter(({ y }) => y <= 1.6),
        ...[0, oneStepError(sizes, best)].map((y) => ({ series: "best γ", x: best, y })),
      ],
    }], {
      caption:
        `Mean squared error of γG as an estimate of Δ after one step on N = ${N} Gaussian samples in ` +
        `d = ${d} dimensions, relative to ‖Δ‖²: (1 − γ)² + γ²(d + 1)/N. The best γ = ${size} leaves ` +
        `${(1 - best).toPrecision(3)}.`,
    });
  },
};
