/**
 * Figures of the committee and of the digits: rows → figure.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { distinct, type Row } from "../../../../experiment/mod.ts";
import {
  entries,
  type Figure,
  type Panel,
  simulation,
  style,
  theme,
  theory,
} from "../../../../figure/mod.ts";
import { activationLabel } from "./labels.ts";

/** A point of F8 and E7. */
export interface CommitteePoint extends Row {
  /** Activation. */
  student: string;
  /** Rank of the adapter. */
  rank: number;
  /** Pre-training strength. */
  mu: number;
  /** Steps. */
  at: number;
  /** Test loss. */
  loss: number;
}

/** F8: committee, test loss against steps; rows are activations, columns ranks. */
export function committeeFigure(rows: (CommitteePoint & { seed: string })[]): Figure {
  const mus = distinct(rows, "mu"), ranks = distinct(rows, "rank");
  const panels = distinct(rows, "student").flatMap((student) =>
    ranks.map((rank): Panel => ({
      title: `${activationLabel(student)}, rank ${rank}`,
      x: { label: "SGD steps", type: "log" },
      y: { label: "test loss", type: "log", domain: [1e-10, 0.3] },
      marks: mus.flatMap((mu, i) => {
        const here = rows.filter((row) =>
          row.student === student && row.rank === rank && row.mu === mu && row.at > 0
        );
        return distinct(here, "seed").map((seed) =>
          Plot.line(here.filter((row) => row.seed === seed), {
            x: "at",
            y: (row: CommitteePoint) => Math.max(row.loss, 1e-16),
            stroke: style(i).stroke,
            strokeDasharray: style(i).dash,
            strokeWidth: 1,
            clip: true,
          })
        );
      }),
    }))
  );
  return {
    panels,
    columns: ranks.length,
    aspect: 0.8,
    legend: entries(mus, (mu) => `/{μ} = ${mu}`),
    rows,
    size: "page",
    caption:
      "Committee of four units, two of them degraded: test loss of a rank-r adapter, one line per " +
      "seed (exact chain). Rank 1 stays on a plateau, rank 2 and 4 learn, strong pre-training is slowest.",
  };
}

/** E7: test loss at the end against the rank. */
export function committeeEndFigure(rows: CommitteePoint[]): Figure {
  const mus = distinct(rows, "mu");
  return {
    panels: {
      x: { label: "rank of the adapter", domain: [0.6, 4.4], ticks: [1, 2, 4] },
      y: { label: "final test loss", type: "log" },
      legend: entries(mus, (mu) => `/{μ} = ${mu}`, "symbol"),
      marks: mus.map((mu, i) =>
        simulation(rows.filter((row) => row.mu === mu), {
          x: "rank",
          y: (row: CommitteePoint) => Math.max(row.loss, 1e-16),
          stroke: style(i).stroke,
          symbol: style(i).symbol,
          dx: 5 * (i - 1),
        })
      ),
    },
    rows,
    size: "column",
    caption: "Committee, ReLU: final test loss, one mark per seed.",
  };
}

/** E8: digits, search steps against 1 − μ. */
export function digitsFigure(
  runs: { mu: number; seed: string; exit: number | null }[],
  medians: { mu: number; exit: number }[],
  exponent: number,
): Figure {
  const mean = (value: (row: { mu: number; exit: number }) => number) =>
    medians.reduce((sum, row) => sum + value(row), 0) / medians.length;
  const offset = mean((row) => Math.log(row.exit)) - exponent * mean((row) => Math.log(1 - row.mu));
  const line = [0.08, 1.1].map((x) => ({ x, y: Math.exp(offset) * x ** exponent }));
  return {
    panels: {
      x: { label: "1 − /{μ}", type: "log", domain: [0.08, 1.15] },
      y: { label: "search time (SGD steps)", type: "log" },
      legend: {
        at: "bottom-left",
        entries: [
          { label: "seeds", stroke: "#777", symbol: "circle" },
          { label: "median", stroke: theme.palette[4], symbol: "square2" },
          {
            label: `fit, slope ${exponent.toFixed(2).replace("-", "−")}`,
            stroke: theme.palette[4],
            dash: "5 2",
          },
        ],
      },
      marks: [
        theory(line, {
          x: "x",
          y: "y",
          stroke: theme.palette[4],
          strokeDasharray: "5 2",
          clip: true,
        }),
        simulation(runs.filter((row) => row.exit !== null), {
          x: (row: { mu: number }) => 1 - row.mu,
          y: "exit",
          stroke: "#777",
          r: 1.6,
        }),
        simulation(medians, {
          x: (row: { mu: number }) => 1 - row.mu,
          y: "exit",
          stroke: theme.palette[4],
          symbol: "square2",
          r: 2.6,
        }),
      ],
    },
    rows: { runs, medians },
    size: "column",
    caption:
      "8 × 8 digits, 64–32–10 tanh network: steps until a rank-one adapter finds the direction of the " +
      "pre-training. The dashed line is a least-squares fit through the medians, not a theory.",
  };
}
