import { overlayFigure } from "../../../figure/mod.ts";
import {
  alignedError,
  imbalancedCurve,
} from "../../../papers/gradient_flow_mf/theory/escape/exact_curves.ts";
import { even, type Explorer } from "./explorer.ts";

/** Two starts of one mode: LoRA's, with one factor at zero, and the balanced one. */
export const explorer: Explorer = {
  title: "How long an adapter waits before it learns a mode",
  sliders: [
    { name: "alpha", label: "α, scale of the start", min: 1e-6, max: 0.3, start: 0.01, log: true },
    { name: "s", label: "s, gain of the frozen factor", min: 0.3, max: 3, start: 1, log: true },
    { name: "sigma", label: "σ, what has to be learnt", min: 0.3, max: 3, start: 1, log: true },
  ],
  draw({ alpha, s, sigma }) {
    const mode = { s, sigma }, end = 20;
    const power = alpha * alpha;
    const lines = even(0, end, 81).flatMap((x) => [
      {
        series: "b₀ = 0, a₀ = α",
        ...{ x, y: imbalancedCurve({ ...mode, x0: 0 }, -power, x).e / sigma },
      },
      { series: "b₀ = a₀ = α", x, y: alignedError({ ...mode, x0: power }, x) / sigma },
    ]);
    return overlayFigure([{
      title: `α = ${alpha}, s = ${s}, σ = ${sigma}`,
      x: { label: "gradient-flow time", domain: [0, end] },
      y: { label: "error e/σ", domain: [0, 1.02] },
      lines,
    }], {
      caption:
        `Error of one aligned mode under gradient flow from LoRA's start (one factor zero) and from a ` +
        `balanced start, for α = ${alpha}, s = ${s}, σ = ${sigma}: a plateau of length about ` +
        `log(1/α²)/(2sσ), then an exponential approach.`,
    });
  },
};
