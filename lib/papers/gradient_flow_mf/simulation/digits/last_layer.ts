/**
 * LoRA on the last layer only, over frozen features: the paper's image experiment in small.
 *
 * @module
 */
import { checkInteger } from "../../../../check.ts";
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import type { Row } from "../../../../experiment/table/row.ts";
import {
  frobeniusNorm,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  multiplyTN,
} from "../../../../linalg/mod.ts";
import {
  type Network,
  softmaxRegression,
  updateRule,
  type UpdateRuleLike,
} from "../../../../nn/mod.ts";
import { portable } from "../../../../random/mod.ts";
import { metric215, stackOf } from "../../measures.ts";
import type { LayerFactors, StartDraws, StartLike } from "../../starts.ts";
import { startedLayer } from "./_layer_start.ts";
import { type FeatureSource, type LastLayerData, lastLayerData } from "./features.ts";

/** One run. */
export interface LastLayerCell {
  /** What the layer sees. */
  readonly source: FeatureSource;
  /** Seed of the frozen head, a whole number as text. */
  readonly headSeed: string;
  /** Name of the start, which becomes a column. */
  readonly start: string;
  /** The start of the adapter. */
  readonly startedBy: StartLike;
  /** Standard deviation of its random entries, the scale of those that are not random. */
  readonly std: number;
  /** Rank of the adapter. */
  readonly rank: number;
  /** Update rule, on all examples at each step. */
  readonly method: UpdateRuleLike;
  /** Learning rate. */
  readonly rate: number;
  /** Numbers of steps at which to report, from 0 on; the last ends the run. */
  readonly steps: readonly number[];
}

/** A moment of a run. */
export interface LastLayerRow extends Row {
  /** Number of steps. */
  at: number;
  /** Cross-entropy on the training examples. */
  loss: number;
  /** Accuracy on them. */
  accuracy: number;
  /** Cross-entropy on the test examples; null without any. */
  testLoss: number | null;
  /** Accuracy on them. */
  testAccuracy: number | null;
  /** Metric (215): distance of the adapter from the leading directions of the first gradient. */
  misalignment: number;
  /** The same from the directions with the other sign between output and input: a control. */
  opposite: number;
  /** `‖Z‖_F`. */
  norm: number;
  /** Metric (215) of the linear phase, the same steps with the first gradient; null once it is over. */
  linear: number | null;
  /** Its `‖Z‖_F`. */
  linearNorm: number | null;
}

const WHAT = "train the last layer";

/** Entries uniform in `±1/√in`, row by row. */
function randomHead(classes: number, inputs: number, seed: string): Matrix {
  const draws = portable(Number(seed)), w = matrix(classes, inputs);
  for (let i = 0; i < w.data.length; i++) w.data[i] = (2 * draws.uniform() - 1) / Math.sqrt(inputs);
  return w;
}

/**
 * Draws of a start, every matrix from a generator of its own: the second one, `A` after `B`, from that
 * of the seed, as if `A` were all that is drawn.
 */
function drawsOf(seed: string): StartDraws {
  let call = 0;
  return {
    normals(count) {
      const generator = [1, 0][call] ?? call;
      call++;
      return portable(Number(seed) + 1000 * generator).normals(count);
    },
  };
}

/** The last layer `W₀ + BA` on its examples: the loss in the product is that of a softmax regression. */
class LastLayer {
  readonly frozen: Matrix;
  readonly #network: Network;
  readonly #product: Matrix;

  constructor(readonly data: LastLayerData, headSeed: string) {
    const { inputs, classes, training } = data;
    this.frozen = randomHead(classes, inputs, headSeed);
    const batch = training.count;
    this.#network = softmaxRegression({ inputs, classes, biases: false, batch });
    this.#product = matrix(classes, inputs);
    this.#network.values.set(this.frozen.data);
  }

  /** Sets the weights to `W₀ + BA`. */
  place({ b, a }: LayerFactors): void {
    const { data } = multiply(b, a, this.#product), { values } = this.#network;
    for (let i = 0; i < data.length; i++) values[i] = this.frozen.data[i] + data[i];
  }

  /** `∂ℓ/∂W` at the weights, overwritten by the next call. */
  gradient(): Matrix {
    this.#network.lossAndGradient(this.data.training);
    const { classes, inputs } = this.data;
    return { rows: classes, columns: inputs, data: this.#network.gradient };
  }

  /** Loss and accuracy on training and test examples. */
  scores(): Pick<LastLayerRow, "loss" | "accuracy" | "testLoss" | "testAccuracy"> {
    const { training, test } = this.data, held = test && this.#network.evaluate(test);
    const { loss, accuracy } = this.#network.evaluate(training);
    return { loss, accuracy, testLoss: held?.loss ?? null, testAccuracy: held?.accuracy ?? null };
  }
}

/** An adapter on its way down a gradient in the weights. */
class Descending implements LayerFactors {
  readonly b: Matrix;
  readonly a: Matrix;
  readonly #slopes: LayerFactors;
  readonly #step: (eta: number, t: number) => void;

  constructor({ b, a }: LayerFactors, method: UpdateRuleLike) {
    this.b = { ...b, data: b.data.slice() };
    this.a = { ...a, data: a.data.slice() };
    const slopes = { b: matrix(b.rows, b.columns), a: matrix(a.rows, a.columns) };
    this.#slopes = slopes;
    const rule = updateRule(method),
      ofB = rule.begin(b.data.length),
      ofA = rule.begin(a.data.length);
    this.#step = (eta, t) => {
      ofB(this.b.data, slopes.b.data, eta, t);
      ofA(this.a.data, slopes.a.data, eta, t);
    };
  }

  /** Step number `t`, both factors from their old values. */
  step(gradient: Matrix, eta: number, t: number): void {
    multiplyNT(gradient, this.a, this.#slopes.b);
    multiplyTN(this.b, gradient, this.#slopes.a);
    this.#step(eta, t);
  }

  /** `Z = [B; Aᵀ]`. */
  stack(): Matrix {
    return stackOf(this.b, this.a);
  }
}

/** Beyond this size of its stack the linear phase is long over. */
const LINEAR_ENDS = 100;

function trainLastLayer(cell: LastLayerCell, seed: string): LastLayerRow[] {
  const { source, headSeed, std, rank, method, rate, steps } = cell;
  const layer = new LastLayer(lastLayerData(source), headSeed), { frozen } = layer;
  checkInteger(WHAT, "rank", rank, 1, Math.min(frozen.rows, frozen.columns));
  const first = layer.gradient(), gradient = { ...first, data: first.data.slice() };
  const descent = { ...gradient, data: gradient.data.map((x) => -x) };
  const start = startedLayer(WHAT, cell.startedBy, {
    ...{ weight: frozen, descent, rank, alpha: std, deviation: { b: std, a: std } },
    draws: drawsOf(seed),
  });
  const adapter = new Descending(start, method), linear = new Descending(start, method);
  layer.place(adapter);
  let done = 0;
  return steps.map((at) => {
    while (done < at) {
      done++;
      adapter.step(layer.gradient(), rate, done);
      layer.place(adapter);
      if (frobeniusNorm(linear.b) < LINEAR_ENDS) linear.step(gradient, rate, done);
    }
    const scores = layer.scores(), stack = adapter.stack(), straight = linear.stack();
    if (!Number.isFinite(scores.loss)) {
      throw new RangeError(
        `Cannot ${WHAT} as rate must be small enough for a finite loss: at ${rate} it is ` +
          `${scores.loss} after ${at} steps`,
      );
    }
    const isLinear = frobeniusNorm(linear.b) < LINEAR_ENDS;
    return {
      ...{ at, ...scores, misalignment: metric215(stack, descent) },
      ...{ opposite: metric215(stack, gradient), norm: frobeniusNorm(stack) },
      linear: isLinear ? metric215(straight, descent) : null,
      linearNorm: isLinear ? frobeniusNorm(straight) : null,
    };
  });
}

/**
 * LoRA on a last layer over frozen features, softmax cross-entropy, all examples at each step: losses,
 * accuracies, alignment and size of the adapter. The seed, a whole number as text, is that of the start.
 *
 * Law: with `G = ∂ℓ/∂W` at `W₀ + BA`: `∂ℓ/∂B = GAᵀ`, `∂ℓ/∂A = BᵀG`, then the update rule.
 * Source: ours, a small stand-in for the paper's Sections 5.2 and H.2.
 *
 * @throws {RangeError} If the loss ceases to be finite, or the start is zero.
 * @throws {TypeError} If data or a start of one's own do not fit.
 */
export const lastLayerRun: Task<LastLayerCell, LastLayerRow> = task(
  import.meta.url,
  "lastLayerRun",
  (cell: LastLayerCell, { seed }) => trainLastLayer(cell, seed),
);
