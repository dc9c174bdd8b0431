import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { pairMoments } from "lora-dynamics/gaussian/mod.ts";
import {
  adapterStart,
  descentDirection,
  frozenName,
  frozenOf,
  misaligned,
  startNames,
  TYPICAL_OVERLAP,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const at = (student: string, frozen: readonly number[], teacher = student) => ({
  ...{ d: 400, student, frozen, teacher },
});

Deno.test("descentDirection() falls steepest on the population loss, by differences", () => {
  const cases = [["erf", [0.5, -0.3, 0.2]], ["He3", [0.2, 0.4]], ["relu", [0.7, 0.5]]] as const;
  for (const [student, frozen] of cases) {
    const moments = pairMoments(student, student);
    const loss = (w: readonly number[]) => {
      const r = w.reduce((sum, x) => sum + x * x, 0);
      return moments.self(r) / 2 - moments.cross(r, w[0]);
    };
    const slopes = frozen.map((_, j) => {
      const moved = (by: number) => frozen.map((x, i) => i === j ? x + by : x);
      return (loss(moved(1e-5)) - loss(moved(-1e-5))) / 2e-5;
    });
    const length = Math.hypot(...slopes);
    descentDirection(at(student, frozen)).forEach((x, j) =>
      assertAlmostEquals(x, -slopes[j] / length, 1e-7, `${student} ${j}`)
    );
  }
});

Deno.test("built-in starts: where they are placed, with m >= 0", () => {
  assertEquals(startNames, ["random", "typical", "spectral"]);
  assertEquals(adapterStart("random").place(at("x", [0.5])), {});
  const typical = adapterStart("typical").place(at("x", [0.5]));
  assertEquals([typical.u, typical.a], [400 ** -2, [TYPICAL_OVERLAP / 20]]);
  // Below its trap the gradient of He3 points away from the target: ω and −ω are one start.
  assertEquals(descentDirection(at("He3", [0.2])), [-1]);
  assertEquals(adapterStart("spectral").place(at("He3", [0.2])), { u: 0, a: [1] });
  const beside = adapterStart("spectral").place(at("x", [0.6, 0.4])).a!;
  assertAlmostEquals(beside[0], Math.SQRT1_2, 1e-15);
  assertAlmostEquals(beside[1], -Math.SQRT1_2, 1e-15);
});

Deno.test("TYPICAL_OVERLAP is the geometric mean of |ξ|", () => {
  const xi = stream("7", "typical").fillNormal(new Float64Array(200_000));
  const mean = xi.reduce((sum, x) => sum + Math.log(Math.abs(x)), 0) / xi.length;
  // sd of ln|ξ| is π/(2√2).
  assertAlmostEquals(
    Math.log(TYPICAL_OVERLAP),
    mean,
    4 * Math.PI / (2 * Math.SQRT2) / Math.sqrt(xi.length),
  );
});

Deno.test("a start of numbers is named by them, and mistakes are told", () => {
  assertEquals(adapterStart({ u: 0.2, a: [0.3, 0.1] }).name, "u₀ = 0.2, m₀ = 0.3");
  assertEquals(adapterStart({}).name, "random");
  assertThrows(() => adapterStart("warm" as never), RangeError, "random, typical, spectral");
  assertThrows(() => adapterStart(3 as never), TypeError, "current value is 3");
  assertThrows(() => adapterStart({ u: 1, b: 2 } as never), Error, "b");
  assertThrows(() => adapterStart({ name: "own", place: 3 } as never), TypeError, "start.place");
  assertThrows(
    () => adapterStart("spectral").place(at("x", [1])),
    RangeError,
    "gradient at the frozen weight must not vanish",
  );
});

Deno.test("a frozen weight is a strength or coordinates", () => {
  assertEquals([frozenOf(0.3), frozenOf([0.3, -1]), misaligned(0.2)], [[0.3], [0.3, -1], [
    0.2,
    0.8,
  ]]);
  assertEquals([frozenName(0.3), frozenName([0.3, -1])], ["0.3", "(0.3, -1)"]);
  assertThrows(() => frozenOf([]), TypeError, "w0 must be a strength");
  assertThrows(() => frozenOf("0.5" as never), TypeError, 'current value is "0.5"');
  assertThrows(() => frozenOf([0.5, NaN]), RangeError, "w0[1]");
  assertThrows(() => frozenOf(Infinity), RangeError, "mu");
});
