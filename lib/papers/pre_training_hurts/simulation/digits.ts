/**
 * Real data: a rank-one adapter on a small network for the 8 × 8 digits, with a controlled strength of
 * pre-training. Our substitute for the vision transformer of the paper, whose set-up was not seen.
 *
 * @module
 */
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import { dot, normalize } from "../../../linalg/mod.ts";
import { digits } from "../../../nn/mod.ts";
import { sphere, type Stream, stream } from "../../../random/mod.ts";

const INPUT = 64, HIDDEN = 32, OUTPUT = 10, TRAIN = 1400, BATCH = 50;

/** Size of the degradation: `W₀(μ) = W₁ − (1 − μ)·1.5·û v̂ᵀ`. */
const DEGRADATION = 1.5;

/** A digits experiment. */
export interface DigitsCell {
  /** Strength of pre-training, 0 ≤ μ < 1. */
  readonly mu: number;
  /** Steps of training the full network. */
  readonly fullSteps: number;
  /** Step size of the adapter. */
  readonly step: number;
  /** Steps after which the search is given up. */
  readonly maxSteps: number;
}

/** Result of one run. */
export interface DigitsRow extends Row {
  /** Steps until `|v·v̂| ≥ 0.5` on the right side; `null` if they were not reached. */
  exit: number | null;
  /** Downstream loss on the training images before the adapter moves. */
  initialLoss: number;
  /** Loss of the full network on true labels, training images. */
  fullTrainLoss: number;
  /** Loss of the full network on true labels, test images. */
  fullTestLoss: number;
}

interface FullNetwork {
  /** First layer after training, `HIDDEN × INPUT`. */
  readonly w1: Float64Array;
  /** Second layer, `OUTPUT × HIDDEN`. */
  readonly w2: Float64Array;
  /** Top singular pair of the change of the first layer. */
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly trainLoss: number;
  readonly testLoss: number;
}

/** `out[i, j] = Σ_k x[i, k] w[j, k]`, `inner` a multiple of 4: four sums hide the latency of one. */
function timesTransposed(
  x: Float64Array,
  rows: number,
  w: Float64Array,
  columns: number,
  inner: number,
  out: Float64Array,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
      for (let a = i * inner, b = j * inner, end = a + inner; a < end; a += 4, b += 4) {
        s0 += x[a] * w[b];
        s1 += x[a + 1] * w[b + 1];
        s2 += x[a + 2] * w[b + 2];
        s3 += x[a + 3] * w[b + 3];
      }
      out[i * columns + j] = s0 + s1 + (s2 + s3);
    }
  }
}

/** `½ mean Σ_k (output − target)²` of the network on images. */
function loss(
  net: { w1: Float64Array; w2: Float64Array },
  x: Float64Array,
  target: (i: number, k: number) => number,
): number {
  const count = x.length / INPUT;
  const hidden = new Float64Array(count * HIDDEN), output = new Float64Array(count * OUTPUT);
  timesTransposed(x, count, net.w1, HIDDEN, INPUT, hidden);
  for (let i = 0; i < hidden.length; i++) hidden[i] = Math.tanh(hidden[i]);
  timesTransposed(hidden, count, net.w2, OUTPUT, HIDDEN, output);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < OUTPUT; k++) sum += (output[i * OUTPUT + k] - target(i, k)) ** 2;
  }
  return sum / (2 * count);
}

/** Top singular pair of a `HIDDEN × INPUT` matrix by power iteration to rounding. */
function topSingularPair(a: Float64Array): { left: Float64Array; right: Float64Array } {
  const left = new Float64Array(HIDDEN);
  let right = new Float64Array(INPUT).fill(1 / Math.sqrt(INPUT));
  for (let round = 0; round < 2000; round++) {
    const next = new Float64Array(INPUT);
    for (let i = 0; i < HIDDEN; i++) {
      left[i] = 0;
      for (let k = 0; k < INPUT; k++) left[i] += a[i * INPUT + k] * right[k];
      for (let k = 0; k < INPUT; k++) next[k] += a[i * INPUT + k] * left[i];
    }
    const length = Math.hypot(...next);
    let change = 0;
    for (let k = 0; k < INPUT; k++) {
      next[k] /= length;
      change = Math.max(change, Math.abs(next[k] - right[k]));
    }
    right = next;
    if (change < 1e-14) break;
  }
  const length = Math.hypot(...left);
  return { left: left.map((x) => x / length), right };
}

/** SGD of both layers on one-hot labels, batch 50, step 0.1. */
function trainFull(steps: number): FullNetwork {
  const { train, test } = digits(TRAIN);
  const rng = stream("digits", "full network");
  const w1 = rng.stream("first layer").fillNormal(new Float64Array(HIDDEN * INPUT));
  const w2 = rng.stream("second layer").fillNormal(new Float64Array(OUTPUT * HIDDEN));
  for (let i = 0; i < w1.length; i++) w1[i] /= Math.sqrt(INPUT);
  for (let i = 0; i < w2.length; i++) w2[i] /= Math.sqrt(HIDDEN);
  const start = w1.slice(), batches = rng.stream("batches");
  const x = new Float64Array(BATCH * INPUT), hidden = new Float64Array(BATCH * HIDDEN);
  const error = new Float64Array(BATCH * OUTPUT);
  const label = new Uint8Array(BATCH);
  const back = new Float64Array(HIDDEN);
  const rate = 0.1 / BATCH;
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < BATCH; i++) {
      const pick = batches.integer(train.count);
      x.set(train.x.subarray(pick * INPUT, (pick + 1) * INPUT), i * INPUT);
      label[i] = train.label[pick];
    }
    timesTransposed(x, BATCH, w1, HIDDEN, INPUT, hidden);
    for (let i = 0; i < hidden.length; i++) hidden[i] = Math.tanh(hidden[i]);
    timesTransposed(hidden, BATCH, w2, OUTPUT, HIDDEN, error);
    for (let i = 0; i < BATCH; i++) error[i * OUTPUT + label[i]] -= 1;
    const old = w2.slice();
    for (let i = 0; i < BATCH; i++) {
      back.fill(0);
      for (let k = 0; k < OUTPUT; k++) {
        const e = error[i * OUTPUT + k];
        for (let j = 0; j < HIDDEN; j++) {
          back[j] += e * old[k * HIDDEN + j];
          w2[k * HIDDEN + j] -= rate * e * hidden[i * HIDDEN + j];
        }
      }
      for (let j = 0; j < HIDDEN; j++) {
        const slope = hidden[i * HIDDEN + j];
        const delta = rate * back[j] * (1 - slope * slope);
        for (let a = i * INPUT, b = j * INPUT, end = a + INPUT; a < end; a++, b++) {
          w1[b] -= delta * x[a];
        }
      }
    }
  }
  const oneHot = (labels: Uint8Array) => (i: number, k: number) => labels[i] === k ? 1 : 0;
  return {
    w1,
    w2,
    ...topSingularPair(w1.map((w, i) => w - start[i])),
    trainLoss: loss({ w1, w2 }, train.x, oneHot(train.label)),
    testLoss: loss({ w1, w2 }, test.x, oneHot(test.label)),
  };
}

const trained = new Map<number, FullNetwork>();

/** Every worker trains the same full network once. */
function fullNetwork(steps: number): FullNetwork {
  const known = trained.get(steps) ?? trainFull(steps);
  trained.set(steps, known);
  return known;
}

/**
 * Search of a rank-one adapter on real images: `W₀(μ) + u vᵀ` learns the outputs of the full network.
 *
 * The images are not Gaussian and the network has two layers, so no theory of the paper applies as it
 * stands; the question is whether the exponent of `1 − μ` survives.
 *
 * Source: ours, pre-training-hurts §4 E8.
 *
 * @example
 * ```ts
 * import { digitsSearch } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const [row] = [await digitsSearch({ mu: 0.5, fullSteps: 100, step: 0.5, maxSteps: 2 })].flat();
 * assertEquals(row.exit, null);
 * ```
 */
export const digitsSearch: Task<DigitsCell, DigitsRow> = task(
  import.meta.url,
  "digitsSearch",
  ({ mu, fullSteps, step, maxSteps }: DigitsCell, { seed }): DigitsRow => {
    const full = fullNetwork(fullSteps), { train } = digits(TRAIN);
    const frozen = full.w1.map((w, i) =>
      w - (1 - mu) * DEGRADATION * full.left[Math.floor(i / INPUT)] * full.right[i % INPUT]
    );
    // Everything that does not move is computed once: frozen pre-activations and targets per image.
    const pre = new Float64Array(TRAIN * HIDDEN), target = new Float64Array(TRAIN * OUTPUT);
    timesTransposed(train.x, TRAIN, full.w1, HIDDEN, INPUT, pre);
    for (let i = 0; i < pre.length; i++) pre[i] = Math.tanh(pre[i]);
    timesTransposed(pre, TRAIN, full.w2, OUTPUT, HIDDEN, target);
    timesTransposed(train.x, TRAIN, frozen, HIDDEN, INPUT, pre);
    const rng = stream(seed, "digits", "adapter");
    return {
      exit: adapterExit(full, train.x, pre, target, { step, maxSteps }, rng),
      initialLoss: loss(
        { w1: frozen, w2: full.w2 },
        train.x,
        (i, k) => target[i * OUTPUT + k],
      ),
      fullTrainLoss: full.trainLoss,
      fullTestLoss: full.testLoss,
    };
  },
);

/** First step at which the adapter has found the direction, on the right side. */
function adapterExit(
  full: FullNetwork,
  images: Float64Array,
  pre: Float64Array,
  target: Float64Array,
  { step, maxSteps }: { step: number; maxSteps: number },
  rng: Stream,
): number | null {
  const u = new Float64Array(HIDDEN).fill(INPUT ** -2);
  const v = sphere(rng.stream("start"), INPUT);
  const batches = rng.stream("batches");
  const gu = new Float64Array(HIDDEN), gv = new Float64Array(INPUT);
  const hidden = new Float64Array(HIDDEN), back = new Float64Array(HIDDEN);
  for (let made = 1; made <= maxSteps; made++) {
    gu.fill(0);
    gv.fill(0);
    for (let i = 0; i < BATCH; i++) {
      const pick = batches.integer(TRAIN);
      const x = images.subarray(pick * INPUT, (pick + 1) * INPUT);
      const input = dot(v, x);
      for (let j = 0; j < HIDDEN; j++) hidden[j] = Math.tanh(pre[pick * HIDDEN + j] + u[j] * input);
      back.fill(0);
      for (let k = 0; k < OUTPUT; k++) {
        let e = -target[pick * OUTPUT + k];
        for (let j = 0; j < HIDDEN; j++) e += full.w2[k * HIDDEN + j] * hidden[j];
        for (let j = 0; j < HIDDEN; j++) back[j] += e * full.w2[k * HIDDEN + j];
      }
      let along = 0;
      for (let j = 0; j < HIDDEN; j++) {
        const delta = back[j] * (1 - hidden[j] * hidden[j]);
        gu[j] += delta * input;
        along += delta * u[j];
      }
      for (let k = 0; k < INPUT; k++) gv[k] += along * x[k];
    }
    for (let j = 0; j < HIDDEN; j++) u[j] -= step / BATCH * gu[j];
    for (let k = 0; k < INPUT; k++) v[k] -= step / BATCH * gv[k];
    normalize(v);
    const overlap = dot(v, full.right);
    if (Math.abs(overlap) >= 0.5 && overlap * dot(u, full.left) > 0) return made;
  }
  return null;
}
