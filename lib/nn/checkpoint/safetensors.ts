/**
 * The safetensors format: named tensors in one file, read and written here without any network.
 *
 * The packages for this that we know come with a client of a hub, or read headers alone; the format is small.
 *
 * @module
 */
import { checkInteger, checkString } from "../../check.ts";

/** Kinds of numbers that are read, with their bytes. */
const BYTES: Readonly<Record<TensorType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** A kind of number. */
export type TensorType =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "I64"
  | "I32"
  | "I16"
  | "I8"
  | "U8"
  | "BOOL";

/** A tensor of a file. */
export interface Tensor {
  /** Kind of its numbers in the file. */
  readonly type: TensorType;
  /** Sizes; none for a single number. */
  readonly shape: readonly number[];
  /** The numbers, row by row. */
  readonly data: Float64Array;
}

/** What a file holds. */
export interface Safetensors {
  /** Tensors by name, in the order of the header. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Text by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Longest header that the format allows. */
const MOST = 100_000_000;

const WHAT = "read a safetensors file";

function refuse(name: string, wanted: string, found: unknown): never {
  throw new RangeError(`Cannot ${WHAT} as ${name} must be ${wanted}: current value is ${found}`);
}

/** A half-precision number of 5 and 10, or 8 and 7 bits. */
function small(bits: number, type: "F16" | "BF16"): number {
  const view = new DataView(new ArrayBuffer(4));
  if (type === "BF16") {
    view.setUint32(0, bits << 16);
    return view.getFloat32(0);
  }
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign *
    (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

function numbers(bytes: Uint8Array, type: TensorType): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), size = BYTES[type];
  const at: Record<TensorType, (i: number) => number> = {
    F64: (i) => view.getFloat64(i, true),
    F32: (i) => view.getFloat32(i, true),
    F16: (i) => small(view.getUint16(i, true), "F16"),
    BF16: (i) => small(view.getUint16(i, true), "BF16"),
    I64: (i) => Number(view.getBigInt64(i, true)),
    I32: (i) => view.getInt32(i, true),
    I16: (i) => view.getInt16(i, true),
    I8: (i) => view.getInt8(i),
    U8: (i) => view.getUint8(i),
    BOOL: (i) => view.getUint8(i),
  };
  const read = at[type];
  return Float64Array.from({ length: bytes.length / size }, (_, i) => read(size * i));
}

interface Entry {
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An entry of the header, looked at. */
function entryOf(name: string, entry: unknown): Entry {
  if (!isRecord(entry)) refuse(`entry ${name}`, "an object", JSON.stringify(entry));
  const { dtype, shape, data_offsets: offsets, ...more } = entry;
  if (Object.keys(more).length > 0) {
    refuse(`entry ${name}`, "dtype, shape and data_offsets alone", Object.keys(more));
  }
  if (typeof dtype !== "string" || !Object.hasOwn(BYTES, dtype)) {
    refuse(`dtype of ${name}`, `one of ${Object.keys(BYTES).join(", ")}`, JSON.stringify(dtype));
  }
  const whole = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((x) => Number.isSafeInteger(x) && x >= 0);
  if (!whole(shape)) {
    refuse(`shape of ${name}`, "a list of whole numbers >= 0", JSON.stringify(shape));
  }
  if (!whole(offsets) || offsets.length !== 2 || offsets[1] < offsets[0]) {
    refuse(`data_offsets of ${name}`, "[begin, end] with begin <= end", JSON.stringify(offsets));
  }
  const type = dtype as TensorType, [from, to] = offsets;
  const wanted = shape.reduce((product, x) => product * x, 1) * BYTES[type];
  if (to - from !== wanted) refuse(`${name} (${dtype} [${shape}])`, `${wanted} bytes`, to - from);
  return { type, shape, from, to };
}

/**
 * The tensors of a safetensors file.
 *
 * Law: 8 bytes with the length of a JSON header, the header, the data; the parts of the data follow each other without
 * holes or overlaps, and fill the file.
 * Errors: 64-bit integers beyond 2⁵³ are rounded.
 * Source: the format's own description (huggingface/safetensors).
 *
 * @param bytes The whole file.
 * @throws {RangeError} If anything in it is not as the format has it: the part and what it must be are named.
 *
 * @example A file of one tensor, written and read.
 * ```ts
 * import { parseSafetensors, toSafetensors } from "lora-dynamics/nn/mod.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const file = toSafetensors({ w: { shape: [2, 1], data: [3, 0.5] } }, { format: "pt" });
 * const { tensors, metadata } = parseSafetensors(file);
 * assertEquals([tensors.w.type, [...tensors.w.data], metadata.format], ["F32", [3, 0.5], "pt"]);
 * assertThrows(() => parseSafetensors(file.subarray(0, -1)), RangeError, "must be");
 * ```
 */
export function parseSafetensors(bytes: Uint8Array): Safetensors {
  if (bytes.length < 8) refuse("the file", "8 bytes or longer", `${bytes.length} bytes`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MOST)) refuse("the header", `at most ${MOST} bytes`, length);
  const size = Number(length), start = 8 + size;
  if (start > bytes.length) {
    refuse("the file", `${start} bytes or longer, by its header`, bytes.length);
  }
  let text: string, header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, start));
    header = JSON.parse(text);
  } catch (error) {
    refuse("the header", "JSON in UTF-8", error instanceof Error ? error.message : error);
  }
  if (!text.startsWith("{") || !isRecord(header)) {
    refuse("the header", "a JSON object", text.slice(0, 40));
  }
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isRecord(metadata) || !Object.values(metadata).every((x) => typeof x === "string")) {
    refuse("__metadata__", "an object of texts", JSON.stringify(metadata));
  }
  const all = Object.entries(entries).map(([name, entry]) => ({ name, ...entryOf(name, entry) }));
  let end = 0;
  for (const { name, from, to } of all.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end) {
      refuse(`the beginning of ${name}`, `${end}, where the tensor before it ends`, from);
    }
    end = to;
  }
  if (start + end !== bytes.length) {
    refuse("the data", `${end} bytes, by the header`, bytes.length - start);
  }
  const tensors = all.map(({ name, type, shape, from, to }): [string, Tensor] => [
    name,
    { type, shape, data: numbers(bytes.subarray(start + from, start + to), type) },
  ]);
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Record<string, string> };
}

/** A tensor to be written. */
export interface TensorLike {
  /** Sizes. */
  readonly shape: readonly number[];
  /** The numbers, row by row. */
  readonly data: ArrayLike<number>;
  /** Kind of numbers in the file; F32 by default. */
  readonly type?: "F32" | "F64";
}

/**
 * The bytes of a safetensors file.
 *
 * @param tensors Tensors by name.
 * @param metadata Texts by name.
 * @throws {RangeError} If a shape and the number of entries differ, or a name is `__metadata__`.
 */
export function toSafetensors(
  tensors: Readonly<Record<string, TensorLike>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const what = "write a safetensors file", header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) {
    Object.entries(metadata).forEach(([name, value]) => checkString(what, name, value));
    header["__metadata__"] = metadata;
  }
  let end = 0;
  for (const [name, { shape, data, type = "F32" }] of Object.entries(tensors)) {
    if (name === "__metadata__") {
      throw new RangeError(`Cannot ${what} as ${name} must not be a tensor: it is`);
    }
    shape.forEach((x, i) => checkInteger(what, `shape[${i}] of ${name}`, x, 0));
    const count = shape.reduce((product, x) => product * x, 1);
    if (count !== data.length) {
      throw new RangeError(
        `Cannot ${what} as ${name} must have ${count} entries: current number is ${data.length}`,
      );
    }
    header[name] = { dtype: type, shape, data_offsets: [end, end += count * BYTES[type]] };
  }
  const text = JSON.stringify(header), padded = text + " ".repeat((8 - text.length % 8) % 8);
  const head = new TextEncoder().encode(padded), start = 8 + head.length;
  const out = new Uint8Array(start + end), view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(head.length), true);
  out.set(head, 8);
  let at = start;
  for (const { data, type = "F32" } of Object.values(tensors)) {
    for (let i = 0; i < data.length; i++, at += BYTES[type]) {
      if (type === "F32") view.setFloat32(at, data[i], true);
      else view.setFloat64(at, data[i], true);
    }
  }
  return out;
}
