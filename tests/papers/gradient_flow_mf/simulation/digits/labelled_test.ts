/** Data of a reader's own. */
import { assertEquals, assertThrows } from "@std/assert";
import { matrix } from "lora-dynamics/linalg/mod.ts";
import { labelledRows } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";

const names = { x: "features", label: "labels" };

Deno.test("rows and classes that fit come back, from rows, matrices and typed arrays", () => {
  const { x, label, classes } = labelledRows("train", names, [[1, 2], [3, 4], [5, 6]], [2, 0, 1]);
  assertEquals([x.rows, x.columns, classes], [3, 2, 3]);
  assertEquals(label, [2, 0, 1]);
  const typed = labelledRows("train", names, matrix(2, 1, [7, 8]), Uint8Array.of(1, 0));
  assertEquals([typed.label, typed.classes], [[1, 0], 2]);
  // Test data of a known number of classes need not have all of them.
  assertEquals(labelledRows("test", names, [[1]], [3], 5).classes, 5);
});

Deno.test("rows and labels that do not match, an empty class and a wrong label are errors", () => {
  const rows = [[1, 2], [3, 4], [5, 6]];
  const cases: [() => unknown, string][] = [
    [
      () => labelledRows("train", names, rows, [0, 1]),
      "labels must be a list of 3 classes, one for each row of features: there are 2",
    ],
    [() => labelledRows("train", names, rows, null as never), "current value is null"],
    [() => labelledRows("train", names, rows, "012" as never), 'current value is "012"'],
    [
      () => labelledRows("train", names, rows, [0, 2, 2]),
      "an example of every class from 0 to 2: class 1 has none",
    ],
    [() => labelledRows("train", names, rows, [1, 2, 2]), "class 0 has none"],
    [() => labelledRows("train", names, rows, [0, 1, -1]), "labels[2] must be an integer"],
    [() => labelledRows("train", names, rows, [0, 1, 0.5]), "labels[2] must be an integer"],
    [() => labelledRows("test", names, rows, [0, 1, 2], 2), "labels[2] must be an integer"],
    [() => labelledRows("train", names, [[1, NaN]], [0]), "features[1] must be finite"],
    [
      () => labelledRows("train", names, [[1], [2, 3]], [0, 1]),
      "features must be a matrix, or rows of equal length",
    ],
  ];
  for (const [call, message] of cases) assertThrows(call, Error, message);
});
