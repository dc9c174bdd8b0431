import { add } from "../linalg/mod.ts";
import type { Buffer, Memory } from "./_memory.ts";
import { Linear } from "./linear.ts";
import type { Tensor } from "./_tensor.ts";

/**
 * Self-attention over the `tokens` rows of each example, with `heads` heads of `width/heads` columns.
 *
 * Law, for each example and head: `Q, K, V` affine in `x`, `P = softmax(Q Kᵀ/√(width/heads))` row by
 * row, `O = P V`; the heads side by side go through the affine `output`.
 * Gradients with `D = ∂L/∂O`: `∂V = Pᵀ D`, `∂P = D Vᵀ`, `∂S = P ∘ (∂P − Σ_row ∂P ∘ P)`,
 * `∂Q = ∂S K/√·`, `∂K = ∂Sᵀ Q/√·`. Source: Vaswani et al. 2017.
 */
export class Attention {
  readonly layers: readonly Linear[];
  #query: Linear;
  #key: Linear;
  #value: Linear;
  #output: Linear;
  #q!: Tensor;
  #k!: Tensor;
  #v!: Tensor;
  #p: Buffer;
  #o: Buffer;
  #dq: Buffer;
  #dk: Buffer;
  #dv: Buffer;
  #row: Float64Array;

  constructor(
    memory: Memory,
    name: string,
    width: number,
    readonly heads: number,
    readonly tokens: number,
  ) {
    const linear = (part: string) =>
      new Linear(memory, `${name}.${part}`, width, width, { perExample: tokens });
    this.#query = linear("query");
    this.#key = linear("key");
    this.#value = linear("value");
    this.#output = linear("output");
    this.layers = [this.#query, this.#key, this.#value, this.#output];
    this.#p = memory.buffer(tokens * heads, tokens);
    this.#o = memory.buffer(tokens, width);
    this.#dq = memory.buffer(tokens, width);
    this.#dk = memory.buffer(tokens, width);
    this.#dv = memory.buffer(tokens, width);
    this.#row = new Float64Array(tokens);
  }

  forward(x: Tensor): Tensor {
    const { heads, tokens: t } = this, width = x.columns, d = width / heads;
    const q = this.#q = this.#query.forward(x), k = this.#k = this.#key.forward(x);
    const v = this.#v = this.#value.forward(x), o = this.#o.rows(x.rows);
    const p = this.#p.rows(x.rows * heads).data, root = 1 / Math.sqrt(d);
    o.data.fill(0);
    for (let first = 0, at = 0; first < x.rows; first += t) {
      for (let head = 0; head < heads; head++) {
        const start = first * width + head * d;
        for (let i = 0, qi = start; i < t; i++, qi += width, at += t) {
          let largest = -Infinity, total = 0;
          for (let j = 0, kj = start; j < t; j++, kj += width) {
            let s = 0;
            for (let c = 0; c < d; c++) s += q.data[qi + c] * k.data[kj + c];
            p[at + j] = s * root;
            // Not Math.max alone: a NaN must stay.
            if (!(p[at + j] <= largest)) largest = p[at + j];
          }
          for (let j = 0; j < t; j++) total += p[at + j] = Math.exp(p[at + j] - largest);
          for (let j = 0, vj = start; j < t; j++, vj += width) {
            const weight = p[at + j] /= total;
            for (let c = 0; c < d; c++) o.data[qi + c] += weight * v.data[vj + c];
          }
        }
      }
    }
    return this.#output.forward(o);
  }

  backward(dy: Tensor): Tensor {
    const n = dy.rows, { heads, tokens: t } = this, width = dy.columns, d = width / heads;
    const dO = this.#output.backward(dy)!.data, q = this.#q.data, k = this.#k.data;
    const v = this.#v.data, p = this.#p.rows(n * heads).data, slope = this.#row;
    const dq = this.#dq.rows(n), dk = this.#dk.rows(n), dv = this.#dv.rows(n);
    const root = 1 / Math.sqrt(d);
    for (const x of [dq, dk, dv]) x.data.fill(0);
    for (let first = 0, at = 0; first < n; first += t) {
      for (let head = 0; head < heads; head++) {
        const start = first * width + head * d;
        for (let i = 0, qi = start; i < t; i++, qi += width, at += t) {
          let mean = 0;
          for (let j = 0, vj = start; j < t; j++, vj += width) {
            const weight = p[at + j];
            let s = 0;
            for (let c = 0; c < d; c++) {
              s += dO[qi + c] * v[vj + c];
              dv.data[vj + c] += weight * dO[qi + c];
            }
            slope[j] = s;
            mean += weight * s;
          }
          for (let j = 0, kj = start; j < t; j++, kj += width) {
            const ds = p[at + j] * (slope[j] - mean) * root;
            for (let c = 0; c < d; c++) {
              dq.data[qi + c] += ds * k[kj + c];
              dk.data[kj + c] += ds * q[qi + c];
            }
          }
        }
      }
    }
    const dx = this.#query.backward(dq)!;
    add(dx, this.#key.backward(dk)!, 1, dx);
    return add(dx, this.#value.backward(dv)!, 1, dx);
  }
}
