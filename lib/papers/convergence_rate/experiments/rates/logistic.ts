/**
 * F9, C18, C19: the separable logistic loss.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  geomspace,
  param,
  type Values,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  scaleWords,
} from "../../../../figure/mod.ts";
import { logistic } from "../../scalar.ts";
import { balancedRun, type ScalarRow } from "../../simulation/scalar.ts";
import { logisticAsymptotics } from "../../theory/rates.ts";

/**
 * Parameters of {@linkcode logisticCourse}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const logisticParameters = {
  u0: param.number(0.5, "start a = b = u₀", { above: 0 }),
  steps: param.integer(1_000_000, "steps of the paper's rule", { least: 100 }),
};

function draw(
  rows: readonly ScalarRow[],
  { u0, steps }: Values<typeof logisticParameters>,
): Figure {
  type Key = "v2" | "gradient2" | "full2" | "descent2";
  const series = (name: string, key: Key) => ({
    name,
    line: rows.map(({ t }) => ({ x: t, y: logisticAsymptotics(t)[key] })),
    marks: rows.map((row) => ({ x: row.t, y: row[key] })),
  });
  const x = { label: "steps /{t}", type: "log" } as const;
  const drawings: Drawing[] = [
    { title: "size", x, y: { label: "‖/{V}‖²" }, series: [series("LoRA", "v2")] },
    {
      title: "gradients",
      ...{ x, y: { label: "squared gradient", type: "log" } },
      series: [
        series("LoRA, ‖∇_{V} /{J}‖²", "gradient2"),
        series("LoRA, ‖∇_{W} /{L}‖²", "full2"),
        series("full descent, ‖∇_{W} /{L}‖²", "descent2"),
      ],
    },
  ];
  return figureOf(drawings, {
    columns: 2,
    legend: legendOf(drawings[1].series),
    caption:
      `Scalar separable logistic loss, the paper's rule from a = b = ${formatNumber(u0)}, ${
        scaleWords(steps)
      } ` +
      "steps: run (symbols) and asymptotics (lines); beside it full gradient descent with step 1/L.",
  });
}

/**
 * Balanced scalar adapters on `log(1 + e^{−x})` with the paper's rule.
 *
 * Rows: points of the run.
 * Source: ours.
 */
export const logisticCourse: Experiment<typeof logisticParameters, ScalarRow[], Figure> =
  experiment({
    name: "separable logistic loss",
    about: "Size and gradients on the scalar separable logistic loss.",
    parameters: logisticParameters,
    run: ({ u0, steps }) =>
      balancedRun(logistic, u0, [...new Set(geomspace(10, steps, 16).map(Math.round))]),
    figure: draw,
  });
