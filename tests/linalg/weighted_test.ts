import { assert, assertEquals, assertThrows } from "@std/assert";
import { addWeighted, matrix, workspace } from "lora-dynamics/linalg/mod.ts";
import { gaussian } from "./_cases.ts";

/** Rows of odd and even length, all columns or the first ones. */
const shapes = [[1, 1, 1], [3, 1, 4], [5, 2, 2], [7, 5, 9], [10, 8, 12]];

Deno.test("addWeighted() is the plain loop bit for bit, in a workspace and on the heap", () => {
  for (const [m, n, wide] of shapes) {
    const x = gaussian(m, wide, "x"), y = gaussian(m, n, "y"), weights = gaussian(m, 1, "w");
    const expected = x.data.slice(), products = new Float64Array(m * n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        expected[i * wide + j] += 0.3 * weights.data[i] * y.data[i * n + j];
        products[i * n + j] = weights.data[i] * expected[i * wide + j];
      }
    }
    const w = workspace({ x: [m, wide], y: [m, n], weights: [m, 1], weighted: [m, n] });
    for (const [to, from] of [[w.x, x], [w.y, y], [w.weights, weights]]) to.data.set(from.data);
    addWeighted(w.x, w.y, { rate: 0.3, weights: w.weights, weighted: w.weighted });
    assertEquals(w.x.data.slice(), expected);
    assertEquals(w.weighted.data.slice(), products);
    assertEquals([w.y.data.slice(), w.weights.data.slice()], [y.data, weights.data]);
    const weighted = matrix(m, n);
    addWeighted(x, y, { rate: 0.3, weights, weighted });
    assertEquals([x.data, weighted.data], [expected, products]);
  }
});

Deno.test("addWeighted() lets NaN pass in its row only", () => {
  const x = gaussian(3, 2), weights = matrix(3, 1, [1, NaN, 1]), weighted = matrix(3, 2);
  addWeighted(x, gaussian(3, 2, "y"), { rate: 1, weights, weighted });
  const rows = [false, false, true, true, false, false];
  assertEquals([...x.data].map(Number.isNaN), rows);
  assertEquals([...weighted.data].map(Number.isNaN), rows);
});

Deno.test("addWeighted() refuses shapes, shared memory and rates that do not fit", () => {
  const x = matrix(3, 4), y = matrix(3, 2), weights = matrix(3, 1), weighted = matrix(3, 2);
  const good = { rate: 1, weights, weighted };
  const wrong: [Parameters<typeof addWeighted>, string][] = [
    [[y, x, good], "x is 3 x 2, y is 3 x 4"],
    [[x, matrix(2, 2), good], "y is 2 x 2"],
    [[x, y, { ...good, weights: matrix(2, 1) }], "weights is 2 x 1"],
    [[x, y, { ...good, weights: matrix(3, 2) }], "weights is 3 x 2"],
    [[x, y, { ...good, weighted: matrix(3, 1) }], "weighted is 3 x 1"],
    [[x, y, { ...good, weighted: matrix(2, 2) }], "weighted is 2 x 2"],
    [[x, y, { ...good, weighted: y }], "share memory"],
    [[y, y, good], "share memory"],
    [[y, weighted, good], "share memory"],
    [[weighted, y, good], "share memory"],
    [[weights, matrix(3, 1), { ...good, weighted: matrix(3, 1) }], "share memory"],
    [[x, matrix(3, 1), { ...good, weighted: weights }], "share memory"],
  ];
  for (const [given, words] of wrong) assertThrows(() => addWeighted(...given), TypeError, words);
  assertThrows(() => addWeighted(x, y, { ...good, rate: NaN }), RangeError, "rate must be finite");
  assert([...x.data].every((v) => v === 0));
});
