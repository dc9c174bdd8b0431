import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { portable } from "../../lib/random/mod.ts";

function close(found: ArrayLike<number>, wanted: number[], tolerance: number): void {
  wanted.forEach((value, i) => assertAlmostEquals(found[i], value, tolerance));
}

// Values of an independent implementation.
Deno.test("portable() repeats the reference values at seed 7", () => {
  const rng = portable(7);
  const uniforms = Array.from({ length: 4 }, () => rng.uniform());
  close(
    uniforms,
    [0.0117047531530261, 0.0619582575745881, 0.97690763277933, 0.699028705712408],
    1e-15,
  );
  const normals = [0.141970437821557, 0.0582407147487113, -0.864253024872936, -2.60568090675079];
  close(portable(7).normals(4), normals, 1e-14);
});

Deno.test("portable() repeats the reference values at seed 1", () => {
  const rng = portable(1);
  const uniforms = Array.from({ length: 3 }, () => rng.uniform());
  close(uniforms, [0.627073940588, 0.00273572118, 0.52744703996], 1e-12);
  close(
    portable(1).normals(4),
    [1.40433877842, 0.024141617523, 1.21575461927, -0.145435940879],
    1e-11,
  );
});

Deno.test("an odd request of normals drops the leftover", () => {
  const odd = portable(3), even = portable(3);
  assertEquals([...odd.normals(3)], [...even.normals(4)].slice(0, 3));
  assertEquals(odd.uniform(), even.uniform());
  assertEquals(odd.normals(0).length, 0);
});

Deno.test("portable() says which seeds and counts it takes", () => {
  for (const seed of [-1, 2 ** 32, 0.5, NaN]) {
    assertThrows(() => portable(seed), RangeError, "seed must be an integer from 0 to 4294967295");
  }
  assertThrows(() => portable(1).normals(-1), RangeError, "count must be an integer >= 0");
});
