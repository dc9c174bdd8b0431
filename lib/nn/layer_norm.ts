import type { Buffer, Memory } from "./_memory.ts";
import type { Parameter } from "./parameter.ts";
import type { Floats } from "../linalg/mod.ts";
import type { Tensor } from "./_tensor.ts";

/** Added to the variance. */
const epsilon = 1e-5;

/**
 * Layer norm of each row: `y = g ∘ x̂ + c` with `x̂ = (x − mean)/√(variance + 1e-5)`.
 *
 * Gradients with `D = ∂L/∂y`, `E = D ∘ g`: `∂g = Σ D ∘ x̂`, `∂c = Σ D`,
 * `∂x = (E − mean E − x̂ mean(E ∘ x̂)) / √(variance + 1e-5)`. Source: Ba, Kiros and Hinton 2016.
 */
export class LayerNorm {
  #gain: Parameter<Floats>;
  #shift: Parameter<Floats>;
  #hat: Buffer;
  #inverse: Buffer;
  #y: Buffer;
  #dx: Buffer;

  constructor(memory: Memory, name: string, width: number, perExample: number) {
    this.#gain = memory.parameter(name, "gain", 1, width);
    this.#shift = memory.parameter(name, "shift", 1, width);
    this.#hat = memory.buffer(perExample, width);
    this.#inverse = memory.buffer(perExample, 1);
    this.#y = memory.buffer(perExample, width);
    this.#dx = memory.buffer(perExample, width);
  }

  /** Gain 1, shift 0. */
  start(): void {
    this.#gain.value.data.fill(1);
    this.#shift.value.data.fill(0);
  }

  forward(x: Tensor): Tensor {
    const { rows, columns: d, data } = x, y = this.#y.rows(rows);
    const gain = this.#gain.value.data, shift = this.#shift.value.data;
    const hat = this.#hat.rows(rows).data, inverse = this.#inverse.rows(rows).data;
    for (let i = 0, at = 0; i < rows; i++, at += d) {
      let mean = 0, variance = 0;
      for (let j = 0; j < d; j++) mean += data[at + j];
      mean /= d;
      for (let j = 0; j < d; j++) variance += (data[at + j] - mean) ** 2;
      inverse[i] = 1 / Math.sqrt(variance / d + epsilon);
      for (let j = 0; j < d; j++) {
        hat[at + j] = (data[at + j] - mean) * inverse[i];
        y.data[at + j] = gain[j] * hat[at + j] + shift[j];
      }
    }
    return y;
  }

  backward(dy: Tensor): Tensor {
    const { rows, columns: d, data } = dy, dx = this.#dx.rows(rows);
    const gain = this.#gain.value.data, hat = this.#hat.rows(rows).data;
    const inverse = this.#inverse.rows(rows).data;
    for (let i = 0, at = 0; i < rows; i++, at += d) {
      let mean = 0, along = 0;
      for (let j = 0; j < d; j++) {
        const e = data[at + j] * gain[j];
        mean += e;
        along += e * hat[at + j];
      }
      mean /= d;
      along /= d;
      for (let j = 0; j < d; j++) {
        dx.data[at + j] = (data[at + j] * gain[j] - mean - hat[at + j] * along) * inverse[i];
      }
    }
    const dGain = this.#gain.gradient?.data, dShift = this.#shift.gradient?.data;
    if (!dGain || !dShift) return dx;
    dGain.fill(0);
    dShift.fill(0);
    for (let at = 0; at < data.length; at += d) {
      for (let j = 0; j < d; j++) {
        dGain[j] += data[at + j] * hat[at + j];
        dShift[j] += data[at + j];
      }
    }
    return dx;
  }
}
