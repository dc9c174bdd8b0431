import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { digits } from "lora-dynamics/nn/mod.ts";
import { gunzipSync } from "node:zlib";

const FILE = new URL("../../data/digits.csv.gz", import.meta.url);
const CHECKSUM = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22";

/** The images and labels of the file, as they stand there. */
function raw(): number[][] {
  const text = new TextDecoder().decode(gunzipSync(Deno.readFileSync(FILE)));
  return text.trim().split("\n").map((line) => line.split(",").map(Number));
}

Deno.test("the data file has the checksum that its README states", async () => {
  const hash = await crypto.subtle.digest("SHA-256", Deno.readFileSync(FILE));
  const hex = Array.from(new Uint8Array(hash), (x) => x.toString(16).padStart(2, "0")).join("");
  assertEquals(hex, CHECKSUM);
  const readme = Deno.readTextFileSync(new URL("README.md", FILE));
  for (const text of [CHECKSUM, "10.24432/C50P49", "CC BY 4.0"]) {
    assert(readme.includes(text), text);
  }
});

Deno.test("the data file holds 1797 images of 64 pixels 0..16 and a label 0..9", () => {
  const rows = raw();
  assertEquals(rows.length, 1797);
  for (const row of rows) {
    assertEquals(row.length, 65);
    assert(row.slice(0, 64).every((x) => Number.isInteger(x) && x >= 0 && x <= 16));
    assert(Number.isInteger(row[64]) && row[64] >= 0 && row[64] <= 9);
  }
  assertEquals(rows[0].slice(0, 8), [0, 0, 5, 13, 9, 1, 0, 0]);
  assertEquals(rows[0][64], 0);
});

Deno.test("digits() has the shapes that it says, for every split", () => {
  for (const count of [1, 1400, 1796]) {
    const { train, test } = digits(count);
    assertEquals([train.count, test.count], [count, 1797 - count]);
    for (const part of [train, test]) {
      assertEquals([part.x.length, part.label.length], [64 * part.count, part.count]);
    }
  }
});

Deno.test("digits() centres every pixel and gives an image the mean squared norm 64", () => {
  const { train, test } = digits(1400);
  const x = Float64Array.of(...train.x, ...test.x);
  for (let k = 0; k < 64; k++) {
    let mean = 0;
    for (let i = 0; i < 1797; i++) mean += x[64 * i + k] / 1797;
    assertAlmostEquals(mean, 0, 1e-12);
  }
  assertAlmostEquals(x.reduce((sum, v) => sum + v * v, 0) / 1797, 64, 1e-10);
});

Deno.test("digits() splits without overlap: every image of the file is there once, with its label", () => {
  const rows = raw(), { train, test } = digits(1000);
  const x = Float64Array.of(...train.x, ...test.x);
  const label = Uint8Array.of(...train.label, ...test.label);
  // Undo the scale by two entries of one pixel, the centre by the means of the file.
  const mean = Array.from({ length: 64 }, (_, k) => rows.reduce((s, row) => s + row[k], 0) / 1797);
  let square = 0;
  for (const row of rows) for (let k = 0; k < 64; k++) square += (row[k] - mean[k]) ** 2;
  const scale = Math.sqrt(64 * 1797 / square);
  const images = Array.from(label, (y, i) => {
    const pixels = mean.map((m, k) => {
      const value = x[64 * i + k] / scale + m;
      assertAlmostEquals(value, Math.round(value), 1e-9);
      return Math.round(value);
    });
    return [...pixels, y].join();
  });
  assertEquals(images.toSorted(), rows.map((row) => row.join()).toSorted());
});

Deno.test("digits() shuffles in one fixed order, the same for every split", () => {
  const a = digits(1400), b = digits(1400), c = digits(700);
  assertEquals(a.train.x, b.train.x);
  assertEquals([...a.train.label.subarray(0, 700)], [...c.train.label]);
  assertEquals(a.train.x.subarray(0, 64 * 700), c.train.x);
  // Writers stand together in the file; after the shuffle its order is gone and labels are balanced.
  const inFile = raw().map((row) => row[64]);
  const same = [...a.train.label].filter((y, i) => y === inFile[i]).length;
  assertLess(same, 0.2 * 1400);
  for (let y = 0; y < 10; y++) {
    const count = a.test.label.filter((value) => value === y).length;
    assertGreater(count, 20);
    assertLess(count, 60);
  }
});

Deno.test("digits() gives arrays of its own: changing them does not change the next call", () => {
  const { train } = digits(10);
  const before = train.x[5];
  train.x.fill(7);
  assertEquals(digits(10).train.x[5], before);
});

Deno.test("digits() names a split that is out of range", () => {
  for (const train of [NaN, 0, -1, 1797, 3.5, Infinity]) {
    assertThrows(
      () => digits(train),
      RangeError,
      `train must be an integer from 1 to 1796: current value is ${train}`,
    );
  }
  assertThrows(() => digits("10" as unknown as number), TypeError, 'current value is "10"');
});
