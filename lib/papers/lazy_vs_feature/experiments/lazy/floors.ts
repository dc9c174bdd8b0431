/**
 * Least errors of linearised models against the size of the perturbation.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  geomspace,
  param,
  type Row,
  summary,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  legendOf,
  type Series,
} from "../../../../figure/mod.ts";
import { activation } from "../../../../gaussian/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { activationLabel, ACTIVATIONS } from "../../activations.ts";
import { modelOf } from "../../model_spec.ts";
import { readOutError } from "../../simulation/regression.ts";
import { tangentFloor } from "../../theory/mod.ts";
import { meanMarks } from "../courses.ts";
import { activationsParameter, teacherParameter } from "../physics.ts";

/**
 * Parameters of {@linkcode lazyFloors}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const floorParameters = {
  activations: activationsParameter([ACTIVATIONS.h3, ACTIVATIONS.erf, ACTIVATIONS.relu]),
  k: param.integer(6, "neurons of the orthonormal base", { least: 1 }),
  c: teacherParameter("alternating"),
  kappas: param.numbers(geomspace(0.05, 2, 25), "perturbations of the lines", { above: 0 }),
  sampled: param.numbers([0.05, 0.1, 0.2, 0.5, 1, 2], "perturbations of the regressions", {
    above: 0,
    entries: 0,
  }),
  d: param.integer(8, "dimension of the regressions, at least k + 2", { least: 3 }),
  samples: param.integer(8000, "inputs of each half of a regression", { least: 100 }),
  copies: param.integer(6, "regressions behind each mark", { least: 2 }),
  seed: param.seed(),
};

type Parameters = Values<typeof floorParameters>;

/** Floors at one size. */
export interface FloorRow extends Row {
  /** Name of the activation. */
  activation: string;
  /** Perturbation. */
  kappa: number;
  /** First-layer kernel: least error over the base's. */
  full: number;
  /** Tangent model of rank one. */
  rankOne: number;
}

/** Regressions at one size. */
export interface FloorSample extends Row {
  /** Name of the activation. */
  activation: string;
  /** Which model. */
  features: "full" | "rankOne";
  /** Perturbation. */
  kappa: number;
  /** Mean error over the base's. */
  error: number;
  /** Standard error. */
  se: number;
  /** Theory. */
  theory: number;
}

/** Tables of a run. */
export type FloorRows = {
  /** Theory. */
  readonly floors: readonly FloorRow[];
  /** Regressions. */
  readonly samples: readonly FloorSample[];
};

function run(p: Parameters): FloorRows {
  const model = (sigma: Parameters["activations"][number], kappa: number) =>
    modelOf({ activation: sigma, k: p.k, kappa, c: p.c }, stream(p.seed, "floors"));
  return {
    floors: p.activations.flatMap((sigma) =>
      p.kappas.map((kappa): FloorRow => {
        const { full, rankOne } = tangentFloor(model(sigma, kappa));
        return { activation: activation(sigma).name, kappa, full, rankOne };
      })
    ),
    samples: p.activations.flatMap((sigma) =>
      p.sampled.flatMap((kappa) =>
        (["full", "rankOne"] as const).map((features): FloorSample => {
          const own = model(sigma, kappa), name = activation(sigma).name;
          const { mean, se } = summary(
            Array.from({ length: p.copies }, (_, i) => {
              const rng = stream(p.seed, "floors", name, kappa, features, i);
              return readOutError(own, { d: p.d, samples: p.samples, features }, rng);
            }),
          );
          return {
            ...{ activation: name, features, kappa, error: mean, se },
            theory: tangentFloor(own)[features],
          };
        })
      )
    ),
  };
}

function draw({ floors, samples }: FloorRows, p: Parameters): Figure {
  const guide = (power: number, at: number): Series => ({
    name: `/{κ}${power === 1 ? "" : "²"}`,
    guide: [0.06, 0.3].map((x) => ({ x, y: at * (x / 0.1) ** power })),
  });
  const drawing = (features: "full" | "rankOne"): Drawing => ({
    title: features === "full" ? "first-layer kernel" : "tangent model of rank one",
    x: { label: "perturbation per neuron /{κ}", type: "log" },
    y: { label: "least error / error of the base", type: "log", domain: [2e-3, 1.2] },
    series: [
      ...p.activations.map((sigma, look): Series => {
        const name = activation(sigma).name, own = where(floors, "activation", name);
        const drawn = where(where(samples, "activation", name), "features", features);
        return {
          ...{ name: activationLabel(sigma), look },
          line: own.map((row) => ({ x: row.kappa, y: row[features] })),
          ...meanMarks(drawn.map(({ kappa, error, se }) => ({ x: kappa, y: error, se })) as never),
        };
      }),
      { ...guide(1, 0.25), name: "∝ /{κ}, ∝ /{κ}²" },
      { ...guide(2, 0.006), name: "∝ /{κ}, ∝ /{κ}²" },
    ],
  });
  const drawings = [drawing("full"), drawing("rankOne")];
  return figureOf(drawings, {
    columns: 2,
    legend: legendOf(drawings[0].series),
    caption:
      `Least mean squared error of linearised training over that of the base, k = ${p.k}. Lines: exact projections; ` +
      `marks: regressions on features of ${p.samples} drawn inputs in ${p.d} dimensions, ± one standard error. Dotted: ` +
      "powers κ and κ². The floor is of order κ² for smooth activations, of order κ up to a logarithm for ReLU.",
  });
}

/**
 * Floors of linearised training, with regressions on sampled features beside.
 *
 * Source: ours.
 */
export const lazyFloors: Experiment<typeof floorParameters, FloorRows, Figure> = experiment({
  name: "floors of linearised training",
  about: "What linearised models cannot reach, against the size of the perturbation.",
  parameters: floorParameters,
  quick: { kappas: geomspace(0.05, 2, 13), sampled: [0.1, 1], samples: 2000 },
  check: (p, refuse) => {
    if (p.d < p.k + 2) refuse("d", `at least k + 2 = ${p.k + 2}`, p.d);
  },
  run,
  figure: draw,
  table: ({ floors }) => floors,
});
