/** One step by hand, for each thing that a problem may choose. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { DirectSgd, SingleIndexChain, type SingleIndexModel } from "lora-dynamics/chain/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { given } from "../_given.ts";

/**
 * `z = 1`, `g = −½` and `ρ = 2` make an input `(2, −1, …)`; with `u = ½`, `ω = (0.6, 0.8, 0, …)` and
 * `w₀ = (½, 0, …)` then `ω·x = 0.4`, the prediction is 1.2 and the label `2 + ½·(−3) = 0.5`.
 */
const MODEL: SingleIndexModel = {
  student: "x",
  d: 5,
  frozen: [0.5],
  batch: 1,
  step: 0.1,
  sphere: false,
  noise: 0.25,
  noiseLaw: { name: "minus three", draw: () => -3 },
  inputs: { name: "twice", radius: () => 2 },
};

for (
  const [loss, slope] of [
    ["square", 0.7],
    ["absolute", 1],
    [{ name: "huber", delta: 0.6 }, 0.6],
    ["log-cosh", Math.tanh(0.7)],
    [{ name: "quantile", level: 0.3 }, 0.7],
    ["logistic", -0.5 / (1 + Math.exp(0.6))],
    ["hinge", -0.5],
    ["(p - y)^4 / 4 + p y", 0.343 + 0.5],
    [{ slope: "p y^2" }, 1.2 * 0.25],
    [{ name: "mine", slope: (p: number, y: number) => p - 2 * y }, 0.2],
  ] as [SingleIndexModel["loss"], number][]
) {
  Deno.test(`SingleIndexChain makes the step by hand: loss ${JSON.stringify(loss)}`, () => {
    const asked: number[] = [];
    const draws = given({ normals: { data: [1, -0.5] }, chi2: { remainder: [5] } }, asked);
    const chain = new SingleIndexChain({ ...MODEL, loss }, 1, draws, { u: 0.5, a: [0.6] });
    chain.step();
    const { u, a, h } = chain.state, push = 0.1 * 0.5 * slope;
    assertAlmostEquals(u[0], 0.5 - 0.1 * slope * 0.4, 1e-15);
    assertAlmostEquals(a[0], 0.6 - push * 2, 1e-15);
    // The rest has the variance (2 slope)² in each of d − 2 directions.
    assertAlmostEquals(h[0] ** 2, (0.8 + push) ** 2 + push ** 2 * 4 * 5, 1e-14);
    assertEquals(asked, [3]);
  });
}

Deno.test("SingleIndexChain makes the step by hand: two samples with radii of their own", () => {
  const radii = [1, 2, 0.5];
  // The first one is tried and thrown away.
  const inputs = { name: "given", radius: () => radii.shift()! };
  const draws = given({ normals: { data: [1, -2, -0.5, 2] }, chi2: { remainder: [7] } });
  const model = { ...MODEL, inputs, noise: 0, batch: 2, loss: "absolute" };
  const chain = new SingleIndexChain(model, 1, draws, { u: 0.5, a: [0.6] });
  chain.step();
  // Inputs (2, −1) and (−1, 1): ω·x = 0.4, 0.2; predictions 1.2, −0.4 of 2, −1: slopes −1, 1.
  const { u, a, h } = chain.state, push = 0.1 * 0.5 / 2;
  assertAlmostEquals(u[0], 0.5 - 0.1 / 2 * (-0.4 + 0.2), 1e-15);
  assertAlmostEquals(a[0], 0.6 - push * (-2 - 1), 1e-15);
  assertAlmostEquals(h[0] ** 2, (0.8 - push * (1 + 1)) ** 2 + push ** 2 * (4 + 0.25) * 7, 1e-14);
});

Deno.test("SingleIndexChain makes the step by hand: an input of given length", () => {
  const asked: number[] = [];
  // |g|² = 1 + 4 + 11 = 16, so that a length of 8 doubles (1, −2) and leaves a rest of square 44.
  const draws = given({ normals: { data: [1, -2] }, chi2: { "rest squares": [11] } }, asked);
  const inputs = { name: "eight", length: (_: unknown, d: number) => d + 3 };
  const model = { ...MODEL, inputs, noise: 0, loss: "absolute" };
  const chain = new SingleIndexChain(model, 1, draws, { u: 0.5, a: [0.6] });
  chain.step();
  // ω·x = 1.2 − 3.2 = −2; the prediction 1 − 1 = 0 of 2: slope −1.
  const { u, a, h } = chain.state, push = 0.05;
  assertAlmostEquals(u[0], 0.5 - 0.1 * 2, 1e-15);
  assertAlmostEquals(a[0], 0.6 + push * 2, 1e-15);
  assertAlmostEquals(h[0] ** 2, (0.8 - push * 4) ** 2 + push ** 2 * 44, 1e-14);
  assertEquals(asked, [3]);
});

Deno.test("DirectSgd makes the step by hand on inputs of a reader's own", () => {
  const rows = [[2, -1, 3, 0.5], [-1, 1, 0, -2]];
  const inputs = { name: "given", fill: (_: unknown, x: Float64Array) => x.set(rows.shift()!) };
  const model = { ...MODEL, d: 4, inputs, noise: 0, batch: 2, loss: "absolute" };
  const sgd = new DirectSgd(model, stream("7"), 0.5, Float64Array.of(0.6, 0.8, 0, 0));
  sgd.step();
  const push = 0.1 * 0.5 / 2;
  assertAlmostEquals(sgd.u, 0.5 - 0.1 / 2 * (-0.4 + 0.2), 1e-15);
  const wanted = [0.6 + 3 * push, 0.8 - 2 * push, 3 * push, 2.5 * push];
  sgd.omega.forEach((x, k) => assertAlmostEquals(x, wanted[k], 1e-15));
});

Deno.test("DirectSgd draws inputs of the lengths and radii of their law", () => {
  // With the slope 1 and a step of 1 the batch of one input is ω's way.
  const way = (inputs: SingleIndexModel["inputs"]) => {
    const own = { ...MODEL, inputs, loss: { slope: "1 + 0 p" }, step: 1, d: 40 };
    const omega = new Float64Array(40);
    omega[0] = 1;
    const sgd = new DirectSgd(own, stream("7", "way"), 1, omega);
    sgd.step();
    return sgd.omega.map((x, k) => omega[k] - x);
  };
  const normal = way("normal"), twice = way(MODEL.inputs), sphere = way("sphere");
  normal.forEach((x, k) => assertAlmostEquals(twice[k], 2 * x, 1e-13));
  assertAlmostEquals(Math.hypot(...sphere), Math.sqrt(40), 1e-13);
  normal.forEach((x, k) => assertAlmostEquals(sphere[k] / sphere[0], x / normal[0], 1e-11));
});

Deno.test("normal, square and normal by name or as objects are the default, bit for bit", () => {
  const run = (change: Partial<SingleIndexModel>) => {
    const model: SingleIndexModel = { student: "erf", d: 9, frozen: [0.5], batch: 3, step: 0.5 };
    const chain = new SingleIndexChain({ ...model, noise: 0.2, ...change }, 4, stream("7", "same"));
    chain.run(10);
    return [...chain.state.u, ...chain.state.h];
  };
  const wanted = run({});
  assertEquals(run({ loss: "square", noiseLaw: "normal", inputs: { name: "normal" } }), wanted);
  // The same laws in a reader's words have the same draws.
  assertEquals(run({ loss: { name: "own", slope: (p, y) => p - y } }), wanted);
  assertEquals(run({ noiseLaw: { name: "own", draw: (rng) => rng.normal() } }), wanted);
  assertEquals(run({ inputs: { name: "own", radius: () => 1 } }), wanted);
});
