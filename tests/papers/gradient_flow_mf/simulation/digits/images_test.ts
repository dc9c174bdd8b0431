/** The digits in order, changed and in parts. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { matrix } from "lora-dynamics/linalg/mod.ts";
import { digitPixels } from "lora-dynamics/nn/mod.ts";
import {
  digitParts,
  imageChange,
  images,
  rowsOf,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

Deno.test("a quarter turn is out_ij = in_(7−j)i, more turns are its powers", () => {
  const pixels = Float64Array.from({ length: 64 }, (_, k) => k),
    once = imageChange(90).change(pixels);
  for (let i = 0; i < 8; i++) {
    for (let j = 0; j < 8; j++) assertEquals(once[8 * i + j], pixels[8 * (7 - j) + i]);
  }
  const twice = imageChange(90).change(Float64Array.from(once));
  assertEquals(imageChange(180).change(pixels), twice);
  assertEquals(twice, pixels.toReversed());
  assertEquals(imageChange(90).change(Float64Array.from(imageChange(270).change(pixels))), pixels);
  assertEquals(imageChange(0).change(pixels), pixels);
  assertEquals([0, 180].map((turn) => imageChange(turn).name), ["turned by 0°", "turned by 180°"]);
});

Deno.test("images are in the stable order of uniform keys, pixels over 16, labels beside them", () => {
  const all = digitPixels(), draws = portable(1234);
  const keys = Array.from({ length: 1797 }, () => draws.uniform());
  const order = keys.map((key, i) => [key, i]).sort(([a, i], [b, j]) => a - b || i - j);
  const { upright, changed, label } = images();
  for (const at of [0, 1, 700, 1796]) {
    const from = order[at][1], pixels = all.x.slice(64 * from, 64 * from + 64).map((x) => x / 16);
    assertEquals(rowsOf(upright, at, at + 1).data, pixels);
    assertEquals(
      rowsOf(changed, at, at + 1).data,
      Float64Array.from(imageChange(90).change(pixels)),
    );
    assertEquals(label[at], all.label[from]);
  }
  assert(label.some((x, i) => x !== images(90, 5).label[i]));
});

Deno.test("1200 images are upright, some of the same are changed, the other 597 test", () => {
  const task = { change: 180, images: 70, splitSeed: "1234" }, parts = digitParts(task);
  const { upright, changed, label } = images(180);
  assertEquals([parts.upright.count, parts.uprightTest.count], [1200, 597]);
  assertEquals([parts.training.count, parts.test.count], [70, 597]);
  assertEquals(parts.upright.x, upright.data.slice(0, 1200 * 64));
  assertEquals(parts.uprightTest.x, upright.data.slice(1200 * 64));
  assertEquals(parts.training.x, changed.data.slice(0, 70 * 64));
  assertEquals(parts.training.label, label.slice(0, 70));
  assertEquals(parts.test.x, changed.data.slice(1200 * 64));
  assertEquals(parts.test.label, label.slice(1200));
  assert(digitParts(task) === parts, "made once");
});

Deno.test("rows of a matrix share its entries", () => {
  const x = matrix(4, 2, [0, 1, 2, 3, 4, 5, 6, 7]), part = rowsOf(x, 1, 3);
  assertEquals([part.rows, part.columns, ...part.data], [2, 2, 2, 3, 4, 5]);
  assertEquals(rowsOf(x, 3).rows, 1);
  part.data[0] = 9;
  assertEquals(x.data[2], 9);
});

Deno.test("mistakes about images are named", () => {
  const task = { change: 90, images: 1201, splitSeed: "1234" };
  assertThrows(() => digitParts(task), RangeError, "images must be an integer");
  assertThrows(
    () => imageChange(45),
    RangeError,
    "the turn must be one of 0, 90, 180, 270 degrees",
  );
  assertThrows(() => imageChange({ name: "x" } as never), TypeError, "the change must be one of");
  assertThrows(() => imageChange({ change: () => [] } as never), TypeError, "name of the change");
  const cut = { name: "cut", change: (pixels: Float64Array) => pixels.subarray(1) };
  assertThrows(() => images(cut), TypeError, "cut must return 64 pixels: current value is 63");
  assertThrows(() => rowsOf(matrix(3, 2), 2, 1), RangeError, "take rows");
});
