import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { type Activation, activation, pairMoments, scaled } from "lora-dynamics/gaussian/mod.ts";

const POINTS = [-2.3, -0.9, -0.2, 0.31, 1.1, 1.9];

/** Asserts value, slope, curvature and the loops of an activation at the points. */
function assertIs(a: Activation, f: (z: number) => readonly [number, number, number]): void {
  const n = POINTS.length, x = Float64Array.from(POINTS);
  const [value, slope, curvature] = [0, 1, 2].map(() => new Float64Array(n));
  a.fillCurvatures(x, n, value, slope, curvature);
  POINTS.forEach((z, i) => {
    const wanted = f(z), found = [a.f(z), a.df(z), a.d2f(z)];
    wanted.forEach((y, k) => {
      const error = 2e-13 * (1 + Math.abs(wanted[0]) + Math.abs(wanted[1]) + Math.abs(wanted[2]));
      assertAlmostEquals(found[k], y, error, `${a.name}, derivative ${k} at ${z}`);
      assertAlmostEquals([value, slope, curvature][k][i], y, error, `${a.name} in a loop, ${z}`);
    });
  });
}

Deno.test("a scaled activation is σ(tz) with the slopes of the chain rule, of every kind", () => {
  const mine = activation({ f: (z) => Math.abs(z - 0.4) + Math.max(z, -1), kinks: [-1, 0.4] });
  for (const base of [activation("erf"), activation("relu"), activation("tanh(z) + z^2"), mine]) {
    for (const t of [0.3, 1.7]) {
      const a = scaled(base, t);
      assertIs(a, (z) => [base.f(t * z), t * base.df(t * z), t * t * base.d2f(t * z)]);
      assertEquals([a.name, a.odd, a.kinks], [
        ...[`${base.name} of ${t} z`, base.odd, base.kinks.map((b) => b / t)],
      ]);
    }
    assertEquals(scaled(base, 1), base);
  }
});

Deno.test("a scaled polynomial is still one, of any degree", () => {
  for (const name of ["h3", "He7", "1 - 2 He2(z) + 0.3 He5(z) - 0.01 He9(z)"]) {
    const base = activation(name);
    for (const t of [0.3, 1.7]) {
      const a = scaled(name, t);
      assertEquals(a.series!.length, base.series!.length);
      assertIs(a, (z) => [base.f(t * z), t * base.df(t * z), t * t * base.d2f(t * z)]);
    }
  }
  // He₂(tz) = t² He₂(z) + t² − 1 and He₄(tz) = t⁴ He₄ + 6 t² (t² − 1) He₂ + 3 (t² − 1)².
  assertEquals(scaled("He2", 2).series, [3, 0, 4]);
  assertEquals(scaled("He4", 2).series, [27, 0, 72, 0, 16]);
});

Deno.test("moments of scaled activations are those of scaled variables", () => {
  for (const name of ["erf", "relu", "He3", "tanh"]) {
    const plain = pairMoments(name, name), wide = pairMoments(scaled(name, 1.5), name);
    assertAlmostEquals(wide.self(0.4), plain.self(0.9), 1e-13, name);
    assertAlmostEquals(wide.cross(0.4, 0.3), plain.cross(0.9, 0.45), 1e-13, name);
    assertAlmostEquals(wide.crossDq(0.4, 0.3), 1.5 * plain.crossDq(0.9, 0.45), 1e-12, name);
  }
});

Deno.test("a factor that is not a finite number > 0 is refused", () => {
  for (const factor of [0, -1, NaN, Infinity]) {
    assertThrows(() => scaled("erf", factor), RangeError, `current value is ${factor}`);
  }
});
