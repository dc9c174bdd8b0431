import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  ALGORITHMS,
  fineTuning,
  FineTuningChain,
  type Model,
  type RunOptions,
  standard,
} from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import type { ActivationLike } from "lora-dynamics/gaussian/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const unit = (k: number, phase: number) => {
  const v = Array.from({ length: k }, (_, i) => Math.cos(i + phase)), size = Math.hypot(...v);
  return v.map((x) => x / size);
};

/** A model with nothing symmetric in it. */
function crooked(k: number, activation: ActivationLike, more = {}): Model {
  const lambda = Array.from({ length: k }, (_, i) => 0.5 - 0.1 * i + 0.01);
  const parts = { lambda, c: unit(k, 1), hatC: unit(k, 1.2), kappa: 0.8, normalize: false };
  return fineTuning({ k, activation, ...parts, ...more });
}

/** The same function twice: as the module knows it, and as a reader's own, which runs in TypeScript. */
const TWICE: readonly (readonly [string, (z: number) => number, (z: number) => number])[] = [
  ["z", (z) => z, () => 1],
  ["h3", (z) => (z ** 3 - 3 * z) / Math.sqrt(6), (z) => (3 * z * z - 3) / Math.sqrt(6)],
  ["z^2/3 - z + 0.7", (z) => z * z / 3 - z + 0.7, (z) => 2 * z / 3 - 1],
  ["z^5/50 + z^2/3 - z", (z) => z ** 5 / 50 + z * z / 3 - z, (z) => z ** 4 / 10 + 2 * z / 3 - 1],
  ["z^12/1e6 - z^3/9", (z) => z ** 12 / 1e6 - z ** 3 / 9, (z) => 12e-6 * z ** 11 - z * z / 3],
  ["relu", (z) => Math.max(z, 0), (z) => z > 0 ? 1 : 0],
  ["0.3*relu(2z)", (z) => 0.6 * Math.max(z, 0), (z) => z > 0 ? 0.6 : 0],
];

const everything = (chain: FineTuningChain) => [
  ...[chain.m, chain.across, chain.gate, chain.q, chain.nu, chain.steps],
  ...[...chain.hatC, chain.takeLoss()!],
];

Deno.test("compiled steps are the formulas in TypeScript, for every algorithm, to rounding", () => {
  for (const [text, f, df] of TWICE) {
    for (const algorithm of ALGORITHMS) {
      for (const k of [1, 2, 5, 8]) {
        for (const noise of [0, 0.3]) {
          const run: RunOptions = { n: 60, alpha: 0.1, algorithm, noise, ratio: 0.7 };
          const start = () => stream("7", "compiled", text, algorithm, k);
          const compiled = new FineTuningChain(crooked(k, text), run, start());
          const plain = new FineTuningChain(crooked(k, { name: "own", f, df }), run, start());
          compiled.run(100);
          plain.run(100);
          const [a, b] = [everything(compiled), everything(plain)];
          // A run that leaves the neighbourhood of u multiplies roundings: relative to its size, then.
          const size = Math.max(1, ...b.map(Math.abs));
          a.forEach((x, i) =>
            assertAlmostEquals(x, b[i], 1e-9 * size, `${text} ${algorithm} ${i}`)
          );
        }
      }
    }
  }
});

Deno.test("a chain that diverges does so in the same step, and stands still from there on", () => {
  const own = { name: "own", f: (z: number) => z ** 3 - 3 * z, df: (z: number) => 3 * z * z - 3 };
  const [compiled, plain] = ["z^3 - 3z", own].map((activation) => {
    const run: RunOptions = { n: 20, alpha: 2, algorithm: "adapter" };
    const chain = new FineTuningChain(crooked(4, activation), run, stream("7", "far"));
    chain.run(3000);
    return chain;
  });
  assertEquals(compiled.status, "diverged");
  assertEquals(compiled.verdict, plain.verdict);
  assertEquals(compiled.steps, 3000);
});

/** Bits of a chain after 700 steps, made in runs of the given lengths, and single steps between them. */
function inPieces(model: Model, run: RunOptions, lengths: readonly number[]): number[] {
  const chain = new FineTuningChain(model, run, stream("7", "pieces"));
  for (let i = 0; chain.steps < 700; i++) {
    if (i % 3 === 2) chain.step();
    chain.run(Math.min(700 - chain.steps, lengths[i % lengths.length]));
  }
  return everything(chain);
}

Deno.test("how many steps a run makes at a time makes no difference, to the last bit", () => {
  const gram = [1, 0.3, 0.1, 0.3, 1, 0.2, 0.1, 0.2, 1];
  const cases: readonly (readonly [Model, Partial<RunOptions>])[] = [
    [crooked(5, "h3"), {}],
    [crooked(5, "h3"), { noise: 0.2, noiseLaw: "laplace" }],
    [crooked(5, "tanh"), { noise: 0.2, batch: 3 }],
    [crooked(5, "h3"), { momentum: 0.5 }],
    [crooked(5, "h3"), { law: "uniform" }],
    [crooked(3, "h3", { gram }), { algorithm: "joint" }],
    [crooked(2, "relu"), { alpha: (tau: number) => 0.2 / (1 + tau) }],
  ];
  for (const [model, more] of cases) {
    const run = { n: 50, alpha: 0.2, ...more } as RunOptions;
    const whole = inPieces(model, run, [700]);
    for (const lengths of [[1], [7, 64, 3], [500, 1]]) {
      assertEquals(inPieces(model, run, lengths), whole);
    }
  }
});

Deno.test("run(steps, level) ends after the first step with |m| ≥ level", () => {
  for (const activation of ["h3", "tanh"]) {
    const make = () => {
      const run = { n: 30, alpha: 0.3 };
      return new FineTuningChain(standard(activation), run, stream("7", "level", activation));
    };
    const [once, stepped] = [make(), make()];
    while (Math.abs(stepped.m) < 0.5) stepped.step();
    assert(stepped.steps > 20);
    once.run(1e6, 0.5);
    assertEquals(once.steps, stepped.steps);
    assertEquals(once.m, stepped.m);
    once.run(100, 2); // never reached: the run goes on with the very next draws
    stepped.run(100);
    assertEquals(everything(once), everything(stepped));
    assertThrows(() => once.run(1, 0), RangeError, "level must be a finite number > 0");
  }
});
