import { overlayFigure } from "../../../figure/mod.ts";
import { standard } from "../../../papers/lazy_vs_feature/model.ts";
import { OverlapFlow } from "../../../papers/lazy_vs_feature/theory/flow/flow.ts";
import { even, type Explorer } from "./explorer.ts";

const END = 60, TIMES = even(0, END, 61).slice(1);

/** The course of the overlap with and without label noise. */
export const explorer: Explorer = {
  title: "How the overlap with the direction grows, and where noise stops it",
  sliders: [
    { name: "alpha", label: "α, step scale", min: 0.02, max: 1, start: 0.2, log: true },
    { name: "kappa", label: "κ, perturbation per neuron", min: 0.2, max: 1.2, start: 0.7 },
    { name: "noise", label: "variance of the label noise", min: 0, max: 1, start: 0.25 },
  ],
  draw({ alpha, kappa, noise }) {
    const model = standard("h3", { kappa });
    const lines = [0, noise].flatMap((variance, i) =>
      [0.05, ...new OverlapFlow(model, { noise: variance }).course(alpha, TIMES, 0.05)]
        .map((y, j) => ({ series: i === 0 ? "no noise" : "label noise", x: [0, ...TIMES][j], y }))
    );
    return overlayFigure([{
      title: `α = ${alpha}, κ = ${kappa}, noise ${noise}`,
      x: { label: "τ = steps / n", domain: [0, END] },
      y: { label: "overlap m", domain: [0, 1.02] },
      lines,
    }], {
      caption:
        `Overlap m of the adapter's direction with the teacher's in the standard model (third Hermite ` +
        `polynomial, eight neurons) from m = 0.05, for α = ${alpha}, κ = ${kappa}, without label noise and ` +
        `with noise of variance ${noise}; n → ∞.`,
    });
  },
};
