import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { labelWidth } from "../../lib/figure/markup.ts";
import { type AxisScale, chooseTicks, linearValues, type Ticks } from "../../lib/figure/ticks.ts";

function linear(low: number, high: number): AxisScale {
  return {
    type: "linear",
    domain: [low, high],
    at: (value) => (Number(value) - low) / (high - low),
  };
}

function log(low: number, high: number, base = 10): AxisScale {
  const at = (value: unknown): number => Math.log(Number(value) / low) / Math.log(high / low);
  return { type: "log", domain: [low, high], base, at };
}

function labels(ticks: Ticks): string[] {
  return ticks.major.map(({ label }) => label);
}

const x = { axis: "x", length: 170, fontSize: 9 } as const;
const y = { axis: "y", length: 120, fontSize: 9 } as const;

/** Smallest gap in points between labels along a horizontal axis. */
function gap(scale: AxisScale, ticks: Ticks, length: number): number {
  const spans = ticks.major.map(({ value, label }) => {
    const half = labelWidth(label, 9) / 2;
    return [scale.at(value) * length - half, scale.at(value) * length + half];
  }).sort((a, b) => a[0] - b[0]);
  return Math.min(Infinity, ...spans.slice(1).map((span, i) => span[0] - spans[i][1]));
}

Deno.test("linear ticks are round, inside the domain and evenly spaced", () => {
  const range = fc.tuple(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
  );
  fc.assert(
    fc.property(range, fc.integer({ min: 2, max: 8 }), ([low, width], count) => {
      const values = linearValues(low, low + width, count);
      const slack = 1e-8 * width + 1e-12 * Math.abs(low);
      for (const value of values) assert(value >= low - slack && value <= low + width + slack);
      for (let i = 2; i < values.length; i++) {
        assertAlmostEquals(values[i] - values[i - 1], values[1] - values[0], slack);
      }
      assertLess(values.length, 2 * count + 2);
    }),
    { seed: 7 },
  );
});

Deno.test("years stand at multiples of 1, 2, 3 or 5 times a power of ten, as many as there is room for", () => {
  const strides = new Set<number>();
  for (const span of [4, 9, 12, 25, 50, 110, 160, 280, 1100, 1700, 2500, 4500, 9000]) {
    const [low, high] = [101.5, 101.5 + span].map((year) =>
      Date.UTC(0, 0) + (year - 1900) * 31556952e3
    );
    const scale: AxisScale = {
      type: "utc",
      domain: [new Date(low), new Date(high)],
      at: (value) => (Number(value) - low) / (high - low),
    };
    const years = labels(chooseTicks(scale, x)).map(Number), stride = years[1] - years[0];
    assert(/^[1235]0*$/.test(`${stride}`), `${years}`);
    years.forEach((year, i) => assertEquals(year, years[0] + i * stride, `${years}`));
    assertEquals(years[0] % stride, 0);
    assert(years[0] - stride < 101.5 && years.at(-1)! + stride > 101.5 + span, `${years}`);
    // A label of four digits is 23 points wide and wants 6 beside it: of 170 there are six places.
    assert(span / stride <= 6.5, `${span} by ${stride}`);
    strides.add(stride);
  }
  assertEquals([...strides], [1, 2, 3, 5, 10, 20, 30, 50, 200, 300, 500, 1000, 2000]);
});

Deno.test("labels of a horizontal axis never touch", () => {
  const range = fc.tuple(
    fc.double({ min: -1e7, max: 1e7, noNaN: true }),
    fc.double({ min: 1e-5, max: 1e7, noNaN: true }),
    fc.double({ min: 60, max: 400, noNaN: true }),
  );
  fc.assert(
    fc.property(range, ([low, width, length]) => {
      const scale = linear(low, low + width);
      const ticks = chooseTicks(scale, { ...x, length });
      assert(gap(scale, ticks, length) >= 6);
    }),
    { seed: 7 },
  );
  fc.assert(
    fc.property(
      fc.double({ min: -8, max: 4, noNaN: true }),
      fc.double({ min: 0.3, max: 30, noNaN: true }),
      fc.double({ min: 60, max: 400, noNaN: true }),
      (start, decades, length) => {
        const scale = log(10 ** start, 10 ** (start + decades));
        const ticks = chooseTicks(scale, { ...x, length });
        assert(gap(scale, ticks, length) >= 6);
      },
    ),
    { seed: 7 },
  );
});

Deno.test("linear ticks show as many decimals as they need", () => {
  assertEquals(labels(chooseTicks(linear(0, 1), y)), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
  assertEquals(labels(chooseTicks(linear(-1, 1), { ...y, ticks: [-1, 0, 1] })), ["−1", "0", "1"]);
  assertEquals(labels(chooseTicks(linear(0, 3e-5), { ...y, ticks: 3 })).slice(0, 2), ["0", "10⁻⁵"]);
});

Deno.test("numbers from 100000 on and below 0.001 are powers of ten, those between are digits", () => {
  const own = (...ticks: number[]) =>
    labels(chooseTicks({ type: "linear", domain: [-1e7, 1e7], at: () => 0 }, { ...x, ticks }));
  assertEquals(own(0, 2e5), ["0", "2×10⁵"]);
  assertEquals(own(0, 1e5), ["0", "10⁵"]);
  assertEquals(own(-5e4, 99999), ["−50000", "99999"]);
  assertEquals(own(0, 5e-4), ["0", "5×10⁻⁴"]);
  assertEquals(own(0, 1e-3), ["0.000", "0.001"]);
  assertEquals(own(0), ["0"]);
  assertEquals(own(0, 0.5, 0.123456789), ["0.0000000", "0.5000000", "0.1234568"]);
  assertEquals(own(0, 0.123456), ["0.000000", "0.123456"]);
});

Deno.test("minor ticks are the multiples 2 to 9 between the powers of ten, from end to end of the axis", () => {
  const minor = (low: number, high: number, length = 170) =>
    chooseTicks(log(low, high), { ...x, length }).minor.map((value) =>
      Number(value.toPrecision(3))
    );
  assertEquals(minor(0.7, 300), [
    ...[0.7, 0.8, 0.9, 2, 3, 4, 5, 6, 7, 8, 9, 20, 30, 40, 50, 60, 70, 80, 90, 200, 300],
  ]);
  assertEquals(minor(1, 20), [3, 4, 6, 7, 8, 9]);
  // Thirteen decades on 170 points are 13 points each: too narrow for eight ticks.
  assertEquals(minor(1, 1e13), [1e1, 1e3, 1e5, 1e7, 1e9, 1e11, 1e13]);
});

Deno.test("log ticks are powers of ten, thinned out where they are many", () => {
  assertEquals(labels(chooseTicks(log(1, 1e4), x)), ["10⁰", "10¹", "10²", "10³", "10⁴"]);
  assertEquals(labels(chooseTicks(log(1e-12, 1), { ...y, length: 80 })), [
    "10⁻¹²",
    "10⁻⁹",
    "10⁻⁶",
    "10⁻³",
    "10⁰",
  ]);
  assertEquals(chooseTicks(log(1, 1000), x).minor.length, 24);
  // A scale that names no base has 10.
  const { base: _, ...plain } = log(1, 1e4);
  assertEquals(chooseTicks(plain, x), chooseTicks(log(1, 1e4), x));
});

Deno.test("log ticks go to the ends of floating point, with air beyond them", () => {
  const air = [4, 4] as const;
  for (const scale of [log(1e-307, 1), log(1, 1e308)]) {
    assert(chooseTicks(scale, { ...y, air }).major.length >= 2);
  }
});

Deno.test("log ticks of a short range are round numbers", () => {
  assertEquals(labels(chooseTicks(log(0.1, 1), y)), ["0.1", "0.2", "0.5", "1"]);
  assertEquals(labels(chooseTicks(log(32, 256, 2), x)), ["32", "64", "128", "256"]);
  assertEquals(labels(chooseTicks(log(1.5, 12), x)), ["2", "5", "10"]);
  // With three powers of ten in sight these alone, be there room for more.
  const long = { ...x, length: 600 };
  assertEquals(labels(chooseTicks(log(1.1, 99), long)), ["2", "5", "10", "20", "50"]);
  assertEquals(labels(chooseTicks(log(1, 1000), long)), ["10⁰", "10¹", "10²", "10³"]);
  assert(labels(chooseTicks(log(3, 4.5), y)).length >= 2);
});

Deno.test("air between data and frame may hold ticks", () => {
  const scale = linear(0.01, 0.99);
  assertEquals(labels(chooseTicks(scale, { ...y, ticks: 2 })), ["0.5"]);
  assertEquals(labels(chooseTicks(scale, { ...y, ticks: 2, air: [4, 4] })), ["0.0", "0.5", "1.0"]);
});

Deno.test("words that do not fit stand aslant, numbers are thinned out", () => {
  const band = (domain: (string | number)[]): AxisScale => ({
    type: "band",
    domain,
    at: (value) => (domain.indexOf(value as string) + 0.5) / domain.length,
  });
  const words = chooseTicks(band(["adaptive rule", "constant", "full fine-tuning"]), x);
  assertEquals([words.slanted, words.major.length], [true, 3]);
  const numbers = chooseTicks(band(Array.from({ length: 40 }, (_, i) => 100 * i)), x);
  assert(numbers.major.length > 2 && numbers.major.length < 10);
});

Deno.test("symlog ticks are zero and powers of ten on both sides", () => {
  const at = (value: unknown): number =>
    0.5 + Math.sign(Number(value)) * Math.log1p(Math.abs(Number(value))) / Math.log1p(1000) / 2;
  const scale: AxisScale = { type: "symlog", domain: [-1000, 1000], at };
  assertEquals(labels(chooseTicks(scale, x)), ["−10³", "−10¹", "0", "10¹", "10³"]);
});

Deno.test("a single category is named, along either axis, be it a word or a number", () => {
  for (const axis of ["x", "y"] as const) {
    for (const only of ["LoRA+", 3]) {
      const scale = { type: "band", domain: [only], at: () => 0.5 };
      const { major } = chooseTicks(scale, { axis, length: 60, fontSize: 9 });
      assertEquals(major.map(({ label }) => label), [String(only)]);
    }
  }
});

Deno.test("a date among ticks of one's own is a day", () => {
  const ticks = [new Date(Date.UTC(2026, 0, 15)), new Date(Date.UTC(2027, 10, 3))];
  const scale = { type: "utc", domain: ticks, at: (value: unknown) => Number(value) / 2e12 };
  const { major } = chooseTicks(scale, { axis: "x", length: 400, fontSize: 9, ticks });
  assertEquals(major.map(({ label }) => label), ["2026-01-15", "2027-11-03"]);
});

Deno.test("from two units on an axis of dates counts in them: years, months, days, hours, minutes, seconds", () => {
  const second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
  const start = Date.UTC(2024, 0, 1);
  const of = (span: number, from = start): Ticks =>
    chooseTicks({
      type: "utc",
      domain: [new Date(from), new Date(from + span)],
      at: (value) => (Number(value) - from) / span,
    }, { axis: "x", length: 400, fontSize: 9 });
  /** Milliseconds between the first two ticks. */
  const step = ({ major }: Ticks) => Number(major[1].value) - Number(major[0].value);
  assertEquals(labels(of(2 * 365 * day)), ["2024", "2025"]); // 2024 has 366 days
  assertEquals(labels(of(2 * 365 * day - 1))[0], "2024-01");
  assertEquals(labels(of(2 * 30 * day)), ["2024-01", "2024-02", "2024-03"]);
  assertEquals(labels(of(2 * 30 * day - 1))[0], "2024-01-01");
  assertEquals(labels(of(2 * day)), ["2024-01-01", "2024-01-02", "2024-01-03"]);
  assertEquals(labels(of(2 * day - 1)).slice(0, 2), ["00:00", "05:00"]);
  assertEquals(labels(of(2 * hour)), ["00:00", "01:00", "02:00"]);
  assert(step(of(2 * hour - 1)) < hour);
  assertEquals(labels(of(2 * minute)), ["00:00", "00:01", "00:02"]);
  assertEquals(step(of(2 * minute - 1)) < minute, true);
  assertEquals(labels(of(2 * second)), ["00:00:00", "00:00:01", "00:00:02"]);
  // A domain that begins between two units has none before its ends, and none after them.
  assertEquals(labels(of(3 * hour, start + 10 * minute)), ["01:00", "02:00", "03:00"]);
  assertEquals(labels(of(3 * minute, start + 10 * second)), ["00:01", "00:02", "00:03"]);
  assertEquals(labels(of(3 * second, start + 100)), ["00:00:01", "00:00:02", "00:00:03"]);
  assertEquals(labels(of(3 * day, start + hour)), ["2024-01-02", "2024-01-03", "2024-01-04"]);
});

Deno.test("the number of ticks follows the room: 3.3 font sizes across, 2.1 upwards, from 2 to 6", () => {
  const count = (axis: "x" | "y", high: number, length: number) =>
    chooseTicks(linear(0, high), { axis, length, fontSize: 9 }).major.length;
  // 0, 2 for two places, 0, 1, 2, 3 for three: from two and a half times the room on.
  assertEquals([74.2, 74.3].map((length) => count("x", 3, length)), [2, 4]);
  assertEquals([47.2, 47.3].map((length) => count("y", 3, length)), [2, 4]);
  // Six places give steps of 2 on 8.9, seven would give steps of 1.
  assertEquals([count("x", 8.9, 1000), count("y", 8.9, 1000)], [5, 5]);
  // Between labels there is 0.7 of a font size across, and half of one upwards.
  const wide = labelWidth("0.0", 9) + 6.3;
  assertEquals([-0.1, 0.1].map((more) => count("x", 1, wide + more)), [1, 2]);
  assertEquals([-0.1, 0.1].map((more) => count("x", 1, 2 * wide + more)), [2, 3]);
  assertEquals([67.4, 67.6].map((length) => count("y", 1, length)), [3, 6]);
  assertEquals(linearValues(0, 100, 5), [0, 20, 40, 60, 80, 100]);
  assertEquals(linearValues(0, 100, 3), [0, 50, 100]);
  assertEquals(linearValues(0, 14.2, 10), [0, 2, 4, 6, 8, 10, 12, 14]);
  assertEquals(linearValues(0, 14, 10), Array.from({ length: 15 }, (_, i) => i));
  assertEquals(linearValues(0, 31.7, 10), [0, 5, 10, 15, 20, 25, 30]);
  assertEquals(linearValues(0, 31.5, 10).at(1), 2);
  assertEquals(linearValues(0, 70.8, 10), [0, 10, 20, 30, 40, 50, 60, 70]);
  assertEquals(linearValues(0, 70.6, 10).at(1), 5);
  assertEquals(linearValues(3, 3, 5), [3]);
  assertEquals(linearValues(-0.3, 0.3, 3), [-0.2, 0, 0.2]);
});
