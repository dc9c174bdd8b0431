/**
 * The pixels of a PNG, for tests that look at pictures.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { inflateSync } from "node:zlib";

/** Pixels as red, green, blue, opacity, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Predictors of PNG's filters: from the left, the upper and the upper left neighbour. */
const PREDICT: readonly ((a: number, b: number, c: number) => number)[] = [
  () => 0,
  (a) => a,
  (_, b) => b,
  (a, b) => (a + b) >> 1,
  (a, b, c) => {
    const [toA, toB, toC] = [a, b, c].map((near) => Math.abs(a + b - c - near));
    return toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
  },
];

/** Reads a PNG with eight bits in each of four channels. */
export function decodePng(png: Uint8Array): Pixels {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (view.getUint16(24) !== 0x0806) throw new TypeError("not eight bits in four channels");
  const parts: Uint8Array[] = [];
  for (let at = 8; at < png.length; at += 12 + view.getUint32(at)) {
    const data = png.subarray(at + 8, at + 8 + view.getUint32(at));
    if (view.getUint32(at + 4) === 0x49444154) parts.push(data); // IDAT
  }
  const raw = inflateSync(Buffer.concat(parts));
  const stride = 4 * width, pixels = new Uint8Array(stride * height);
  for (let i = 0; i < pixels.length; i++) {
    const y = Math.floor(i / stride), x = i % stride, row = y * (stride + 1);
    const left = x < 4 ? 0 : pixels[i - 4], up = y === 0 ? 0 : pixels[i - stride];
    const upLeft = x < 4 || y === 0 ? 0 : pixels[i - stride - 4];
    pixels[i] = raw[row + 1 + x] + PREDICT[raw[row]](left, up, upLeft);
  }
  return { width, height, pixels };
}
