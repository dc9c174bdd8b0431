/**
 * Pixels as PNG: the encoder of resvg's module takes longer than most drawings do.
 *
 * @module
 */

/** A picture in memory: red, green, blue and opacity, row by row, the colours times the opacity. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** CRC-32 of each byte, with the reflected polynomial 0xEDB88320. */
const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crc >>> 8 ^ CRC[(crc ^ byte) & 255];
  return (crc ^ 0xffffffff) >>> 0;
}

/** A chunk: length, name, content, checksum. */
function chunk(name: string, content: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + content.length), view = new DataView(out.buffer);
  view.setUint32(0, content.length);
  for (let i = 0; i < 4; i++) out[4 + i] = name.charCodeAt(i);
  out.set(content, 8);
  view.setUint32(8 + content.length, crc32(out.subarray(4, 8 + content.length)));
  return out;
}

/** Numbers of four bytes, the highest first. */
function words(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => view.setUint32(4 * i, value));
  return new Uint8Array(view.buffer);
}

/** The rows, each after the number of its filter (none), with colours that are not times the opacity. */
function scanlines({ width, height, data }: Pixels): Uint8Array {
  const stride = 4 * width, out = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * stride, (y + 1) * stride), to = y * (stride + 1) + 1;
    out.set(row, to);
    for (let x = 0; x < stride; x += 4) {
      const opacity = row[x + 3];
      if (opacity === 255 || opacity === 0) continue;
      for (let k = x; k < x + 3; k++) out[to + k] = row[k] / (opacity / 255) + 0.5;
    }
  }
  return out;
}

/**
 * A PNG with eight bits in each of four channels.
 *
 * @param deflate Compresses to the format of zlib.
 * @param perMetre Pixels per metre, if the file is to state them.
 */
export function encodePng(
  pixels: Pixels,
  deflate: (bytes: Uint8Array) => Uint8Array,
  perMetre?: number,
): Uint8Array<ArrayBuffer> {
  const kind = Uint8Array.of(8, 6, 0, 0, 0); // bits, red-green-blue-opacity, the only methods
  const parts = [
    SIGNATURE,
    chunk("IHDR", Uint8Array.of(...words(pixels.width, pixels.height), ...kind)),
    ...(perMetre === undefined
      ? []
      : [chunk("pHYs", Uint8Array.of(...words(perMetre, perMetre), 1))]),
    chunk("IDAT", deflate(scanlines(pixels))),
    chunk("IEND", new Uint8Array()),
  ];
  const out = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
