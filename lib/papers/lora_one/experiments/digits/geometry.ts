/**
 * Where the weights go on the digits: figure F17.
 *
 * @module
 */
import {
  distinct,
  type Experiment,
  experiment,
  param,
  type SweepRow,
  where,
} from "../../../../experiment/mod.ts";
import { type Figure, overlayFigure } from "../../../../figure/mod.ts";
import {
  type AngleCell,
  type AngleRow,
  angleRun,
  DIGITS_METHODS,
  DIGITS_OPTIMIZERS,
  type DigitsMethodName,
  type PathCell,
  type PathRow,
  pathRun,
} from "../../simulation/mod.ts";
import { checkSetting, settingOf, settingParameters, settingWords } from "./setting.ts";

/** Learning rates of gradient descent by the name of the method. */
export type PathRates = Readonly<Partial<Record<DigitsMethodName, number>>>;

function checkRates(rates: PathRates): void {
  const names = Object.keys(rates), known = Object.keys(DIGITS_METHODS);
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined) throw new RangeError(`${wrong} is none of ${known.join(", ")}`);
  if (names.length === 0) throw new RangeError("no method is named");
  for (const [name, rate] of Object.entries(rates)) {
    if (!(rate > 0 && rate < Infinity)) throw new RangeError(`${name} has the rate ${rate}`);
  }
}

/**
 * Parameters of {@linkcode digitsPaths}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const pathParameters = {
  spreads: param.numbers([1, 0.1, 0.01], "scales of LoRA's start relative to the usual one", {
    above: 0,
  }),
  angleRate: param.number(0.05, "learning rate of gradient descent in (a)", { above: 0 }),
  pathRates: param.value<PathRates>(
    { "Full": 1, "LoRA": 0.1, "LoRA-GA": 0.1, "LoRA-One": 0.1, "LoRA-One*": 0.1 },
    "learning rates of gradient descent in (b) by method; the plane is that of the first",
    checkRates,
    "positive numbers by the names of methods",
  ),
  steps: param.integer(150, "steps of the fine-tuning", { least: 10 }),
  ...settingParameters,
  seed: param.seed("0"),
};

/** Tables of {@linkcode digitsPaths}. */
export type PathTables = {
  /** Angles of LoRA's factors with the gradient's leading directions. */
  readonly angles: SweepRow<AngleCell, AngleRow, string>[];
  /** Points of the trajectories. */
  readonly trails: SweepRow<PathCell, PathRow, string>[];
};

/**
 * How LoRA's factor turns towards the gradient, and the paths of the weights by gradient descent.
 *
 * The rates of the paths are parameters: those of the full preset are the best of `digits`' grid.
 * Methods stand by their names only, since their rates do. Source: ours, after the paper's Figure 1.
 */
export const digitsPaths: Experiment<
  typeof pathParameters,
  PathTables,
  Figure,
  Record<never, never>
> = experiment({
  name: "digits, geometry",
  about: "Angle of LoRA's A with the one-step gradient, and paths of the weights of all methods.",
  parameters: pathParameters,
  quick: { steps: 60 },
  check: checkSetting,
  run: async (p, { sweep }) => {
    const setting = settingOf(p), { steps, pathRates, angleRate: rate } = p;
    const paths = (Object.entries(pathRates) as [DigitsMethodName, number][])
      .map(([name, rate]) => ({ adapter: DIGITS_METHODS[name], rate }));
    // Two workers take longer to start than these few runs here.
    const angles = await sweep({
      name: "digits, angles",
      run: angleRun,
      cells: p.spreads.map((spread) => ({ spread, rate, steps, ...setting })),
      workers: 0,
    });
    const trails = await sweep({
      name: "digits, trajectories",
      run: pathRun,
      cells: [{ paths, update: DIGITS_OPTIMIZERS.GD, steps, ...setting }],
      workers: 0,
    });
    return { angles, trails };
  },
  figure: ({ angles, trails }, p) => {
    const first = distinct(trails, "method")[0].replace(/^Full$/, "full fine-tuning");
    const rates = Object.entries(p.pathRates).map(([name, rate]) => `${name} ${rate}`);
    return overlayFigure([
      {
        title: "LoRA, layer 1",
        x: { label: "steps" },
        y: { label: "sin of leading directions of /{A}, /{G}", domain: [0, 1], inset: 3 },
        means: where(angles, "layer", 1).map(({ spread, at, sineA }) => (
          { series: `start × ${spread}`, x: at, y: sineA }
        )),
      },
      {
        title: "trajectories",
        x: { label: `first axis of ${first}`, inset: 5 },
        y: { label: "second axis", inset: 5 },
        means: trails.filter(({ at }) => at % 10 === 0)
          .map(({ method, x, y }) => ({ series: method, x, y })),
      },
    ], {
      columns: 2,
      aspect: 0.85,
      caption:
        `Gradient descent on the ${settingWords(p)}, ${p.steps} steps, one seed). (a) Vanilla ` +
        `LoRA at rate ${p.angleRate}: angle of the leading input directions of A and of G, by the ` +
        `scale of the start. (b) Weights every ten steps in the plane of the two leading principal ` +
        `axes of ${first}'s path; learning rates: ${rates.join(", ")}.`,
    });
  },
});
