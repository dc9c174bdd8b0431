/**
 * What a chain draws, in blocks: for each input its base features and its coordinates in the frame of the
 * adapter, for each step the squared length of what lies outside of the frame.
 *
 * @module
 */
import { semidefiniteRoot } from "../../../linalg/mod.ts";
import type { Stream } from "../../../random/mod.ts";
import type { Model } from "../model.ts";
import type { CheckedRun } from "./options.ts";

/** Steps of the first block; each further one is twice as long, up to so many numbers. */
const SHORTEST = 8, LONGEST = 4096;

/** The draws of one chain, row by row, in the order in which they are used. */
export class Rows {
  /** Length of a row: base features, the coordinates along `u` and beside it, label noise, a third one. */
  readonly width: number;
  /** The rows of a block. */
  block: Float64Array<ArrayBuffer> = new Float64Array(0);
  /** For each of its steps the squared length of what lies outside of the frame: `χ²`. */
  rests: Float64Array<ArrayBuffer> = new Float64Array(0);
  /** The next step of the block. */
  at = 0;

  /** Most steps of a block. */
  readonly most: number;

  readonly #rng: Stream;
  readonly #noise: Stream;
  readonly #run: CheckedRun;
  readonly #k: number;
  readonly #root: Float64Array | undefined;
  readonly #degrees: number;
  readonly #features: Float64Array;

  /** The draws of a run; `rng` is used by nobody else. */
  constructor({ k, gram }: Model, run: CheckedRun, rng: Stream) {
    const { n, noise, momentum, extraDegrees } = run, ball = momentum !== 0;
    this.#rng = rng;
    this.#noise = rng.stream("noise");
    this.#run = run;
    this.#k = k;
    this.#features = new Float64Array(k);
    this.#root = gram && semidefiniteRoot(Float64Array.from(gram), k);
    this.#degrees = n - (ball ? 3 : 2) + extraDegrees;
    this.width = k + 2 + (noise > 0 ? 1 : 0) + (ball ? 1 : 0);
    this.most = Math.max(1, Math.floor(LONGEST / this.width / run.batch));
  }

  /** Whether the block has no step left. */
  get empty(): boolean {
    return this.at === this.rests.length;
  }

  /** Steps that the block still has; a new block when there is none. */
  left(): number {
    if (this.empty) {
      const steps = Math.min(this.most, 2 * this.rests.length || SHORTEST);
      if (steps !== this.rests.length) {
        this.block = new Float64Array(steps * this.#run.batch * this.width);
        this.rests = new Float64Array(steps);
      }
      this.draw(this.block, this.rests);
      this.at = 0;
    }
    return this.rests.length - this.at;
  }

  /** Steps that were drawn elsewhere and come next. */
  keep(block: Float64Array<ArrayBuffer>, rests: Float64Array<ArrayBuffer>): void {
    [this.block, this.rests, this.at] = [block, rests, 0];
  }

  /** Draws the next steps; how many at a time makes no difference. */
  draw(block: Float64Array, rests: Float64Array): void {
    const { noise, noiseLaw, law } = this.#run, rng = this.#rng, k = this.#k, { width } = this;
    if (!law) rng.fillNormal(block);
    for (let row = 0; (law || this.#root || noise > 0) && row < block.length; row += width) {
      if (law) {
        for (let i = 0; i < k; i++) block[row + i] = law.quantile(rng.uniform());
        for (let i = k; i < width; i++) block[row + i] = rng.normal();
      }
      if (this.#root) this.#correlate(this.#root, block, row);
      if (noise > 0) block[row + k + 2] = noise * noiseLaw.draw(this.#noise);
    }
    if (this.#degrees > 0) rng.fillChiSquare(rests, this.#degrees);
  }

  /** `z ← R z` for the base features of a row. */
  #correlate(root: Float64Array, block: Float64Array, row: number): void {
    const k = this.#k, z = this.#features;
    for (let i = 0; i < k; i++) z[i] = block[row + i];
    for (let i = 0, at = 0; i < k; i++) {
      let sum = 0;
      for (let j = 0; j < k; j++) sum += root[at++] * z[j];
      block[row + i] = sum;
    }
  }
}
