/**
 * A rate laboratory for any slope: LoRA and full gradient descent beside the bounds, to any horizon.
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
import { formula } from "../../../../gaussian/mod.ts";
import { laboratory, type LaboratoryRow } from "../../theory/laboratory.ts";
import { boundLog, boundSqrt } from "../../theory/bounds.ts";
import { LEAST_SMOOTHNESS } from "../../rules.ts";

/** A point, with the status of the run. */
export interface LaboratoryPoint extends LaboratoryRow {
  /** `done`, or why it stopped, with the point. */
  status: string;
  /** Root of the slope to which it fell exponentially; null if it did not. */
  limit: number | null;
}

/** A slope, as text or as a function. */
export type SlopeLike = string | ((x: number) => number);

/**
 * Parameters of {@linkcode rateLaboratory}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const laboratoryParameters = {
  slope: param.value<SlopeLike>(
    "-1 / ((1 + x) log(e + x)^2)",
    "slope f′(x), x > 0: an expression in x or a function",
    (slope) => {
      if (typeof slope === "string") formula(slope, "x");
      else if (typeof slope !== "function") throw new TypeError("it is neither");
    },
    "an expression in x, or a function",
  ),
  smoothness: param.number(2, "L, a bound of |f″| for x > 0", { above: 0 }),
  x0: param.number(0.25, "first update x₀ = ‖V₀‖²/2", { above: 0 }),
  q: param.number(1, "exponent q of the rule: 1 the paper's, 0 a constant step", { least: 0 }),
  end: param.number(1e30, "last number of steps", { above: 10, most: 1e100 }),
  gap: param.schema<number | null>(
    null,
    "Δ = f(x₀) − inf f, for the bounds of q = 1; null draws none",
    {
      "~standard": {
        ...{ version: 1, vendor: "lora-dynamics" },
        validate: (value) =>
          value === null || (typeof value === "number" && value > 0 && value < Infinity)
            ? { value }
            : { issues: [{ message: "it must be null or a finite number > 0" }] },
      },
    },
    "null or a finite number > 0",
  ),
};

type Parameters = Values<typeof laboratoryParameters>;

function draw(rows: readonly LaboratoryPoint[], parameters: Parameters): Figure {
  const { slope, smoothness, x0, q, end, gap } = parameters, [{ status }] = rows;
  const log = (x: number) => Math.log10(x), floor = -200;
  const of = (y: (row: LaboratoryPoint) => number) =>
    rows.map((row) => ({ x: log(row.t), y: y(row) })).filter(({ y }) => y > floor);
  const bounds = gap !== null && q === 1 && smoothness >= LEAST_SMOOTHNESS
    ? [["(log)", boundLog], ["(sqrt)", boundSqrt]] as const
    : [];
  const gradient: Drawing = {
    title: "",
    x: { label: "log_{10} of the steps" },
    y: { label: "log_{10} of the squared gradient" },
    series: [
      { name: "LoRA, ‖∇_{V} /{J}‖²", marks: of((row) => row.logGradient2) },
      { name: "full descent, ‖∇_{W} /{L}‖²", marks: of((row) => row.logDescent2) },
      ...bounds.map(([name, bound]) => ({
        name,
        line: of(({ t }) => log(bound({ smoothness, gap: gap!, v2: 2 * x0 }, t))),
      })),
    ],
  };
  return figureOf([gradient], {
    legend: legendOf(gradient.series),
    caption:
      `Flow of the rule with q = ${formatNumber(q)} on f′ = ${
        typeof slope === "string" ? slope : "a function"
      }, L = ` +
      `${formatNumber(smoothness)}, from x₀ = ${formatNumber(x0)} to ${
        scaleWords(end)
      } steps, and full gradient ` +
      `descent with step 1/L (symbols: ODE in log t${bounds.length > 0 ? "; lines: bounds" : ""})` +
      `${status === "done" ? "" : `; ${status}`}.`,
  });
}

/**
 * Any slope, any exponent of the rule, any horizon.
 *
 * Rows: 24 logarithmically spaced times, as far as the run came.
 * Source: ours.
 *
 * @throws {RangeError} If the run did not come to its first time, with its status.
 *
 * @example A slope with a minimum at 3.
 * ```ts
 * import { rateLaboratory } from "lora-dynamics/papers/convergence_rate/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { rows } = await rateLaboratory({ slope: "tanh(x - 3)", smoothness: 1 });
 * assertAlmostEquals(rows.at(-1)!.limit!, 3, 1e-9);
 * ```
 */
export const rateLaboratory: Experiment<typeof laboratoryParameters, LaboratoryPoint[], Figure> =
  experiment({
    name: "rate laboratory",
    about: "Rates of LoRA and of full gradient descent on any slope.",
    parameters: laboratoryParameters,
    run: ({ slope, smoothness, x0, q, end }) => {
      const times = geomspace(10, end, 24);
      const { status, limit, rows } = laboratory({ slope, smoothness, x0, power: q, times });
      if (rows.length === 0) {
        throw new RangeError(`Cannot run the laboratory to 10 steps: ${status}`);
      }
      return rows.map((row) => ({ ...row, status, limit }));
    },
    figure: draw,
  });
