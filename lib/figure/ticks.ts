/**
 * Ticks of an axis: as many as fit without their labels touching.
 *
 * @module
 */
import { formatNumber, powerOfTen } from "./format.ts";
import { labelWidth } from "./markup.ts";

/** The values that a scale can take. */
export type TickValue = number | string | boolean | Date;

/** One labelled tick. */
export interface Tick {
  value: TickValue;
  label: string;
}

/** Ticks of one axis: labelled ones and the short ones between them. */
export interface Ticks {
  major: Tick[];
  minor: number[];
  /** Whether the labels stand aslant, as words that do not fit side by side. */
  slanted?: boolean;
}

/** What ticks need to know of a scale. */
export interface AxisScale {
  type: string;
  domain: TickValue[];
  base?: number;
  /** Position along the axis as a fraction of its length. */
  at(value: TickValue): number;
}

/** How ticks are to be chosen. */
export interface TickOptions {
  axis: "x" | "y";
  /** Length of the axis in points. */
  length: number;
  fontSize: number;
  /** Points between the ends of the axis and those of the domain, at the low and the high end. */
  air?: readonly [number, number];
  /** Values wanted, or about how many. */
  ticks?: TickValue[] | number;
  format?: (value: TickValue, index: number) => string;
}

/** Chooses the ticks of an axis. */
export function chooseTicks(scale: AxisScale, options: TickOptions): Ticks {
  const { ticks } = options;
  if (scale.domain.length === 0) return { major: [], minor: [] };
  if (Array.isArray(ticks)) return { major: label(scale, ticks, options), minor: [] };
  if (scale.type === "band" || scale.type === "point") return ordinal(scale, options);
  if (scale.type === "utc" || scale.type === "time") return calendar(scale, options);
  const [low, high] = extent(scale, options);
  if (scale.type === "log") return logarithmic(scale, low, high, options);
  if (scale.type === "symlog") return symmetric(scale, low, high, options);
  const room = options.fontSize * (options.axis === "x" ? 3.3 : 2.1);
  const most = typeof ticks === "number"
    ? ticks
    : Math.max(2, Math.min(6, Math.round(options.length / room)));
  for (let count = most; count > 1; count--) {
    const major = label(scale, linearValues(low, high, count), options);
    if (major.length <= Math.max(count, 2) + 2 && fits(scale, major, options)) {
      return { major, minor: [] };
    }
  }
  // Long labels on a short axis: the outermost ones, or one.
  const few = label(scale, linearValues(low, high, 2), options);
  const ends = [few[0], few[few.length - 1]];
  return { major: fits(scale, ends, options) ? ends : few.slice(0, 1), minor: [] };
}

/** Ends of the axis in values: those of the domain, and a little more where there is air. */
function extent(scale: AxisScale, options: TickOptions): [number, number] {
  const values = scale.domain.map(Number);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = options.air ?? [0, 0];
  const [before, after] = air.map((points) =>
    points / Math.max(options.length - air[0] - air[1], 1)
  );
  if (scale.type === "linear") return [low - before * (high - low), high + after * (high - low)];
  if (scale.type === "log") {
    // Air must not reach what floating point calls 0 or ∞, nor ticks the powers that it cannot hold.
    const [least, most] = [low * (low / high) ** before, high * (high / low) ** after];
    return [Math.max(least, 1e-307), Math.min(most, Number.MAX_VALUE)];
  }
  return [low, high];
}

/** Multiples of 1, 2 or 5 times a power of ten within `[low, high]`, about `count` of them. */
export function linearValues(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / count;
  let power = Math.floor(Math.log10(raw));
  const ratio = raw / 10 ** power;
  let factor = ratio > 7.07 ? 10 : ratio > 3.16 ? 5 : ratio > 1.41 ? 2 : 1;
  if (factor === 10) [factor, power] = [1, power + 1];
  // Dividing by an integer power keeps 0.3 from becoming 0.30000000000000004.
  const value = (k: number): number =>
    power < 0 ? k * factor / 10 ** -power : k * factor * 10 ** power;
  const step = value(1);
  const slack = 1e-9 * (high - low);
  const first = Math.ceil((low - slack) / step);
  const last = Math.floor((high + slack) / step);
  return Array.from({ length: last - first + 1 }, (_, i) => value(first + i) + 0);
}

/** Whole years, months, days, hours, minutes or seconds (UTC), as many as fit. */
function calendar(scale: AxisScale, options: TickOptions): Ticks {
  const times = scale.domain.map(Number), low = Math.min(...times), high = Math.max(...times);
  const date = (...parts: [number, number, number?, number?, number?, number?]) =>
    new Date(Date.UTC(...parts));
  const from = new Date(low), year = from.getUTCFullYear(), month = from.getUTCMonth();
  const day = from.getUTCDate(), span = high - low, second = 1000, hour = 3600 * second;
  const units: [length: number, at: (i: number) => Date, shown: [number, number]][] = [
    [365 * 24 * hour, (i) => date(year + i, 0), [0, 4]],
    [30 * 24 * hour, (i) => date(year, month + i), [0, 7]],
    [24 * hour, (i) => date(year, month, day + i), [0, 10]],
    [hour, (i) => date(year, month, day, from.getUTCHours() + i), [11, 16]],
    [60 * second, (i) => new Date(Math.floor(low / 6e4) * 6e4 + i * 6e4), [11, 16]],
    [second, (i) => new Date(Math.floor(low / 1e3) * 1e3 + i * 1e3), [11, 19]],
  ];
  const [length, at, [start, end]] = units.find(([length]) => span / length >= 2) ?? units[5];
  const count = Math.min(10_000, Math.ceil(span / length) + 2);
  const all = Array.from({ length: count }, (_, i) => at(i))
    .filter((value) => Number(value) >= low && Number(value) <= high);
  const format = options.format ??
    ((value: TickValue) => (value as Date).toISOString().slice(start, end));
  // Every tenth year is a round one, whenever the axis begins.
  const number = (value: Date, i: number) => end === 4 ? value.getUTCFullYear() : i;
  for (let power = 1;; power *= 10) { // one label fits in any case
    for (const digit of [1, 2, 3, 5]) {
      const kept = all.filter((value, i) => number(value, i) % (digit * power) === 0);
      const major = label(scale, kept, { ...options, format });
      if (fits(scale, major, options)) return { major, minor: [] };
    }
  }
}

/** Labels of values: the user's format or the plain number. */
function label(scale: AxisScale, values: TickValue[], options: TickOptions): Tick[] {
  const format = options.format ?? defaultFormat(scale, values);
  return values.map((value, index) => ({ value, label: String(format(value, index)) }));
}

function defaultFormat(scale: AxisScale, values: TickValue[]): (value: TickValue) => string {
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length < values.length) {
    return (value) =>
      value instanceof Date
        ? value.toISOString().slice(0, 10)
        : typeof value === "number"
        ? formatNumber(value, 6)
        : String(value);
  }
  const powers = numbers.every(isPowerOfTen);
  if (scale.type === "log" && powers && (scale.base ?? 10) === 10) {
    return (value) => powerOfTen(value as number);
  }
  const largest = Math.max(...numbers.map(Math.abs));
  if (largest >= 1e5 || (largest > 0 && largest < 1e-3)) {
    return (value) => powerOfTen(Number((value as number).toPrecision(10)));
  }
  // Values that differ in late digits only are told apart.
  const digits =
    [6, 9, 12, 15, 17].find((n) =>
      new Set(numbers.map((value) => value.toPrecision(n))).size === new Set(numbers).size
    ) ?? 17;
  if (digits > 6) {
    return (value) => String(Number((value as number).toPrecision(digits))).replace("-", "−");
  }
  // Evenly spaced ticks share their decimals; 0.05, 0.1, 0.5, 1 are better off without.
  const shared = scale.type === "linear" ? Math.max(...numbers.map(decimalsOf)) : undefined;
  return (value) => {
    const number = value as number;
    return number.toFixed(shared ?? decimalsOf(number)).replace("-", "−");
  };
}

/** Numbers ≤ 0 have no logarithm that is one. */
function isPowerOfTen(value: number): boolean {
  return Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;
}

/** Decimals that a value needs, seven at most. */
function decimalsOf(value: number): number {
  const needed = (decimals: number) =>
    Math.abs(Number(value.toFixed(decimals)) - value) <= 1e-9 * Math.abs(value);
  return [0, 1, 2, 3, 4, 5, 6].find(needed) ?? 7;
}

/** Whether labels leave a gap between each other. */
function fits(scale: AxisScale, ticks: Tick[], options: TickOptions): boolean {
  const { axis, fontSize, length } = options;
  const spans = ticks.map(({ value, label }) => {
    const at = scale.at(value) * length;
    const half = axis === "x" ? labelWidth(label, fontSize) / 2 : fontSize / 2;
    return [at - half, at + half];
  }).sort((a, b) => a[0] - b[0]);
  const gap = (axis === "x" ? 0.7 : 0.5) * fontSize;
  return spans.every((span, i) => i === 0 || span[0] - spans[i - 1][1] >= gap);
}

/** Every category when there is room; otherwise words aslant, numbers thinned out. */
function ordinal(scale: AxisScale, options: TickOptions): Ticks {
  const all = label(scale, scale.domain, options);
  const words = options.axis === "x" && scale.domain.some((value) => typeof value === "string");
  if (words && !fits(scale, all, options)) {
    // Slanted words need a line of text each; of more than fit, every second, third, … is named.
    const room = Math.max(1, Math.floor(options.length / (1.15 * options.fontSize)));
    const stride = Math.ceil(all.length / room);
    return { major: all.filter((_, i) => i % stride === 0), minor: [], slanted: true };
  }
  for (let stride = 1;; stride++) { // one label fits in any case
    const major = all.filter((_, i) => i % stride === 0);
    if (fits(scale, major, options)) return { major, minor: [] };
  }
}

function logarithmic(scale: AxisScale, low: number, high: number, options: TickOptions): Ticks {
  const base = scale.base ?? 10;
  const log = (x: number): number => Math.log(x) / Math.log(base);
  const first = Math.ceil(log(low) - 1e-9);
  const last = Math.floor(log(high) + 1e-9);
  const power = (k: number): number => k < 0 ? 1 / base ** -k : base ** k;
  const decades = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  const spacing = options.length / Math.max(log(high) - log(low), 1e-9);
  const most = typeof options.ticks === "number" ? options.ticks : Infinity;
  if (base === 10 && decades.length <= 2 && most > 3) {
    const short = withinDecades(scale, low, high, options);
    if (short) return short;
  }
  for (let stride = 1; stride <= Math.max(1, decades.length); stride++) {
    const kept = decades.filter((k) => k % stride === 0);
    const major = label(scale, kept.map(power), options);
    if (major.length > most || !fits(scale, major, options)) continue;
    const minor = base !== 10
      ? []
      : stride === 1 && spacing >= 16
      ? multiples(BETWEEN_DECADES, low, high)
      : decades.filter((k) => k % stride !== 0).map(power);
    return { major, minor };
  }
  return { major: [], minor: [] };
}

/** Multiples by these digits of the powers of ten, from `low` to `high`. */
function multiples(digits: readonly number[], low: number, high: number): number[] {
  const values: number[] = [];
  for (let k = Math.floor(Math.log10(low)); k <= Math.ceil(Math.log10(high)); k++) {
    for (const m of digits) {
      const value = Number(`${m}e${k}`);
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) values.push(value);
    }
  }
  return values;
}

const BETWEEN_DECADES = [2, 3, 4, 5, 6, 7, 8, 9];

/** Ticks of a range of at most about two decades: 1, 2, 5 times powers of ten, or linear steps. */
function withinDecades(
  scale: AxisScale,
  low: number,
  high: number,
  options: TickOptions,
): Ticks | undefined {
  const all = multiples(BETWEEN_DECADES, low, high);
  for (const digits of [[1, 2, 5], [1, 3], [1, 2]]) {
    const values = multiples(digits, low, high);
    if (values.length < 3) continue;
    const major = label(scale, values, options);
    if (fits(scale, major, options)) {
      return { major, minor: all.filter((value) => !values.includes(value)) };
    }
  }
  if (high / low > 10) return undefined;
  for (let count = 5; count > 1; count--) {
    const values = linearValues(low, high, count).filter((value) => value > 0);
    const major = label(scale, values, options);
    if (major.length > 1 && fits(scale, major, options)) return { major, minor: [] };
  }
  return undefined;
}

/** Zero and as many powers of ten on both sides of it as fit, the largest ones among them. */
function symmetric(scale: AxisScale, low: number, high: number, options: TickOptions): Ticks {
  const format = (value: TickValue): string => powerOfTen(Number(value));
  const top = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high), 1)) + 1e-9);
  let major = label(scale, [0], options);
  for (let stride = 1; stride <= top + 1; stride++) {
    for (let least = 0; least <= top; least++) {
      const sizes: number[] = [];
      for (let k = top; k >= least; k -= stride) sizes.unshift(10 ** k);
      const values = [...sizes.map((x) => -x).reverse(), 0, ...sizes]
        .filter((value) => value >= low && value <= high);
      const ticks = label(scale, values, { ...options, format: options.format ?? format });
      if (ticks.length > major.length && fits(scale, ticks, options)) major = ticks;
    }
  }
  return { major, minor: [] };
}
