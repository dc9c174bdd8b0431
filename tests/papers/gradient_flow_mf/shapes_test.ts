/** The doors: problems by their rows, shapes that chain, and back to JSON. */
import { assertEquals, assertThrows } from "@std/assert";
import { matrix } from "lora-dynamics/linalg/mod.ts";
import {
  type Adapters,
  checkAdapters,
  checkProblem,
  plainProblem,
  type ProblemLike,
  problemOf,
  problemQ,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { forAll } from "./_random.ts";

Deno.test("a problem by its rows, by matrices, and there and back as JSON", () => {
  forAll(20, ({ problem }) => {
    const plain = plainProblem(problem), back = problemOf(JSON.parse(JSON.stringify(plain)));
    assertEquals([back.w2, back.w1, back.target], [problem.w2, problem.w1, problem.target]);
    assertEquals("w1" in plain, problem.w1 !== undefined);
    assertEquals(plain.name, problem.name ?? "own problem");
  });
  const { w2, w1, name } = problemOf({ name: "mine", w2: [[1, 2]], w1: [[3], [4]], target: [[5]] });
  assertEquals([name, w2, w1], ["mine", matrix(1, 2, [1, 2]), matrix(2, 1, [3, 4])]);
});

Deno.test("what is no problem", () => {
  const bad: [unknown, string][] = [
    [
      { w2: [[1]], target: [[1]], w3: [[1]] },
      'the problem must have no other keys than name, w2, w1, target: current value has "w3"',
    ],
    [{ w2: 5, target: [[1]] }, "w2 must be a matrix, or rows of equal length: current value is 5"],
    [{ w2: [[1], [1, 2]], target: [[1]] }, "w2 must be a matrix, or rows of equal length"],
    [{ w2: [[]], target: [[1]] }, "w2 must be a matrix"],
    [{ w2: [], target: [[1]] }, "w2 must be a matrix"],
    [{ w2: [1, 2], target: [[1]] }, "w2 must be a matrix"],
    [
      { w2: { rows: 1, columns: 2, data: new Float64Array(1) }, target: [[1]] },
      "w2 must be a matrix",
    ],
    [{ w2: [[1]] }, "target must be a matrix"],
    [{ name: 5, w2: [[1]], target: [[1]] }, "name must be a string"],
    [
      { w2: [[1, 2]], w1: [[1]], target: [[1]] },
      "m x h, h x n and m x n: current shapes are 1 x 2, 1 x 1 and 1 x 1",
    ],
    [
      { w2: [[1, 2]], w1: [[1], [2]], target: [[1, 2]] },
      "current shapes are 1 x 2, 2 x 1 and 1 x 2",
    ],
    [{ w2: [[1], [2]], target: [[1]] }, "current shapes are 2 x 1, none and 1 x 1"],
    [{ w2: [[NaN]], target: [[1]] }, "w2[0] must be finite: current value is NaN"],
    [
      { w2: [[1]], w1: [[1, Infinity]], target: [[1, 1]] },
      "w1[1] must be finite: current value is Infinity",
    ],
    [{ w2: [[1]], target: [[0]] }, "target must not be zero: there is nothing to learn"],
    [null, "the problem must be an object"],
  ];
  for (const [like, words] of bad) assertThrows(() => problemOf(like as ProblemLike), Error, words);
  const { w2, w1 } = problemQ({ delta: 0.5 });
  assertThrows(
    () => checkProblem("look", { w2, w1: w1!, target: matrix(9, 7) }),
    RangeError,
    "Cannot look",
  );
});

Deno.test("adapters fit their problem; their ranks may differ, those of B and A of one may not", () => {
  forAll(40, ({ problem, adapters }) => {
    const { b1, a1, b2, a2 } = adapters, ranks = checkAdapters("look", problem, adapters);
    assertEquals(ranks, b2 ? [b1.columns, b2.columns] : [b1.columns]);
    const more = (x: typeof b1, rows: number, columns: number) =>
      matrix(x.rows + rows, x.columns + columns);
    const wrong: Adapters[] = [
      ...[{ ...adapters, b1: more(b1, 1, 0) }, { ...adapters, b1: more(b1, 0, 1) }],
      ...[{ ...adapters, a1: more(a1, 1, 0) }, { ...adapters, a1: more(a1, 0, 1) }],
      ...(b2 && a2
        ? [
          ...[{ ...adapters, b2: more(b2, 1, 0) }, { ...adapters, a2: more(a2, 0, 1) }],
          ...[{ ...adapters, a2: more(a2, 1, 0) }, { b1, a1 }, { b1, a1, b2 }, { b1, a1, a2 }],
        ]
        : [{ ...adapters, b2: b1, a2: a1 }, { ...adapters, b2: b1 }, { ...adapters, a2: a1 }]),
      {} as Adapters,
    ];
    for (const each of wrong) {
      assertThrows(() => checkAdapters("look", problem, each), TypeError, "current shapes are");
    }
  });
  const problem = problemQ({ delta: 0.5 });
  const words =
    "b1, a1, b2, a2 must be h x r1, r1 x n, m x r2, r2 x h with m = 9, h = 12, n = 7: " +
    "current shapes are 12 x 2, 3 x 7, none, none";
  const found = { b1: matrix(12, 2), a1: matrix(3, 7) };
  assertThrows(() => checkAdapters("look", problem, found), TypeError, words);
  const single = { w2: problem.w2, target: problem.target };
  assertThrows(
    () => checkAdapters("look", single, found),
    TypeError,
    "b1, a1 must be h x r1, r1 x n and no others",
  );
});
