/**
 * Small pictures of figures: drawn, read, written with few colours, and compared.
 *
 * Two pictures are the same where at most {@linkcode MOST} pixels differ by more than {@linkcode VISIBLE}
 * after each pixel has become the mean of its neighbourhood. A label that moves by 3 points changes fifty
 * or more; a drawing that lands an eighth of a pixel beside, three.
 */
import { unzlibSync, zlibSync } from "fflate";
import { type Figure, type FigureSize, svg, theme } from "lora-dynamics/figure/mod.ts";
import { png } from "../../lib/figure/png.ts";

/** Pixels per inch: text of 9 points is 7 pixels high. */
export const RESOLUTION = 60;
/** Difference in a colour, of 255, that counts. */
export const VISIBLE = 30;
/** Pixels that may differ: fewer than the ink of one tick label. */
export const MOST = 8;

/** A picture: red, green and blue of each pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A figure at a low resolution. */
export function pictureOf(figure: Figure, size: FigureSize = figure.size ?? "column"): Picture {
  return pictureOfSvg(svg(figure, { size }), size);
}

/** A drawing at a low resolution. */
export function pictureOfSvg(drawing: string, size: FigureSize): Picture {
  return decode(png(drawing, theme.inches[size], RESOLUTION));
}

/** Bytes per pixel of the types of PNG that are read: true colour, palette, true colour with alpha. */
const CHANNELS: Readonly<Record<number, number>> = { 2: 3, 3: 1, 6: 4 };

/** Reads a PNG of 8 bits per channel, without interlace, on a white ground. */
export function decode(file: Uint8Array): Picture {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const parts: Uint8Array[] = [];
  let width = 0, height = 0, type = 0, palette = new Uint8Array();
  for (let at = 8; at < file.length;) {
    const length = view.getUint32(at), name = String.fromCharCode(...file.subarray(at + 4, at + 8));
    const body = file.subarray(at + 8, at + 8 + length);
    if (name === "IHDR") {
      [width, height, type] = [view.getUint32(at + 8), view.getUint32(at + 12), body[9]];
      if (body[8] !== 8 || !(type in CHANNELS) || body[12] !== 0) {
        throw new TypeError(`Cannot read the PNG as it must have 8 bits a channel, not ${body}`);
      }
    } else if (name === "PLTE") palette = body.slice();
    else if (name === "IDAT") parts.push(body);
    at += 12 + length;
  }
  const raw = unfiltered(unzlibSync(joined(parts)), width, height, CHANNELS[type]);
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    for (let k = 0; k < 3; k++) {
      const alpha = type === 6 ? raw[4 * i + 3] / 255 : 1;
      const value = type === 3 ? palette[3 * raw[i] + k] : raw[CHANNELS[type] * i + k];
      data[3 * i + k] = Math.round(255 + alpha * (value - 255));
    }
  }
  return { width, height, data };
}

/** Undoes the filters of the lines, with `channels` bytes a pixel. */
function unfiltered(lines: Uint8Array, width: number, height: number, channels: number) {
  const length = width * channels, out = new Uint8Array(length * height);
  for (let row = 0; row < height; row++) {
    const filter = lines[row * (length + 1)];
    for (let i = 0; i < length; i++) {
      const here = row * length + i, value = lines[row * (length + 1) + 1 + i];
      const left = i < channels ? 0 : out[here - channels], up = row === 0 ? 0 : out[here - length];
      const corner = row === 0 || i < channels ? 0 : out[here - length - channels];
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      out[here] = value + guess;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(guess - value));
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** A PNG with a palette: colours are rounded to as many levels as 256 of them allow. */
export function encode({ width, height, data }: Picture): Uint8Array {
  for (const levels of [16, 12, 8, 6]) {
    const step = 255 / (levels - 1), colours = new Map<number, number>();
    const lines = new Uint8Array((width + 1) * height);
    for (let i = 0; i < width * height; i++) {
      const [r, g, b] = data.subarray(3 * i, 3 * i + 3).map((value) => Math.round(value / step));
      const key = r << 16 | g << 8 | b;
      if (!colours.has(key)) colours.set(key, colours.size);
      lines[Math.floor(i / width) * (width + 1) + 1 + i % width] = colours.get(key)!;
    }
    if (colours.size > 256) continue;
    const palette = [...colours.keys()].flatMap((key) =>
      [key >> 16, key >> 8 & 255, key & 255].map((level) => Math.round(level * step))
    );
    const header = new Uint8Array(13), view = new DataView(header.buffer);
    view.setUint32(0, width);
    view.setUint32(4, height);
    header.set([8, 3], 8);
    return joined([
      new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]),
      chunk("IHDR", header),
      chunk("PLTE", new Uint8Array(palette)),
      chunk("IDAT", zlibSync(lines, { level: 9 })),
      chunk("IEND", new Uint8Array()),
    ]);
  }
  throw new Error("six levels of three colours are no more than 216");
}

function chunk(name: string, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + body.length), view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  out.set(new TextEncoder().encode(name), 4);
  out.set(body, 8);
  let crc = 0xffffffff;
  for (const byte of out.subarray(4, 8 + body.length)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  view.setUint32(8 + body.length, (crc ^ 0xffffffff) >>> 0);
  return out;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** How many pixels differ visibly; all of them where the sizes differ. */
export function differing(a: Picture, b: Picture): number {
  const { width, height } = a;
  if (width !== b.width || height !== b.height) return Math.max(width * height, b.width * b.height);
  const off = new Int16Array(a.data.length);
  for (let i = 0; i < off.length; i++) off[i] = a.data[i] - b.data[i];
  // The mean over three by three pixels is linear: one of the differences does for both pictures.
  let count = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const seen = [0, 1, 2].some((k) => {
        let sum = 0;
        for (let dy = -1; dy <= 1; dy++) {
          for (let dx = -1; dx <= 1; dx++) sum += off[3 * ((y + dy) * width + x + dx) + k];
        }
        return Math.abs(sum) > 9 * VISIBLE;
      });
      if (seen) count++;
    }
  }
  return count;
}
