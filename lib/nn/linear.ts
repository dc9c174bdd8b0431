import {
  addScaled,
  type Floats,
  type Matrix,
  multiply,
  multiplyNT,
  multiplyTN,
} from "../linalg/mod.ts";
import { FrozenProduct } from "./_frozen_product.ts";
import type { Buffer, Memory } from "./_memory.ts";
import type { Parameter } from "./parameter.ts";
import { inDouble, type Tensor } from "./_tensor.ts";

/**
 * An affine layer, with or without an adapter.
 *
 * Law: row by row `y = x Wᵀ + b`; with an adapter `y = x Wᵀ + b + s (x Aᵀ) Bᵀ`, in matrices
 * `W + s·B A` (`W + s·B R A` with a middle factor). LoRA-One's `A`, `B` are `Aᵀ` and `Bᵀ` of ours, and
 * so is the `B Aᵀ` of other authors: the letter A always touches the input, B the output.
 * Gradients with `D = ∂L/∂y`: `∂W = Dᵀ X`, `∂b = Σ D`, `∂B = s Dᵀ (X Aᵀ)`, `∂A = s (D B)ᵀ X`,
 * `∂R = s (D B)ᵀ (X Aᵀ)`, `∂X = D W + s (D B) A`.
 */
export interface Layer<F extends Floats = Float64Array> {
  /** Name. */
  readonly name: string;
  /** Number of inputs. */
  readonly inputs: number;
  /** Number of outputs. */
  readonly outputs: number;
  /** `W`, out × in. */
  readonly weight: Parameter<F>;
  /** `b`, 1 × out. */
  readonly bias: Parameter<F> | undefined;
  /** Input factor, r × in. */
  readonly a: Parameter<F> | undefined;
  /** Output factor, out × r. */
  readonly b: Parameter<F> | undefined;
  /** Middle factor, r × r. */
  readonly r: Parameter<F> | undefined;
  /** Factor of the adapter's product. */
  readonly scale: number;
  /**
   * Gradient of the loss in the product's place, `G = ∂L/∂W` out × in, as of the last
   * `lossAndGradient`: that of `W` when it is trained, or when the adapter was made with
   * `weightGradient`.
   */
  readonly weightGradient: Matrix<F> | undefined;
  /** What the layer multiplies by, `W + s·B A`, as a new matrix out × in, in double precision. */
  effectiveWeight(): Matrix;
}

/** The layer at work: see `Layer`. */
export class Linear implements Layer<Floats> {
  readonly weight: Parameter<Floats>;
  readonly bias: Parameter<Floats> | undefined;
  readonly a: Parameter<Floats> | undefined;
  readonly b: Parameter<Floats> | undefined;
  readonly r: Parameter<Floats> | undefined;
  readonly scale: number;
  #x!: Tensor;
  #y: Buffer;
  #dx: Buffer | undefined;
  #adapter: Adapter | undefined;
  #weightGradient: Buffer | undefined;
  #frozen: FrozenProduct | undefined;

  /** Used by the networks: `perExample` rows for each example, `first` needs no input gradient. */
  constructor(
    memory: Memory,
    readonly name: string,
    readonly inputs: number,
    readonly outputs: number,
    options: { bias?: boolean; perExample?: number; first?: boolean } = {},
  ) {
    const { bias = true, perExample = 1, first = false } = options;
    this.weight = memory.parameter(name, "weight", outputs, inputs);
    if (bias) this.bias = memory.parameter(name, "bias", 1, outputs);
    this.#y = memory.buffer(perExample, outputs);
    if (!first) this.#dx = memory.buffer(perExample, inputs);
    const shape = memory.adapters?.[name];
    this.scale = shape?.scale ?? 1;
    // Only a first layer sees the same inputs again.
    if (first && memory.adapters) this.#frozen = new FrozenProduct();
    if (!shape) return;
    const { rank, middle = false, weightGradient = false } = shape;
    if (weightGradient) this.#weightGradient = memory.fixed(outputs, inputs);
    this.b = memory.factor(name, "B", outputs, rank, !middle);
    this.a = memory.factor(name, "A", rank, inputs, !middle);
    if (middle) this.r = memory.factor(name, "R", rank, rank, true);
    this.#adapter = {
      h: memory.buffer(perExample, rank),
      g: middle ? memory.buffer(perExample, rank) : undefined,
      dh: memory.buffer(perExample, rank),
      dg: middle ? memory.buffer(perExample, rank) : undefined,
      y: memory.buffer(perExample, outputs),
      dx: first ? undefined : memory.buffer(perExample, inputs),
    };
  }

  get weightGradient(): Tensor | undefined {
    return this.weight.gradient ?? this.#weightGradient?.whole;
  }

  /** `n × out` from `n × in`; `x` must stay as it is until `backward`. */
  forward(x: Tensor): Tensor {
    this.#x = x;
    const weight = this.weight.value, out = this.#y.rows(x.rows);
    const y = this.#frozen?.times(x, weight, out) ?? multiplyNT(x, weight, out);
    if (this.bias) addToRows(y, this.bias.value.data);
    const { a, b, r, scale } = this, work = this.#adapter;
    if (a && b && work) {
      let h = multiplyNT(x, a.value, work.h.rows(x.rows));
      if (r && work.g) h = multiplyNT(h, r.value, work.g.rows(x.rows));
      addScaled(y, scale, multiplyNT(h, b.value, work.y.rows(x.rows)));
    }
    return y;
  }

  /** Writes the gradients of the parameters; returns that of the input (none of a first layer). */
  backward(dy: Tensor): Tensor | undefined {
    const n = dy.rows, x = this.#x;
    const { weightGradient } = this;
    if (weightGradient) multiplyTN(dy, x, weightGradient);
    if (this.bias?.gradient) sumRows(dy, this.bias.gradient.data);
    const dx = this.#dx && multiply(dy, this.weight.value, this.#dx.rows(n));
    const { a, b, r, scale } = this, work = this.#adapter;
    if (!a || !b || !work) return dx;
    const h = work.h.rows(n);
    let d = times(scale, multiply(dy, b.value, work.dh.rows(n)));
    if (b.gradient) times(scale, multiplyTN(dy, h, b.gradient));
    if (r && work.dg) {
      if (r.gradient) multiplyTN(d, h, r.gradient);
      if (dx) d = multiply(d, r.value, work.dg.rows(n));
    }
    if (a.gradient) multiplyTN(d, x, a.gradient);
    if (dx && work.dx) addScaled(dx, 1, multiply(d, a.value, work.dx.rows(n)));
    return dx;
  }

  effectiveWeight(): Matrix {
    const [w, a, b, r] = [this.weight, this.a, this.b, this.r].map((p) => p && inDouble(p.value));
    if (!a || !b) return w!;
    return addScaled(w!, this.scale, multiply(r ? multiply(b, r) : b, a));
  }
}

interface Adapter {
  h: Buffer;
  g: Buffer | undefined;
  dh: Buffer;
  dg: Buffer | undefined;
  y: Buffer;
  dx: Buffer | undefined;
}

function addToRows(y: Tensor, row: Floats): void {
  const { data } = y, n = row.length;
  for (let at = 0; at < data.length; at += n) {
    for (let j = 0; j < n; j++) data[at + j] += row[j];
  }
}

function sumRows(x: Tensor, sum: Floats): void {
  const { data } = x, n = sum.length;
  sum.fill(0);
  for (let at = 0; at < data.length; at += n) {
    for (let j = 0; j < n; j++) sum[j] += data[at + j];
  }
}

function times(factor: number, x: Tensor): Tensor {
  const { data } = x;
  if (factor !== 1) { for (let i = 0; i < data.length; i++) data[i] *= factor; }
  return x;
}
