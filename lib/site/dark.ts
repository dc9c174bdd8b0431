/**
 * Figures on dark paper: the same drawing with its colours turned.
 *
 * Greys change places, so that white paper becomes dark and black text light. Colours keep hue and
 * chroma, and get as light as dark paper asks for, in their order: a scale from dark to light still is
 * one. Computed in Oklab.
 *
 * @module
 */

/** Lightness in Oklab of the paper, of the text on it, and of the darkest and lightest colour. */
const PAPER = 0.21, INK = 0.93, DARKEST = 0.38, LIGHTEST = 0.96;

const linear = (c: number) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const encoded = (c: number) => c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055;

type Triple = readonly [number, number, number];

/** Oklab of an sRGB colour with parts in [0, 1] (B. Ottosson, 2020). */
function oklab(rgb: Triple): Triple {
  const [r, g, b] = rgb.map(linear);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** The sRGB colour of an Oklab one; parts that no screen has are cut. */
function srgb([lightness, a, b]: Triple): number[] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((part) => Math.min(1, Math.max(0, encoded(Math.max(0, part)))));
}

/** A colour of three bytes on dark paper. */
export function turned(bytes: readonly number[]): number[] {
  const [r, g, b] = bytes;
  const [lightness, x, y] = oklab([r / 255, g / 255, b / 255]);
  const grey = r === g && g === b;
  const light = grey ? INK + (PAPER - INK) * lightness : DARKEST + (LIGHTEST - DARKEST) * lightness;
  return srgb([light, x, y]).map((part) => Math.round(255 * part));
}

const hex = (bytes: readonly number[]) =>
  "#" + bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Names of colours that the figures use. */
const NAMED: Readonly<Record<string, string>> = { white: "#ffffff", black: "#000000" };

function colour(text: string): string {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(text);
  const long = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(NAMED[text] ?? text);
  const rgb = /^rgb\((\d+), ?(\d+), ?(\d+)\)$/.exec(text);
  if (short) return hex(turned(short.slice(1).map((digit) => 17 * parseInt(digit, 16))));
  if (long) return hex(turned(long.slice(1).map((byte) => parseInt(byte, 16))));
  return rgb ? hex(turned(rgb.slice(1).map(Number))) : text;
}

/** A drawing for dark paper. */
export function dark(svg: string): string {
  return svg.replaceAll(
    /\b(fill|stroke|stop-color|color)="([^"]+)"/g,
    (_, name, value) => `${name}="${colour(value)}"`,
  );
}
