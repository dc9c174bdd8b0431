/**
 * An adapter on the first layer of a pre-trained network of which a part was taken away.
 *
 * @module
 */
import type { Matrix } from "../../../../linalg/mod.ts";
import { mlp, type Network } from "../../../../nn/mod.ts";
import { sphere, type Stream, stream } from "../../../../random/mod.ts";
import type { Pretrained, PretrainingSetting } from "./pretrained.ts";

/**
 * First layer of strength μ: `W₀(μ) = W − (1 − μ) σ₁ û v̂ᵀ`. What training has changed most is all there at `μ = 1`, and
 * gone at `μ = 0`.
 */
export function degraded({ first, values, left, right }: Pretrained, mu: number): Matrix {
  const { columns } = first, size = (1 - mu) * values[0];
  const data = first.data.map((w, i) =>
    w - size * left[Math.floor(i / columns)] * right[i % columns]
  );
  return { ...first, data };
}

/**
 * Overlap of what the adapter `U V` does to û with v̂: `ω·v̂`, ω the unit vector along `ûᵀ U V`. For rank one it is
 * `v·v̂` with the sign of `û·u`: an overlap on the wrong side, which would enlarge the fault, is negative.
 *
 * @param u `U`, hidden × rank.
 * @param v `V`, rank × inputs.
 */
export function directedOverlap(
  u: Matrix,
  v: Matrix,
  { left, right }: Pick<Pretrained, "left" | "right">,
): number {
  const omega = new Float64Array(v.columns);
  for (let j = 0; j < v.rows; j++) {
    let along = 0;
    for (let k = 0; k < u.rows; k++) along += left[k] * u.data[k * u.columns + j];
    for (let q = 0; q < omega.length; q++) omega[q] += along * v.data[j * v.columns + q];
  }
  let dot = 0, square = 0;
  omega.forEach((x, q) => {
    dot += x * right[q];
    square += x * x;
  });
  return square > 0 ? dot / Math.sqrt(square) : 0;
}

/** An adapter that learns the outputs of the whole network. */
export class AdapterSearch {
  /** The network with its adapter; only that is trained. */
  readonly network: Network;
  /** `U`, hidden × rank. */
  readonly u: Matrix;
  /** Rows of `V`, rank × inputs, each of length 1. */
  readonly v: Matrix;
  /** Inputs, and the outputs of the whole network for them. */
  readonly examples: {
    readonly count: number;
    readonly x: Float64Array;
    readonly target: Float64Array;
  };
  readonly #gradients: readonly [ofU: Matrix, ofV: Matrix];
  readonly #order: Stream;

  /**
   * Starts from `U₀ = 1/d²` in every entry and uniform unit rows of `V`.
   *
   * @param inputs Downstream inputs: the images of pre-training, or standard normals in their place.
   */
  constructor(
    whole: Pretrained,
    setting: Pick<PretrainingSetting, "hidden" | "activation" | "batch">,
    { mu, rank, inputs, rng }: {
      readonly mu: number;
      readonly rank: number;
      readonly inputs: "images" | "normal";
      readonly rng: Stream;
    },
  ) {
    const { activation, hidden, batch } = setting,
      d = whole.first.columns,
      { outputs } = whole.network;
    const x = inputs === "images"
      ? whole.images
      : rng.stream("inputs").fillNormal(new Float64Array(whole.images.length));
    this.examples = { count: x.length / d, x, target: whole.network.predict(x) };
    const frozen = mlp({
      ...{ sizes: [d, hidden, outputs], activation, loss: "mse", biases: false, batch },
      rng: stream("unused"),
    });
    frozen.layers.layer1.weight.value.data.set(degraded(whole, mu).data);
    frozen.layers.layer2.weight.value.data.set(whole.network.layers.layer2.weight.value.data);
    this.network = frozen.withAdapters({ layer1: { rank, scale: 1 } });
    const { a, b } = this.network.layers.layer1;
    [this.u, this.v, this.#gradients] = [b!.value, a!.value, [b!.gradient!, a!.gradient!]];
    this.u.data.fill(d ** -2);
    for (let j = 0; j < rank; j++) this.v.data.set(sphere(rng.stream("start", j), d), j * d);
    this.#order = rng.stream("batches");
  }

  /** Loss `½ Σ (ŷ − y)²`, mean over all inputs. */
  loss(): number {
    return this.network.evaluate(this.examples).loss;
  }

  /** One step of SGD on both factors; rows of `V` get length 1 again. */
  step(eta: number): void {
    const rows = Int32Array.from(
      { length: this.network.batch },
      () => this.#order.integer(this.examples.count),
    );
    this.network.lossAndGradient(this.examples, rows);
    const [ofU, ofV] = this.#gradients;
    for (let i = 0; i < this.u.data.length; i++) this.u.data[i] -= eta * ofU.data[i];
    const { columns, data } = this.v;
    for (let j = 0; j < this.v.rows; j++) {
      let square = 0;
      for (let q = j * columns; q < (j + 1) * columns; q++) {
        data[q] -= eta * ofV.data[q];
        square += data[q] ** 2;
      }
      for (let q = j * columns; q < (j + 1) * columns; q++) data[q] /= Math.sqrt(square);
    }
  }
}
