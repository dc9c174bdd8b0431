import { assertThrows } from "@std/assert";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import {
  growthRate,
  hermiteBias,
  hermiteSearchMatrix,
  misalignedSearchMatrix,
  searchMatrix,
  searchTime,
  seriesSearchMatrix,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";

Deno.test("the search matrix takes every strength but those that are no number; the series needs (0, 1)", () => {
  for (const mu of [NaN, Infinity, -Infinity]) {
    for (const compute of [() => searchMatrix(mu, "x"), () => hermiteSearchMatrix(mu, 3)]) {
      assertThrows(compute, RangeError, `mu must be finite: current value is ${mu}`);
    }
  }
  assertThrows(
    () => searchMatrix(0, "relu"),
    RangeError,
    "mu must not be 0 where the student has a kink",
  );
  for (const mu of [NaN, 0, -0.5, 1, 1.5]) {
    const sum = () => seriesSearchMatrix(mu, "x");
    assertThrows(sum, RangeError, `mu must lie in (0, 1): current value is ${mu}`);
  }
  const text = "0.5" as unknown as number;
  assertThrows(() => searchMatrix(text, "x"), TypeError, 'current value is "0.5"');
  assertThrows(() => searchMatrix(0.5, "nosuch"), SyntaxError, "current value is nosuch");
});

Deno.test("search theory names degrees, orders and ratios that make no sense", () => {
  const matrix = { A: 0.5, B: -1 };
  for (const k of [NaN, 0, -1, 2.5, 31, Infinity]) {
    assertThrows(
      () => hermiteSearchMatrix(0.5, k),
      RangeError,
      `k must be an integer from 1 to 30`,
    );
  }
  for (const order of [NaN, -1, 0.5, 121, Infinity]) {
    const sum = () => seriesSearchMatrix(0.5, activation("x"), { order });
    assertThrows(sum, RangeError, "order must be an integer from 0 to 120");
  }
  for (const ratio of [NaN, 0, -1, Infinity]) {
    for (const compute of [growthRate, searchTime]) {
      assertThrows(
        () => compute(matrix, ratio),
        RangeError,
        `ratio must be a finite number > 0: current value is ${ratio}`,
      );
    }
  }
  for (const k of [1, 3, 0, NaN]) {
    assertThrows(() => hermiteBias(k, 0.5), RangeError, "k/2 must be an integer from 1 to 30");
  }
  for (const r of [NaN, 0, -1, Infinity]) {
    const wanted = "r must be a finite number > 0";
    assertThrows(() => hermiteBias(2, r), RangeError, wanted);
    assertThrows(() => misalignedSearchMatrix(r, 0.1, activation("x")), RangeError, wanted);
  }
  assertThrows(
    () => misalignedSearchMatrix(0.25, 0.6, activation("x")),
    RangeError,
    "q^2/r must lie in",
  );
});
