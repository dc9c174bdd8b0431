import { assert, assertEquals, assertThrows } from "@std/assert";
import { type BatchRhs, solveBatch, solveMany } from "lora-dynamics/ode/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

/** A driven oscillator that may blow up: three components, three parameters, and time. */
const slopes = (t: number, u: number, v: number, w: number, a: number, b: number, c: number) =>
  [v, -a * u + c * w * Math.sin(3 * t), b * u * u - w] as const;

const batch: BatchRhs = (t, y, dy, n, p) => {
  for (let k = 0; k < n; k++) {
    const found = slopes(t[k], y[k], y[n + k], y[2 * n + k], p[k], p[n + k], p[2 * n + k]);
    for (let i = 0; i < 3; i++) dy[i * n + k] = found[i];
  }
};
const one = (t: number, y: Float64Array, dy: Float64Array, p: Float64Array) =>
  dy.set(slopes(t, y[0], y[1], y[2], p[0], p[1], p[2]));

/** Systems of which some diverge. */
function systems(count: number, wild: number) {
  const rng = stream("7", "batch", count);
  const rows = (scale: number) =>
    Array.from({ length: count }, () => [...rng.normals(3)].map((x) => scale * x));
  return { y0s: rows(1), params: rows(wild) };
}

Deno.test("every system of a batch has the bits that solveMany gives it alone, its status and work", () => {
  for (const count of [1, 2, 63, 64, 65, 200]) {
    for (const more of [{}, { firstStep: 1e-4 }, { maxStep: 0.02 }, { maxSteps: 12 }]) {
      const options = { t0: 0.5, t1: 4, rtol: 1e-7, atol: 1e-10, ...systems(count, 3), ...more };
      const together = solveBatch({ ...options, f: batch });
      const apart = solveMany({ ...options, f: one });
      assertEquals(together.statuses, apart.statuses);
      for (const key of ["t", "y", "evaluations", "rtol", "count"] as const) {
        assertEquals(together[key], apart[key], `${key} of ${count}`);
      }
      if (count === 200 && !("maxSteps" in more)) {
        const kinds = new Set(together.statuses.map((status) => status.split(":")[0]));
        assert(kinds.has("done") && kinds.size > 1, [...kinds].join());
      }
    }
  }
});

Deno.test("systems that cannot begin keep their place: a slope that is not finite, between others", () => {
  const f: BatchRhs = (_t, y, dy, n, p) => {
    for (let k = 0; k < n; k++) dy[k] = p[k] < 0 ? NaN : -p[k] * y[k];
  };
  const params = Array.from({ length: 150 }, (_, k) => [k % 3 === 0 ? -1 : k]);
  const { statuses, t, y, evaluations } = solveBatch({ f, t1: 1, y0s: [[2]], params });
  for (let k = 0; k < 150; k++) {
    const begins = k % 3 !== 0;
    assertEquals(statuses[k] === "done", begins);
    assertEquals([t[k], evaluations[k] > 1], begins ? [1, true] : [0, false]);
    if (begins) assert(Math.abs(y[k] - 2 * Math.exp(-k)) < 1e-7);
    else assertEquals(y[k], 2);
  }
  // None begins at all.
  assertEquals(
    solveBatch({ f, t1: 1, y0s: [[2]], params: [[-1]] }).statuses[0].split(":")[0],
    "nonFinite",
  );
});

Deno.test("a right-hand side is called for at most 64 systems, for one, and for what is left", () => {
  const counts = new Set<number>();
  const f: BatchRhs = (_t, y, dy, n, p) => {
    counts.add(n);
    assertEquals([y.length, dy.length, p.length], [n, n, n]);
    for (let k = 0; k < n; k++) dy[k] = -p[k] * y[k];
  };
  const params = Array.from({ length: 300 }, (_, k) => [1 + k * k]);
  solveBatch({ f, t1: 1, y0s: [[1]], params });
  assert(counts.has(64) && counts.has(1) && Math.max(...counts) === 64);
});

Deno.test("bad input is an error that names argument, wanted state and value", () => {
  const f: BatchRhs = (_t, _y, dy) => dy.fill(0), good = { f, t1: 1, y0s: [[1]] };
  // deno-lint-ignore no-explicit-any
  const bad = (more: any, kind: any, words: string) =>
    assertThrows(() => solveBatch({ ...good, ...more }), kind, words);
  bad({ y0s: [[1], [1, 2]] }, TypeError, "y0s[1] must have the length 1 of y0s[0]");
  bad({ params: [[1], [1, 2]] }, TypeError, "params[1] must have the length 1");
  bad({ y0s: [[1], [2]], params: [[1]] }, TypeError, "y0s must have one row");
  bad({ y0s: [[NaN]] }, RangeError, "y0s[0][0] must be finite");
  bad({ t1: 0 }, RangeError, "t1 must be greater than t0");
  bad({ times: [1] }, TypeError, "times");
  bad({ method: "dop853" }, TypeError, "method");
  bad({ f: 3 }, TypeError, "f must be a function");
  bad({ rtol: -1 }, RangeError, "rtol must be");
});
