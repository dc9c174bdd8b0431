/**
 * Real data: fine-tuning on even digits by all methods, angles, one step, trajectories.
 *
 * @module
 */
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import {
  columns,
  type Matrix,
  matrix,
  multiplyNT,
  svd,
  symmetricEigen,
} from "../../../linalg/mod.ts";
import { type Labelled, type Network, optimizer } from "../../../nn/mod.ts";

import {
  DIGITS_LAYERS,
  DIGITS_RANK,
  type DigitsMethod,
  digitsParts,
  lineSearch,
  lowRankPart,
  methodNetwork,
  negativeGradients,
  pretrainedNetwork,
} from "./network.ts";

/** Loss above which a run counts as diverged. */
const DIVERGED = 50;

/** Visits loss and network at every step of full-batch training. */
function fineTune(
  network: Network,
  { rate, rule, steps }: { rate: number; rule: "GD" | "Adam"; steps: number },
  visit: (step: number, loss: number) => boolean | void,
): void {
  const { even } = digitsParts(), full = !network.layers.layer1.a;
  const method = rule === "GD" ? "gd" as const : "adam" as const;
  const step = optimizer(network, {
    learningRate: rate,
    method,
    ...(full ? { rates: { bias: 0 } } : {}),
  });
  for (let t = 0; t <= steps; t++) {
    const loss = network.lossAndGradient(even);
    if (visit(t, loss) || t === steps) return;
    step.step();
  }
}

/** A fine-tuning run. */
export interface DigitsCell {
  /** Method. */
  method: DigitsMethod;
  /** Optimizer. */
  rule: "GD" | "Adam";
  /** Learning rate. */
  rate: number;
  /** Steps. */
  steps: number;
}

/** A step of it. */
export interface DigitsRow extends Row {
  /** Step. */
  at: number;
  /** Training loss at this step. */
  loss: number;
  /** Training loss at the end; 1000 when the run diverged. */
  final: number;
  /** First step with training loss below 0.3, or the number of steps. */
  hit: number;
  /** Test accuracy at the end; 0 when the run diverged. */
  accuracy: number;
  /** Whether the loss exceeded 50. */
  diverged: boolean;
}

/** Fine-tuning on the even digits: rows every five steps. */
export const digitsRun: Task<DigitsCell, DigitsRow> = task(
  import.meta.url,
  "digitsRun",
  ({ method, rule, rate, steps }: DigitsCell, { seed }) => {
    const network = methodNetwork(method, Number(seed));
    const curve: { at: number; loss: number }[] = [];
    let hit = steps, final = NaN, diverged = false;
    fineTune(network, { rate, rule, steps }, (at, loss) => {
      if (at % 5 === 0) curve.push({ at, loss: Math.min(loss, 1000) });
      if (loss < 0.3 && hit === steps) hit = at;
      diverged = !(loss <= DIVERGED);
      final = diverged ? 1000 : loss;
      return diverged;
    });
    const accuracy = diverged ? 0 : network.evaluate(digitsParts().test).accuracy;
    return curve.map((row) => ({ ...row, final, hit, accuracy, diverged }));
  },
);

/** LoRA at a scale of its start. */
export interface AngleCell {
  /** Scale of `A₀` relative to the usual one. */
  spread: number;
  /** Steps of gradient descent at rate 0.05. */
  steps: number;
}

/** Its alignment with the one-step gradient. */
export interface AngleRow extends Row {
  /** Step. */
  at: number;
  /** Layer, 1 or 2. */
  layer: number;
  /** `sin` of the leading input directions of adapter and gradient. */
  sineA: number;
  /** `sin` of the leading output directions. */
  sineB: number;
  /** Training loss. */
  loss: number;
}

function leading(x: Matrix, side: "u" | "v"): Float64Array {
  return columns(svd(x)[side], 0, 1).data;
}

function sineOf(x: Float64Array, y: Float64Array): number {
  let dot = 0, rest = 0;
  for (let i = 0; i < x.length; i++) dot += x[i] * y[i];
  for (let i = 0; i < x.length; i++) rest += (x[i] - dot * y[i]) ** 2;
  return Math.min(1, Math.sqrt(rest));
}

/** Alignment of vanilla LoRA's factors with the leading directions of `G`. */
export const angleRun: Task<AngleCell, AngleRow> = task(
  import.meta.url,
  "angleRun",
  ({ spread, steps }: AngleCell, { seed }) => {
    const base = pretrainedNetwork(Number(seed));
    const goals = negativeGradients(base, digitsParts().even)
      .map((g) => ({ input: leading(g, "v"), output: leading(g, "u") }));
    const network = methodNetwork("LoRA", Number(seed), spread), rows: AngleRow[] = [];
    fineTune(network, { rate: 0.05, rule: "GD", steps }, (at, loss) => {
      if (at % 10 !== 0) return;
      DIGITS_LAYERS.forEach((name, i) => {
        const { a, b } = network.layers[name];
        const zero = b!.value.data.every((x) => x === 0);
        rows.push({
          at,
          layer: i + 1,
          sineA: sineOf(leading(a!.value, "v"), goals[i].input),
          sineB: zero ? 1 : sineOf(leading(b!.value, "u"), goals[i].output),
          loss,
        });
      });
    });
    return rows;
  },
);

/** Nothing to choose: the seed says all. */
export interface OneStepDigitsCell {
  /** Images of the small batch. */
  few: number;
}

/** One step of the gradient at the best step size, no training. */
export interface OneStepDigitsRow extends Row {
  /** Which gradient. */
  gradient: "full" | "rank 4" | "rank 4, few images";
  /** Step size of least training loss. */
  eta: number;
  /** Training loss. */
  loss: number;
  /** Test accuracy. */
  accuracy: number;
  /** Share of `‖G‖²` in the rank-four part, the smaller of both layers. */
  energy: number;
}

/** Accuracy of one step along the gradient, its rank-four part, and that from a few images. */
export const oneStepDigitsRun: Task<OneStepDigitsCell, OneStepDigitsRow> = task(
  import.meta.url,
  "oneStepDigitsRun",
  ({ few }: OneStepDigitsCell, { seed }) => {
    const network = pretrainedNetwork(Number(seed)), { even } = digitsParts();
    const full = negativeGradients(network, even),
      low = full.map((g) => lowRankPart(g, DIGITS_RANK));
    const energy = Math.min(...full.map((g) => {
      const { values } = svd(g), square = (x: Float64Array) => x.reduce((s, y) => s + y * y, 0);
      return square(values.slice(0, DIGITS_RANK)) / square(values);
    }));
    const batch: Labelled = {
      count: few,
      x: even.x.slice(0, few * 64),
      label: even.label.slice(0, few),
    };
    const small = negativeGradients(network, batch).map((g) => lowRankPart(g, DIGITS_RANK));
    const kinds = [["full", full], ["rank 4", low], ["rank 4, few images", small]] as const;
    return kinds.map(([gradient, directions]) => (
      { gradient, ...lineSearch(network, directions), energy }
    ));
  },
);

/** Trajectories of one seed in the plane of full fine-tuning. */
export interface PathCell {
  /** Steps. */
  steps: number;
}

/** A point of a trajectory. */
export interface PathRow extends Row {
  /** Method. */
  method: string;
  /** Step. */
  at: number;
  /** First coordinate. */
  x: number;
  /** Second coordinate. */
  y: number;
}

/** Gradient descent at its best rate: trajectories of the weights on full fine-tuning's two axes. */
export const pathRun: Task<PathCell, PathRow> = task(
  import.meta.url,
  "pathRun",
  ({ steps }: PathCell, { seed }) => {
    const rates: [DigitsMethod, number][] = [
      ...[["Full", 1], ["LoRA", 0.1], ["LoRA-GA", 0.1]] as [DigitsMethod, number][],
      ...[["LoRA-One", 0.1], ["LoRA-One*", 0.1]] as [DigitsMethod, number][],
    ];
    const flat = (network: Network) =>
      DIGITS_LAYERS.flatMap((name) => [...network.layers[name].effectiveWeight().data]);
    const origin = flat(pretrainedNetwork(Number(seed)));
    const paths = rates.map(([method, rate]) => {
      const network = methodNetwork(method, Number(seed)), points: number[][] = [];
      fineTune(network, { rate, rule: "GD", steps }, (at) => {
        if (at % 5 === 0) points.push(flat(network).map((x, i) => x - origin[i]));
      });
      return { method, points };
    });
    const reference = paths[0].points, n = reference.length, size = origin.length;
    const mean = Array.from({ length: size }, (_, i) => {
      let sum = 0;
      for (const point of reference) sum += point[i] / n;
      return sum;
    });
    const centred = matrix(
      n,
      size,
      Float64Array.from(reference.flatMap((p) => p.map((x, i) => x - mean[i]))),
    );
    const { vectors } = symmetricEigen(multiplyNT(centred, centred));
    const axes = [0, 1].map((j) => {
      const axis = new Float64Array(size);
      for (let i = 0; i < n; i++) {
        const w = vectors.data[i * n + j];
        for (let k = 0; k < size; k++) axis[k] += w * centred.data[i * size + k];
      }
      // The farthest point of the reference lies on the positive side.
      const seen = reference.map((point) => dotOf(axis, point));
      const far = seen.reduce((most, x) => Math.abs(x) > Math.abs(most) ? x : most);
      const length = Math.hypot(...axis) * Math.sign(far);
      return axis.map((x) => x / length);
    });
    return paths.flatMap(({ method, points }) =>
      points.map((point, i) => (
        { method, at: 5 * i, x: dotOf(axes[0], point), y: dotOf(axes[1], point) }
      ))
    );
  },
);

function dotOf(axis: Float64Array, point: readonly number[]): number {
  return axis.reduce((sum, x, i) => sum + x * point[i], 0);
}
