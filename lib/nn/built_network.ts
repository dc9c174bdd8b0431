import { checkFloats, checkInteger } from "../check.ts";
import type { Floats } from "../linalg/mod.ts";
import { type Buffer, Memory } from "./_memory.ts";
import { checkExamples, type Examples, loadExamples } from "./examples.ts";
import type { Linear } from "./linear.ts";
import { type LossName, sumOfLosses } from "./loss.ts";
import type { Network, Rates, Score } from "./network.ts";
import type { AdapterShape, Parameter } from "./parameter.ts";
import type { Precision } from "./precision.ts";
import type { Tensor } from "./_tensor.ts";

/** The layers of a network and how they follow each other. */
export interface Architecture {
  /** The affine layers by name: those that can carry an adapter. */
  readonly layers: Readonly<Record<string, Linear>>;
  /** Outputs, `n × outputs`, of inputs `n × inputs`. */
  forward(x: Tensor): Tensor;
  /** Writes all gradients, given the derivative of the loss in the outputs. */
  backward(slope: Tensor): void;
}

/** What a network is made from. */
export interface NetworkSpec {
  readonly inputs: number;
  readonly outputs: number;
  /** Largest number of examples of one gradient. */
  readonly batch: number;
  readonly loss: LossName;
  readonly precision: Precision;
  /** Takes its parameters and buffers from the memory. */
  readonly build: (memory: Memory) => Architecture;
}

/** The network of an architecture: see `Network`. */
export class BuiltNetwork implements Network<Floats> {
  readonly inputs: number;
  readonly outputs: number;
  readonly batch: number;
  readonly loss: LossName;
  readonly precision: Precision;
  readonly values: Floats;
  readonly gradient: Floats;
  readonly parameters: Readonly<Record<string, Parameter<Floats>>>;
  readonly layers: Readonly<Record<string, Linear>>;
  readonly rates: Rates;
  #spec: NetworkSpec;
  #architecture: Architecture;
  #x: Buffer;
  #target: Buffer;
  #slope: Buffer;

  constructor(
    spec: NetworkSpec,
    adapters?: Readonly<Record<string, AdapterShape>>,
    rates: Rates = {},
  ) {
    const memory = new Memory(spec.batch, spec.precision, adapters);
    this.#spec = spec;
    this.#architecture = spec.build(memory);
    this.#x = memory.buffer(1, spec.inputs);
    this.#target = memory.buffer(1, spec.outputs);
    this.#slope = memory.buffer(1, spec.outputs);
    memory.allocate();
    this.inputs = spec.inputs;
    this.outputs = spec.outputs;
    this.batch = spec.batch;
    this.loss = spec.loss;
    this.precision = spec.precision;
    this.values = memory.values;
    this.gradient = memory.gradient;
    this.parameters = Object.fromEntries(memory.parameters.map((p) => [p.name, p]));
    this.layers = this.#architecture.layers;
    this.rates = rates;
  }

  lossAndGradient(data: Examples, rows?: ArrayLike<number>): number {
    const what = "take a gradient";
    checkExamples(what, data, this.inputs, this.outputs);
    const count = rows ? rows.length : data.count;
    checkInteger(
      what,
      "the number of examples (option batch of the network)",
      count,
      1,
      this.batch,
    );
    const x = this.#x.rows(count), target = this.#target.rows(count);
    const slope = this.#slope.rows(count);
    loadExamples(what, data, rows, 0, x, target);
    const sum = sumOfLosses(this.loss, this.#architecture.forward(x), target, slope);
    this.#architecture.backward(slope);
    return sum / count;
  }

  evaluate(data: Examples): Score {
    const what = "evaluate a network";
    checkExamples(what, data, this.inputs, this.outputs);
    let loss = 0, right = 0;
    for (let from = 0; from < data.count; from += this.batch) {
      const count = Math.min(this.batch, data.count - from);
      const x = this.#x.rows(count), target = this.#target.rows(count);
      loadExamples(what, data, undefined, from, x, target);
      const outputs = this.#architecture.forward(x);
      loss += sumOfLosses(this.loss, outputs, target);
      for (let i = 0; i < count; i++) if (largest(outputs, i) === largest(target, i)) right++;
    }
    return { loss: loss / data.count, accuracy: right / data.count };
  }

  predict(x: Float64Array): Float64Array {
    const what = "predict", { inputs, outputs, batch } = this;
    checkFloats(what, "x", x);
    const total = Math.max(1, Math.ceil(x.length / inputs));
    checkFloats(what, `x of ${total} examples with ${inputs} inputs`, x, total * inputs);
    const result = new Float64Array(total * outputs);
    for (let from = 0; from < total; from += batch) {
      const count = Math.min(batch, total - from), rows = this.#x.rows(count);
      rows.data.set(x.subarray(from * inputs, (from + count) * inputs));
      result.set(this.#architecture.forward(rows).data, from * outputs);
    }
    return result;
  }

  withAdapters(
    adapters: Readonly<Record<string, AdapterShape>>,
    rates: Rates = {},
  ): Network<Floats> {
    const what = "adapt a network";
    if (Object.values(this.layers).some((layer) => layer.a)) {
      throw new TypeError(
        `Cannot ${what} as it must have no adapters: current value has, merge them first`,
      );
    }
    for (const [name, { rank, scale }] of Object.entries(adapters)) {
      if (!Object.hasOwn(this.layers, name)) {
        throw new RangeError(
          `Cannot ${what} as a layer must be one of ${Object.keys(this.layers).join(", ")}: ` +
            `current value is "${name}"`,
        );
      }
      const { inputs, outputs } = this.layers[name];
      const most = Math.min(inputs, outputs);
      checkInteger(what, `rank of ${name} (${outputs} x ${inputs})`, rank, 1, most);
      if (!(scale > 0 && scale < Infinity)) {
        throw new RangeError(
          `Cannot ${what} as scale of ${name} must be a finite number > 0: current value is ${scale}`,
        );
      }
    }
    const result = new BuiltNetwork(this.#spec, adapters, rates);
    for (const name in this.parameters) {
      result.parameters[name].value.data.set(this.parameters[name].value.data);
    }
    return result;
  }

  merged(): Network<Floats> {
    const result = new BuiltNetwork(this.#spec);
    for (const name in result.parameters) {
      result.parameters[name].value.data.set(this.parameters[name].value.data);
    }
    for (const name in this.layers) {
      if (!this.layers[name].a) continue;
      result.layers[name].weight.value.data.set(this.layers[name].effectiveWeight().data);
    }
    return result;
  }
}

function largest(rows: Tensor, i: number): number {
  const { data, columns } = rows, from = i * columns;
  let best = 0;
  for (let k = 1; k < columns; k++) if (data[from + k] > data[from + best]) best = k;
  return best;
}
