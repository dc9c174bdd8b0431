import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  type Draws,
  LinearChain,
  type LinearModel,
  SingleIndexChain,
} from "lora-dynamics/chain/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { byColumns, given, rows } from "./_given.ts";

const LINEAR: LinearModel = {
  student: activation("x"),
  d: 1000,
  frozen: [0.5],
  batch: 100,
  step: 0.1,
};

const state = ({ state: { u, a, h } }: LinearChain | SingleIndexChain) => [...u, ...a, ...h];

/** Lower-triangular `T` with `T Tᵀ = W`, in the order in which Bartlett draws it. */
function bartlettDraws(W: number[][]): { normals: number[]; chi2: number[] } {
  const normals: number[] = [], chi2: number[] = [], T = W.map((row) => row.map(() => 0));
  W.forEach((row, i) => {
    for (let j = 0; j < i; j++) {
      const sum = row[j] - T[i].reduce((s, t, k) => k < j ? s + t * T[j][k] : s, 0);
      T[i][j] = sum / T[j][j];
      normals.push(T[i][j]);
    }
    chi2.push(row[i] - T[i].reduce((s, t) => s + t * t, 0));
    T[i][i] = Math.sqrt(chi2[i]);
  });
  return { normals, chi2 };
}

Deno.test("LinearChain is SingleIndexChain path by path, given the Wishart matrix of its samples", () => {
  const size = (min: number, max: number) => fc.integer({ min, max });
  fc.assert(
    fc.property(
      size(1, 3),
      size(0, 20),
      fc.boolean(),
      fc.boolean(),
      size(0, 1e6),
      (p, more, noisy, sphere, seed) => {
        const rng = stream("7", "wishart path", seed), b = p + 3 + more;
        const samples = rows(b, p + 2, () => rng.normal());
        const frozen = rows(1, p, () => rng.normal() / 2)[0];
        const noise = noisy ? 0.5 : 0, columns = p + 1 + (noisy ? 1 : 0);
        const model = { ...LINEAR, frozen, batch: b, noise, sphere, step: [0.3, 0.2] as const };
        const start = { u: rng.normal(), a: frozen.map(() => rng.normal() / 3), h: 0.8 };
        if (sphere) start.h = 0;
        const length = Math.hypot(...start.a);
        if (sphere) start.a = start.a.map((x) => 0.6 * x / length);
        if (sphere) start.h = 0.8;
        const W = Array.from(
          { length: columns },
          (_, i) =>
            Array.from(
              { length: columns },
              (_, j) => samples.reduce((sum, row) => sum + row[i] * row[j], 0),
            ),
        );
        const { normals, chi2 } = bartlettDraws(W);
        const remainder = [900], asked: number[] = [];
        const fast = new LinearChain(
          model,
          1,
          given({ normals: { data: normals }, chi2: { data: chi2, remainder } }, asked),
          start,
        );
        fast.step();
        const data = byColumns(samples.map((row) => row.slice(0, p + 1)));
        const noises = samples.map((row) => row[p + 1]);
        const slow = new SingleIndexChain(
          { ...model, batch: b },
          1,
          given({ normals: { data, noise: noises }, chi2: { remainder } }),
          start,
        );
        slow.step();
        state(slow).forEach((x, i) => {
          assertAlmostEquals(state(fast)[i], x, 1e-11 * (1 + Math.abs(x)));
        });
        assertEquals(asked, [...W.map((_, i) => b - i), 1000 - p - 1]);
        assertEquals(fast.samples[0], b);
      },
    ),
    { seed: 7, numRuns: 200 },
  );
});

Deno.test("LinearChain is odd under (u, omega) -> (-u, -omega)", () => {
  // The remainder of ω turns with ω: what is drawn across frame and remainder changes sign.
  const run = (sign: number, normal: number) => {
    const draws = given({
      normals: { data: [normal] },
      chi2: { data: [90, 105], remainder: [990] },
    });
    const chain = new LinearChain(LINEAR, 1, draws, { u: sign * 0.3, a: [sign * 0.4] });
    chain.step();
    return state(chain);
  };
  const [u, m, h] = run(1, 3);
  assertEquals(run(-1, -3), [-u, -m, h]);
});

Deno.test("LinearChain gives the same numbers bit for bit for one seed, others for another", () => {
  const run = (seed: string) => {
    const chain = new LinearChain({ ...LINEAR, noise: 0.2 }, 5, stream(seed, "run"));
    chain.run(30);
    return [...state(chain), ...chain.samples];
  };
  assertEquals(run("7"), run("7"));
  assertNotEquals(run("7"), run("8"));
});

Deno.test("LinearChain at b = 1e12 is the deterministic map of means", () => {
  const chain = new LinearChain({ ...LINEAR, batch: 1e12 }, 1, stream("7"), { u: 0.01, a: [0.1] });
  let [u, m, h] = [0.01, 0.1, Math.sqrt(0.99)];
  for (let k = 0; k < 100; k++) {
    chain.step();
    // Gradients u + (μ - 1) m and u (v_frame, v_rest) of the linear loss, then the sphere.
    const v = [0.5 + u * m - 1, u * h], gu = m * v[0] + h * v[1];
    const moved = [m - 0.1 * u * v[0], h - 0.1 * u * v[1]], length = Math.hypot(...moved);
    [u, m, h] = [u - 0.1 * gu, moved[0] / length, moved[1] / length];
    assertAlmostEquals(chain.state.u[0], u, 1e-5);
    assertAlmostEquals(chain.state.m(0), m, 1e-5);
  }
});

Deno.test("LinearChain shares its random numbers across d but for the remainder", () => {
  const after = (d: number) => {
    const model = { ...LINEAR, d, sphere: false };
    const chain = new LinearChain(model, 4, stream("7", "common"), { u: 0.3, a: [0.2] });
    chain.step();
    return chain.state;
  };
  const small = after(1000), large = after(1e9);
  assertEquals(large.u, small.u);
  assertEquals(large.a, small.a);
  assertNotEquals(large.h, small.h);
});

Deno.test("LinearChain learns the missing direction of a misaligned weight: m = -n = 1/sqrt(2)", () => {
  const model = { ...LINEAR, frozen: [0.6, 0.4], d: 1e5, batch: 1e6, step: 0.5 };
  const chain = new LinearChain(model, 8, stream("7", "misaligned"));
  chain.run(600);
  const { u, a } = chain.state;
  for (let c = 0; c < 8; c++) {
    const [m, n] = a.subarray(2 * c, 2 * c + 2), sign = Math.sign(m);
    assertAlmostEquals(sign * m, Math.SQRT1_2, 1e-9);
    assertAlmostEquals(sign * n, -Math.SQRT1_2, 1e-9);
    assertAlmostEquals(sign * u[c], Math.SQRT2 * 0.4, 1e-9);
  }
});

Deno.test("LinearChain follows a rule for the batch, of |u|, and counts its samples", () => {
  const seen: number[] = [];
  const batch = (u: number) => {
    seen.push(u);
    return u > 0.2 ? 500 : 50;
  };
  const chain = new LinearChain({ ...LINEAR, batch }, 2, stream("7", "rule"), {
    u: -0.3,
    a: [0.1],
  });
  chain.step();
  assertEquals(seen, [0.3, 0.3]);
  assertEquals([...chain.samples], [500, 500]);
  chain.run(40);
  assert(seen.every((u) => u >= 0));
  const total = seen.filter((_, i) => i % 2 === 0).reduce(
    (sum, u) => sum + (u > 0.2 ? 500 : 50),
    0,
  );
  assertEquals(chain.samples[0], total);
});

Deno.test("LinearChain with a constant rule is the chain of that batch", () => {
  const plain = new LinearChain(LINEAR, 3, stream("7", "same"));
  const ruled = new LinearChain({ ...LINEAR, batch: () => 100 }, 3, stream("7", "same"));
  plain.run(20);
  ruled.run(20);
  assertEquals(state(ruled), state(plain));
});

Deno.test("LinearChain draws four numbers per step whatever d and b", () => {
  for (const [d, batch] of [[10, 3], [1e12, 1e15]]) {
    let draws = 0;
    const counting = (rng: Draws): Draws => ({
      stream: (...path) => counting(rng.stream(...path)),
      normal: () => (draws++, rng.normal()),
      chiSquare: (nu) => (draws++, rng.chiSquare(nu)),
      fillNormal: (out) => (draws += out.length, rng.fillNormal(out)),
      fillChiSquare: (out, nu) => (draws += out.length, rng.fillChiSquare(out, nu)),
    });
    const chain = new LinearChain({ ...LINEAR, d, batch }, 3, counting(stream("7")));
    assertEquals(draws, 2 * 3);
    chain.run(10);
    // One normal and two χ² of the Wishart factor, one χ² of the remainder.
    assertEquals(draws, 2 * 3 + 4 * 3 * 10);
  }
});

Deno.test("LinearChain names an activation that is not linear", () => {
  const other = activation("erf");
  assertThrows(
    () => new LinearChain({ ...LINEAR, student: other }, 1, stream("7")),
    RangeError,
    "Cannot run linear one-pass SGD as student must be the activation x: current value is erf",
  );
  assertThrows(
    () => new LinearChain({ ...LINEAR, teacher: other }, 1, stream("7")),
    RangeError,
    "teacher must be the activation x: current value is erf",
  );
});

Deno.test("LinearChain names a batch below p + 1, or p + 2 with label noise", () => {
  const open = (change: Partial<LinearModel>) => () =>
    new LinearChain({ ...LINEAR, ...change }, 1, stream("7"));
  open({ batch: 2 })();
  open({ batch: 3, noise: 0.1 })();
  assertThrows(open({ batch: 1 }), RangeError, "batch must be an integer >= 2: current value is 1");
  assertThrows(open({ batch: 2, noise: 0.1 }), RangeError, "batch must be an integer >= 3");
  assertThrows(open({ batch: 3, frozen: [0.5, 0.1, 0.1] }), RangeError, "integer >= 4");
});

Deno.test("LinearChain names the batch that a rule gives when it makes no sense", () => {
  for (const bad of [NaN, 1, 0, -5, 2.5, Infinity]) {
    const chain = new LinearChain({ ...LINEAR, batch: () => bad }, 1, stream("7"));
    assertThrows(
      () => chain.step(),
      RangeError,
      `the batch that the rule gives must be an integer >= 2: current value is ${bad}`,
    );
  }
});
