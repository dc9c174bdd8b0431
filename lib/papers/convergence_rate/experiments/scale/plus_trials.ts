/**
 * C29, C40: certified steps of LoRA+, and of several layers, from random states.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  param,
  type Row,
  type Values,
} from "../../../../experiment/mod.ts";
import {
  add,
  innerProduct,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  spectralNorm,
} from "../../../../linalg/mod.ts";
import { type Stream, stream } from "../../../../random/mod.ts";
import { normals } from "../../adapters.ts";
import { KINDS, lossFamily } from "../../families.ts";
import { blockAdapters, layersLoss } from "../../layers.ts";
import type { Loss } from "../../losses.ts";
import { rateRule } from "../../rules.ts";
import { Descent } from "../../simulation/descent.ts";
import { loraPlusStep } from "../../theory/scale.ts";
import { familiesParameter } from "../physics.ts";

/** One certified step. */
export interface PlusRow extends Row {
  /** `LoRA+` or `layers`. */
  kind: "LoRA+" | "layers";
  /** Ratio `ρ`, or the number of layers. */
  value: number;
  /** Decrease of the loss over half the first-order decrease: certified to be at least 1. */
  decrease: number;
  /** Rounding of it. */
  noise: number;
  /** Largest entry of the update outside the blocks; 0 for LoRA+. */
  outside: number;
}

/**
 * Parameters of {@linkcode plusTrials}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const plusParameters = {
  losses: familiesParameter(KINDS),
  trials: param.integer(2000, "random states of LoRA+", { least: 0 }),
  layers: param.integer(3, "number of layers", { least: 1 }),
  layerTrials: param.integer(1000, "random states of all layers", { least: 0 }),
  decades: param.numbers([-1.5, 1.5], "powers of ten between which ρ is drawn", { entries: 2 }),
  stretch: param.number(1, "multiplies the certified steps; 1 is certified", { above: 0 }),
  seed: param.seed(),
};

type Parameters = Values<typeof plusParameters>;

function step(
  { run, etaB, etaA }: { run: Descent; etaB: number; etaA: number },
): { decrease: number; noise: number } {
  const before = run.loss;
  const first = etaB * innerProduct(run.gradientB, run.gradientB) +
    etaA * innerProduct(run.gradientA, run.gradientA);
  run.step(etaB, etaA);
  run.measure();
  const unit = first / 2, noise = 1e-10 * (Math.abs(before) + Math.abs(run.loss)) / unit;
  return { decrease: (before - run.loss) / unit, noise };
}

function plus(rng: Stream, trial: number, { losses, decades, stretch }: Parameters): PlusRow[] {
  const { make } = lossFamily(losses[trial % losses.length]);
  const loss = make([1 + rng.integer(6), 1 + rng.integer(6)], rng);
  const { rows: m, columns: n, smoothness } = loss, r = 1 + rng.integer(Math.min(4, m, n));
  const value = 10 ** (decades[0] + (decades[1] - decades[0]) * rng.uniform());
  const size = 10 ** (3 * rng.uniform() - 2);
  const run = new Descent(loss, { b: normals([m, r], rng, size), a: normals([r, n], rng, size) });
  run.measure();
  if (run.gradient < 1e-12) return [];
  const { b, a, full } = run, eta = stretch * loraPlusStep({ b, a, full, smoothness }, value);
  return [{ kind: "LoRA+", value, ...step({ run, etaB: value * eta, etaA: eta }), outside: 0 }];
}

/** `½‖Σ P_i X_i Q_i − Y‖²` of coupled layers: `L² ≤ Σ‖P_i‖²‖Q_i‖²` squared, in operator norms. */
export function coupledLayers(
  count: number,
  rng: Stream,
): { loss: Loss; shapes: [number, number][] } {
  const shapes = Array.from(
    { length: count },
    (): [number, number] => [1 + rng.integer(4), 1 + rng.integer(4)],
  );
  const p = shapes.map(([m]) => normals([3, m], rng, 1)),
    q = shapes.map(([, n]) => normals([n, 3], rng, 1));
  const y = normals([3, 3], rng, 2);
  const smoothness = p.reduce(
    (sum, one, i) => sum + (spectralNorm(one) * spectralNorm(q[i])) ** 2,
    0,
  );
  const loss = layersLoss({
    ...{ name: "coupled", shapes, smoothness, low: 0 },
    evaluate(x, gradient) {
      let residual: Matrix = add(matrix(3, 3), y, -1);
      x.forEach((one, i) => residual = add(residual, multiply(multiply(p[i], one), q[i]), 1));
      gradient.forEach((out, i) => out.data.set(multiplyNT(multiplyTN(p[i], residual), q[i]).data));
      return innerProduct(residual, residual) / 2;
    },
  });
  return { loss, shapes };
}

function layered(rng: Stream, { layers, stretch }: Parameters): PlusRow[] {
  const { loss, shapes } = coupledLayers(layers, rng), size = 10 ** (2 * rng.uniform() - 1);
  const parts = shapes.map(([m, n]) => {
    const r = 1 + rng.integer(Math.min(2, m, n));
    return { b: normals([m, r], rng, size), a: normals([r, n], rng, size) };
  });
  const run = new Descent(loss, blockAdapters(parts));
  run.measure();
  const eta = stretch * rateRule("simple").rate(run.sizes, 0);
  const made = step({ run, etaB: eta, etaA: eta });
  const inside = blockAdapters(shapes.map(([m, n]) => {
    const ones = { rows: m, columns: n, data: new Float64Array(m * n).fill(1) };
    return { b: ones, a: ones };
  })).b;
  const outside = run.x.data.reduce(
    (most, x, i) => inside.data[i] === 0 ? Math.max(most, Math.abs(x)) : most,
    0,
  );
  return [{ kind: "layers", value: layers, ...made, outside }];
}

/** Steps that fall short of half the first-order decrease beyond rounding, and the least decrease over it. */
export function plusVerdict(
  rows: readonly PlusRow[],
  kind: PlusRow["kind"],
): { trials: number; violations: number; least: number } {
  const own = rows.filter((row) => row.kind === kind);
  return {
    trials: own.length,
    violations: own.filter(({ decrease, noise }) => decrease < 1 - noise).length,
    least: own.reduce(
      (least, { decrease, noise }) => noise < 1e-6 ? Math.min(least, decrease) : least,
      Infinity,
    ),
  };
}

/**
 * Certified steps of LoRA+ on random losses, and of coupled layers with one learning rate.
 *
 * Rows: one a state.
 * Source: ours; that several layers are covered is the paper's Lemma 3.6 (as reported).
 */
export const plusTrials: Experiment<typeof plusParameters, PlusRow[]> = experiment({
  name: "certified steps of LoRA+ and of layers",
  about:
    "Do certified steps of LoRA+, and of several layers, halve the first-order decrease at least?",
  parameters: plusParameters,
  check: ({ decades }, refuse) => {
    if (decades.length !== 2 || decades[0] > decades[1]) {
      refuse("decades", "a lower and an upper power of ten", decades);
    }
  },
  run: (p) => {
    const one = stream(p.seed, "LoRA+"), other = stream(p.seed, "layers");
    return [
      ...Array.from({ length: p.trials }, (_, trial) => plus(one, trial, p)).flat(),
      ...Array.from({ length: p.layerTrials }, () => layered(other, p)).flat(),
    ];
  },
  table: (rows) =>
    (["LoRA+", "layers"] as const).map((kind) => ({ kind, ...plusVerdict(rows, kind) })),
});
