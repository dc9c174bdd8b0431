/** The figure of targets at an angle: lines are T9, symbols runs. */
import { distinct, geomspace, linspace, where } from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  listed,
  scaleWords,
} from "../../../../figure/mod.ts";
import { startWords } from "../../starts.ts";
import {
  curveAt,
  fineAngles,
  type TiltedAngleRow,
  type TiltedParameters,
} from "./_tilted_parameters.ts";

const ANGLE = "angle /{φ} (degrees)";

/** Every so-manieth of a list. */
function thinned<T>(list: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(list.length / count));
  return list.filter((_, i) => i % step === 0);
}

/** Marks of one quantity against the angle. */
function marks(rows: readonly TiltedAngleRow[]) {
  return rows.map(({ degrees: x, run: y }) => ({ x, y }));
}

export function tiltedFigure(
  rows: readonly TiltedAngleRow[],
  parameters: TiltedParameters,
): Figure {
  const { s: [a, b], sigma, curves, alpha, collapse, horizon, scale, epsilon, m, r, random } =
    parameters;
  const of = (quantity: string) => where(rows, "quantity", quantity), low = 1e-12 * sigma ** 2;
  const fine = fineAngles(), laws = fine.map((x) => ({ x, curve: curveAt(parameters, x) }));
  const from = -0.15 * horizon / sigma;
  const courses: Drawing = {
    title: "loss curves",
    x: { label: "time on the curve, /{t} + /{τ}", domain: [from, horizon / sigma] },
    y: { label: "loss /{L}", type: "log", domain: [low, sigma ** 2] },
    series: curves.map((degrees) => {
      const curve = curveAt(parameters, degrees);
      return {
        name: `(a) ${formatNumber(degrees)}°`,
        line: linspace(from, horizon / sigma, 181).map((x) => ({ x, y: curve.loss(x) })),
        marks: thinned(where(of("course"), "degrees", degrees), 16)
          .map(({ at: x, run: y }) => ({ x, y })).filter(({ x, y }) => x > from && y > low),
      };
    }),
  };
  const ratio: Drawing = {
    title: `collapse, ${formatNumber(collapse)}°`,
    x: { label: "time on the curve, /{t} + /{τ}" },
    y: { label: "|/{L} ÷ curve − 1|", type: "log" },
    series: [...alpha].toSorted((x, y) => y - x).map((value) => {
      const here = where(of("collapse"), "alpha", value)
        .map(({ at: x, run, theory }) => ({ x, y: Math.abs(run / theory - 1), theory }))
        .filter(({ y, theory }) =>
          y > 0 && theory > 1e-9 * sigma ** 2 && theory < 0.49 * sigma ** 2
        );
      return { name: `(b) /{α} = ${scaleWords(value)}`, marks: thinned(here, 14), thin: here };
    }),
  };
  const x = { label: ANGLE };
  const rate: Drawing = {
    ...{ title: "rate of the end", x, y: { label: "rate /{μ}" } },
    series: [{
      name: "rate",
      line: laws.map(({ x, curve }) => ({ x, y: curve.mu })),
      marks: marks(of("rate")),
    }],
  };
  const times: Drawing = {
    ...{ title: "time to a loss", x, y: { label: "/{t} + /{τ} at /{L} < /{ε}" } },
    series: epsilon.map((value) => ({
      name: `(d) /{ε} = ${scaleWords(value)}${sigma === 1 ? "" : " /{σ}²"}`,
      line: laws.map(({ x, curve }) => ({ x, y: curve.timeBelow(value * sigma ** 2) })),
      marks: marks(of("time").filter(({ at }) => Math.abs(at / (value * sigma ** 2) - 1) < 1e-9)),
    })),
  };
  const limit: Drawing = {
    ...{ title: "limit of ‖/{A}‖²", x, y: { label: "/{a}² at the end" } },
    series: [{
      name: "limit",
      line: laws.map(({ x, curve }) => ({ x, y: curve.aSquared })),
      marks: marks(of("limit")),
    }],
  };
  const floor: Drawing = {
    title: "no range, /{s}_{b} = 0",
    x: { ...x, type: "log" },
    y: { label: "loss that stays", type: "log" },
    series: [{
      name: "floor",
      line: geomspace(Math.min(...distinct(of("floor"), "degrees")) / 1.3, 89, 60)
        .map((x) => ({ x, y: 0.5 * (sigma * Math.sin(x * Math.PI / 180)) ** 2 })),
      marks: marks(of("floor")),
    }],
  };
  return figureOf([courses, ratio, rate, times, limit, floor], {
    columns: 3,
    legend: [courses, ratio, times].flatMap(({ series }) => legendOf(series)),
    caption: `Target at an angle φ between the singular values ${
      listed([a, b].map((y) => formatNumber(y)))
    } ` +
      `of W₂ (σ = ${
        formatNumber(sigma)
      }, m = h = n = ${m}, r = ${r}). Lines: T9, without a fit; symbols: runs, ` +
      `from the spectral start at α = ${
        scaleWords(scale)
      } in (a) and (c) to (e). (b) Distance of ` +
      `${
        startWords(random)
      } starts from the curve, one start at each scale, where 10⁻⁹ < L/σ² < 0.49. (f) Loss at ` +
      `the end where the second singular value is zero, α = ${scaleWords(Math.min(...alpha))}.`,
  });
}
