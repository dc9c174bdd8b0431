import { overlayFigure } from "../../../figure/mod.ts";
import {
  boundDescent,
  boundLog,
  boundSqrt,
} from "../../../papers/convergence_rate/theory/bounds.ts";
import { type Explorer, geometric } from "./explorer.ts";

const STEPS = geometric(1, 1e9, 46);

const BOUNDS = {
  "1/log T (paper)": boundLog,
  "T^{−1/2} (ours)": boundSqrt,
  "full gradient descent": boundDescent,
};

/** The three bounds of the smallest squared gradient. */
export const explorer: Explorer = {
  title: "How far the bounds of the smallest squared gradient lie apart",
  sliders: [
    { name: "L", label: "L, smoothness of the loss", min: 0.12, max: 100, start: 1, log: true },
    {
      name: "gap",
      label: "Δ, loss above its lower bound",
      min: 0.01,
      max: 100,
      start: 1,
      log: true,
    },
    { name: "v2", label: "‖V₀‖², size of the start", min: 0.01, max: 100, start: 1, log: true },
  ],
  draw({ L, gap, v2 }) {
    const lines = Object.entries(BOUNDS).flatMap(([series, bound]) =>
      STEPS.map((x) => ({ series, x, y: bound({ smoothness: L, gap, v2 }, x) }))
    );
    return overlayFigure([{
      title: `L = ${L}, Δ = ${gap}, ‖V₀‖² = ${v2}`,
      x: { label: "steps T", type: "log" },
      y: { label: "bound of min ‖∇J‖²", type: "log" },
      lines,
    }], {
      caption:
        `Bounds of the smallest squared gradient after T steps of the paper's rule, for L = ${L}, ` +
        `Δ = ${gap}, ‖V₀‖² = ${v2}: the paper's rate 1/log T (constants reconstructed), ours, and the bound ` +
        `of gradient descent on the full matrix.`,
    });
  },
};
