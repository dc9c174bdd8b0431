/**
 * F5: the smallest example in the plane, two inputs, one output, rank one.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  median,
  param,
  type Row,
  type Values,
  where,
} from "../../../../experiment/mod.ts";
import {
  type Drawing,
  type Figure,
  figureOf,
  formatNumber,
  style,
} from "../../../../figure/mod.ts";
import { portable, stream } from "../../../../random/mod.ts";
import { REFERENCE } from "../../problems/draw.ts";
import {
  portraitData,
  portraitDistance,
  portraitLora,
  portraitRun,
  portraitSpectral,
  type State,
  TRUTH,
} from "../../simulation/runs/portrait.ts";

/**
 * Parameters of {@linkcode portraits}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const portraitParameters = {
  truth: param.numbers([...TRUTH], "the target Δ, two numbers", { entries: 2 }),
  N: param.integers([4, 16, 64], "numbers of inputs; the figure has the first", { least: 1 }),
  eta: param.number(0.1, "step size", { above: 0 }),
  most: param.integer(1000, "most steps of a run", { least: 1 }),
  draws: param.integer(300, "draws of inputs and starts behind each share", { least: 1 }),
  shown: param.integer(3, "draws that are drawn", { least: 1, most: 7 }),
  seed: param.seed(
    REFERENCE,
    `seed of inputs and starts; "${REFERENCE}" takes the portable draws, any other text fresh ones`,
  ),
};

type Parameters = Values<typeof portraitParameters>;

/** A step of a run that is drawn. */
export interface PortraitStep extends Row {
  /** Number of the draw. */
  draw: number;
  /** `LoRA` or `spectral`. */
  start: string;
  /** Step. */
  at: number;
  /** Part of `a` along the truth. */
  along: number;
  /** Part of `a` across it. */
  across: number;
  /** `b`. */
  b: number;
}

/** A pair of runs on one draw. */
export interface PortraitPair extends Row {
  /** Number of inputs. */
  N: number;
  /** Distances of the starts from the curve of minimisers. */
  loraDistance: number;
  /** That of the spectral start. */
  spectralDistance: number;
  /** Steps to a loss of `10⁻⁶`; null if it is not reached. */
  loraSteps: number | null;
  /** Those of the spectral start. */
  spectralSteps: number | null;
}

/** Tables of {@linkcode portraits}. */
export type PortraitTables = {
  /** Paths that are drawn. */
  readonly paths: PortraitStep[];
  /** All pairs. */
  readonly pairs: PortraitPair[];
};

/** Numbers of the portable draws of the three golden pairs; further ones follow. */
const GOLDEN = [7, 40, 51];

function compute({ truth, N, eta, most, draws, shown, seed }: Parameters): PortraitTables {
  const [d1, d2] = truth, size = Math.hypot(d1, d2), own = [d1, d2] as const;
  const base = seed === REFERENCE ? 0 : stream(seed, "portrait").integer(2 ** 31);
  const pairOf = (first: number, second: number, count: number) => {
    const data = portraitData(portable(base + first), count, own);
    return {
      data,
      starts: [portraitLora(portable(base + second)), portraitSpectral(data)] as const,
    };
  };
  const paths = Array.from({ length: shown }, (_, draw) => {
    const first = GOLDEN[draw] ?? 60 + draw, { data, starts } = pairOf(first, first + 1, N[0]);
    return starts.flatMap((state, i) =>
      portraitRun(data, state, { rate: eta, most: Math.min(most, 400) }).path.map((
        [a1, a2, b],
        at,
      ) => ({
        ...{ draw, start: ["LoRA", "spectral"][i], at, b },
        along: (d1 * a1 + d2 * a2) / size,
        across: (d2 * a1 - d1 * a2) / size,
      }))
    );
  }).flat();
  const pairs = N.flatMap((count) =>
    Array.from({ length: draws }, (_, i): PortraitPair => {
      const at = 10_000 * count + i, { data, starts } = pairOf(at, at + 5_000_000, count);
      const [[loraDistance, loraSteps], [spectralDistance, spectralSteps]] = starts.map(
        (state: State) => {
          const { steps } = portraitRun(data, state, { rate: eta, most, stop: true });
          return [portraitDistance(state, own), Number.isNaN(steps) ? null : steps] as const;
        },
      );
      return {
        N: count,
        ...{
          loraDistance: loraDistance!,
          loraSteps,
          spectralDistance: spectralDistance!,
          spectralSteps,
        },
      };
    })
  );
  return { paths, pairs };
}

/** Whether the spectral start was closer, and whether it was faster; a run that does not arrive is slower. */
export function verdictOf(
  pair: PortraitPair,
): { readonly closer: boolean; readonly faster: boolean } {
  const { loraSteps, spectralSteps } = pair;
  return {
    closer: pair.spectralDistance < pair.loraDistance,
    faster: (spectralSteps ?? Infinity) < (loraSteps ?? Infinity),
  };
}

function draw({ paths }: PortraitTables, p: Parameters): Figure {
  const [d1, d2] = p.truth, size = Math.hypot(d1, d2), names = ["LoRA", "spectral"];
  const reach = 1.05 *
    Math.max(...paths.flatMap(({ along, b }) => [Math.abs(along), Math.abs(b)]), 1);
  const branch = (sign: number) =>
    Array.from({ length: 120 }, (_, i) => {
      const tau = sign * size / reach * (reach * reach / size) ** (i / 119);
      return { x: size / tau, y: tau };
    });
  const series = (x: "along" | "at", y: "b" | "across", last: number) =>
    names.flatMap((start, look) =>
      Array.from({ length: p.shown }, (_, draw) => {
        const here = where(where(paths, "start", start), "draw", draw).filter(({ at }) =>
          at <= last
        );
        const places = here.map((row) => ({ x: row[x], y: row[y] }));
        const marks = x === "along"
          ? [places[0]]
          : places.filter((_, i) => i % 15 === 5 * draw % 15);
        return { name: start, look: look === 0 ? 1 : 0, thin: places, marks };
      })
    );
  const drawings: Drawing[] = [
    {
      title: "along the truth",
      x: { label: "/{a} along the truth", domain: [-reach, reach] },
      y: { label: "/{b}", domain: [-reach, reach] },
      series: [
        ...[1, -1].map((sign) => ({ name: "minimisers", look: 2, line: branch(sign) })),
        ...series("along", "b", 400),
      ],
    },
    {
      title: "across the truth",
      x: { label: "steps /{t}", domain: [0, 60] },
      y: { label: "/{a} across the truth" },
      series: [
        { name: "minimisers", look: 2, line: [{ x: 0, y: 0 }, { x: 60, y: 0 }] },
        ...series("at", "across", 60),
      ],
    },
  ];
  const entry = (label: string, look: number, kind: object) => (
    { label, stroke: style(look).stroke, ...kind }
  );
  return figureOf(drawings, {
    columns: 2,
    size: "page",
    aspect: 0.8,
    legend: [
      entry("LoRA", 1, { dash: "", symbol: style(1).symbol }),
      entry("spectral start", 0, { dash: "", symbol: style(0).symbol }),
      entry("minimisers", 2, { dash: style(2).dash }),
    ],
    caption: `Phase portrait of d = 2, k = r = 1 with truth (${
      p.truth.map((x) => formatNumber(x)).join(", ")
    }) and ` +
      `η = ${formatNumber(p.eta)}: ${p.shown} draws of ${
        p.N[0]
      } inputs. (a) The state in the plane of b and of a ` +
      "along the truth; symbols: starts, lines: paths. (b) The part of a across the truth, which must vanish: " +
      "what the spectral start has to unlearn is the sampling error.",
  });
}

/**
 * F5: paths from LoRA's and the spectral start, and how often the latter is closer and faster.
 *
 * Source: the paper's Figure 3 and the authors' toy notebook, with `G` the gradient itself; the shares are ours.
 */
export const portraits: Experiment<
  typeof portraitParameters,
  PortraitTables,
  Figure,
  Record<never, never>
> = experiment({
  name: "portraits",
  about: "The smallest example: paths in the plane, and how often the spectral start is ahead.",
  parameters: portraitParameters,
  quick: { draws: 100 },
  check: ({ truth }, refuse) => {
    if (truth.length !== 2 || truth.every((x) => x === 0)) {
      refuse("truth", "two numbers, not both 0", truth);
    }
  },
  run: compute,
  figure: draw,
  table: ({ pairs }, { N }) =>
    N.map((count) => {
      const here = where(pairs, "N", count), all = here.map(verdictOf);
      const share = (key: "closer" | "faster") => all.filter((one) => one[key]).length / all.length;
      const steps = (key: "loraSteps" | "spectralSteps") =>
        median(here.map((pair) => pair[key] ?? Infinity));
      return {
        ...{ N: count, "spectral start closer": share("closer"), faster: share("faster") },
        "median steps, LoRA": steps("loraSteps"),
        "median steps, spectral": steps("spectralSteps"),
      };
    }),
});
