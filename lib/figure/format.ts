/**
 * Numbers as a reader of a journal expects them: `10⁻³`, `2.5×10⁶`, `−0.04`.
 *
 * @module
 */
import { checkInteger } from "../check.ts";

const raised: Record<string, string> = {
  "-": "⁻",
  "0": "⁰",
  "1": "¹",
  "2": "²",
  "3": "³",
  "4": "⁴",
  "5": "⁵",
  "6": "⁶",
  "7": "⁷",
  "8": "⁸",
  "9": "⁹",
};

/** Mantissa times a power of ten, the exponent in Unicode superscripts. */
function scientific(mantissa: string, exponent: number): string {
  const power = "10" + String(exponent).replace(/[-\d]/g, (sign) => raised[sign]);
  return mantissa === "1" ? power : `${mantissa}×${power}`;
}

/** Hyphen of a number as a minus sign. */
function minus(text: string): string {
  return text.replace("-", "−");
}

/** Digits without the zeros that say nothing: `2.500` → `2.5`. */
function trim(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

/**
 * A tick of a logarithmic axis: `0.001` → `10⁻³`, `0.002` → `2×10⁻³`.
 *
 * @param value The value of the tick; zero and values below it keep their sign.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { powerOfTen } from "lora-dynamics/figure/mod.ts";
 *
 * assertEquals([1e-3, 1, 2e5].map(powerOfTen), ["10⁻³", "10⁰", "2×10⁵"]);
 * ```
 */
export function powerOfTen(value: number): string {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return formatNumber(value);
  const [digits, exponent] = Math.abs(value).toExponential(11).split("e");
  const mantissa = trim(digits);
  return (value < 0 ? "−" : "") + scientific(mantissa, Number(exponent));
}

/**
 * A number with `digits` significant digits; a power of ten from `10⁵` upwards and below `10⁻³`.
 *
 * @param value Any number.
 * @param digits Significant digits, 1 to 17.
 * @throws {RangeError} If `digits` is not an integer from 1 to 17.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatNumber } from "lora-dynamics/figure/mod.ts";
 *
 * assertEquals(formatNumber(-0.25), "−0.25");
 * assertEquals(formatNumber(12345.678), "12346");
 * assertEquals(formatNumber(3.14159e-7, 3), "3.14×10⁻⁷");
 * ```
 */
export function formatNumber(value: number, digits = 4): string {
  checkInteger("format a number", "digits", digits, 1, 17);
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e5) return minus(String(value));
  const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  const sign = value < 0 ? "−" : "";
  if (power >= 5 || power < -3) return sign + scientific(trim(mantissa), power);
  return sign + trim(size.toFixed(Math.max(0, digits - 1 - power)));
}
