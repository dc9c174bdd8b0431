/**
 * The memory of a network: trainable values, their gradients, frozen values and the intermediate
 * results side by side in one workspace of lib/linalg, so that products copy nothing.
 *
 * @module
 */
import { type Floats, workspace } from "../linalg/mod.ts";
import type { AdapterShape, Parameter, Role } from "./parameter.ts";
import type { Precision } from "./precision.ts";
import type { Tensor } from "./_tensor.ts";

/** A parameter while the network is being built: its views exist after `allocate`. */
class Held implements Parameter<Floats> {
  value!: Tensor;
  gradient: Tensor | undefined;
  constructor(
    readonly layer: string,
    readonly role: Role,
    readonly rows: number,
    readonly columns: number,
    readonly trainable: boolean,
  ) {}
  get name(): string {
    return `${this.layer}.${this.role}`;
  }
}

/** An intermediate result with one or several rows for each example of a batch. */
export class Buffer {
  whole!: Tensor;
  #view: Tensor | undefined;
  constructor(readonly mostRows: number, readonly columns: number) {}

  /** Its first rows; the same object as long as their number stays. */
  rows(count: number): Tensor {
    if (this.#view?.rows === count) return this.#view;
    const { columns } = this;
    const data = this.whole.data.subarray(0, count * columns);
    return this.#view = { rows: count, columns, data };
  }
}

/** Collects what a network needs, then lays it out. */
export class Memory {
  readonly batch: number;
  readonly adapters: Readonly<Record<string, AdapterShape>> | undefined;
  readonly parameters: Held[] = [];
  values!: Floats;
  gradient!: Floats;
  #buffers: Buffer[] = [];
  #precision: Precision;

  constructor(
    batch: number,
    precision: Precision,
    adapters?: Readonly<Record<string, AdapterShape>>,
  ) {
    this.batch = batch;
    this.adapters = adapters;
    this.#precision = precision;
  }

  /** A parameter of the network itself: trained unless there are adapters. */
  parameter(layer: string, role: Role, rows: number, columns: number): Parameter<Floats> {
    return this.#hold(layer, role, rows, columns, !this.adapters);
  }

  /** A factor of an adapter. */
  factor(
    layer: string,
    role: Role,
    rows: number,
    columns: number,
    trainable: boolean,
  ): Parameter<Floats> {
    return this.#hold(layer, role, rows, columns, trainable);
  }

  #hold(layer: string, role: Role, rows: number, columns: number, trainable: boolean): Held {
    const held = new Held(layer, role, rows, columns, trainable);
    this.parameters.push(held);
    return held;
  }

  /** Room for `perExample` rows for each example of the largest batch. */
  buffer(perExample: number, columns: number): Buffer {
    const buffer = new Buffer(this.batch * perExample, columns);
    this.#buffers.push(buffer);
    return buffer;
  }

  /** Room for one matrix, whatever the batch. */
  fixed(rows: number, columns: number): Buffer {
    const buffer = new Buffer(rows, columns);
    this.#buffers.push(buffer);
    return buffer;
  }

  /** Lays everything out: trainable values, gradients in the same order, the rest. */
  allocate(): void {
    const size = (x: { rows: number; columns: number }) => x.rows * x.columns;
    const Numbers = this.#precision === "single" ? Float32Array : Float64Array;
    const room = (entries: number) => 16 * Math.ceil(Numbers.BYTES_PER_ELEMENT * entries / 16);
    const trained = this.parameters.filter((p) => p.trainable);
    const frozen = this.parameters.filter((p) => !p.trainable);
    const length = trained.reduce((sum, p) => sum + size(p), 0);
    let total = 2 * room(length);
    for (const p of frozen) total += room(size(p));
    for (const b of this.#buffers) total += room(b.mostRows * b.columns);
    const width = 1024;
    const { pool } = workspace({ pool: [Math.ceil(total / (8 * width)), width] });
    let at = pool.data.byteOffset;
    const take = (entries: number): Floats => {
      const data = new Numbers(pool.data.buffer as ArrayBuffer, at, entries);
      at += room(entries);
      return data;
    };
    this.values = take(length);
    this.gradient = take(length);
    let from = 0;
    for (const p of trained) {
      const { rows, columns } = p, to = from + rows * columns;
      p.value = { rows, columns, data: this.values.subarray(from, to) };
      p.gradient = { rows, columns, data: this.gradient.subarray(from, to) };
      from = to;
    }
    for (const p of frozen) {
      p.value = { rows: p.rows, columns: p.columns, data: take(size(p)) };
    }
    for (const b of this.#buffers) {
      b.whole = { rows: b.mostRows, columns: b.columns, data: take(b.mostRows * b.columns) };
    }
  }
}
