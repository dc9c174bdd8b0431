import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import {
  firstPassage,
  LinearChain,
  type Overlaps,
  SingleIndexChain,
  windowExit,
} from "lora-dynamics/chain/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { LoraFlow } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

/** Copies whose overlaps are given functions of the step. */
class Script implements Overlaps {
  readonly copies: number;
  steps = 0;

  constructor(readonly overlaps: ((k: number) => number)[]) {
    this.copies = overlaps.length;
  }

  m(c: number): number {
    return this.overlaps[c](this.steps);
  }

  step(): void {
    this.steps++;
  }
}

const passage = (overlaps: ((k: number) => number)[], radius = 0.5, maxSteps = 1000) =>
  firstPassage(new Script(overlaps), { radius, maxSteps });

Deno.test("firstPassage() is exact for geometric growth, of either sign", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-6, max: 0.4, noNaN: true }),
      fc.double({ min: 1.05, max: 3, noNaN: true }),
      fc.double({ min: 0.41, max: 0.99, noNaN: true }),
      (m0, factor, radius) => {
        const wanted = Math.log(radius / m0) / Math.log(factor);
        for (const sign of [1, -1]) {
          const [t] = passage([(k) => sign * m0 * factor ** k], radius);
          assertAlmostEquals(t, wanted, 1e-9 * (1 + wanted));
        }
      },
    ),
    { seed: 7 },
  );
});

Deno.test("firstPassage() is the whole step when the radius is hit exactly", () => {
  assertEquals([...passage([(k) => k / 8])], [4]);
});

Deno.test("firstPassage() is 0 at the start and NaN for a copy that does not arrive", () => {
  const times = passage([() => -0.7, (k) => 0.01 * k, () => 0.4, () => NaN], 0.5, 60);
  assertEquals(times[0], 0);
  assertAlmostEquals(times[1], 50, 1e-9);
  assert(Number.isNaN(times[2]) && Number.isNaN(times[3]));
});

Deno.test("firstPassage() keeps the first of several passages, and copies do not disturb each other", () => {
  const wave = (k: number) => [0.1, 0.6, 0.1, 0.7][k % 4], slow = (k: number) => 0.01 * 1.1 ** k;
  const together = passage([wave, slow, wave]);
  assertEquals([...together], [...passage([wave]), ...passage([slow]), ...passage([wave])]);
  assertLess(together[0], 1);
});

Deno.test("firstPassage() from m = 0 is the step of the leap, once, for all copies", () => {
  const leap = (k: number) => k < 1 ? 0 : 0.8, slow = (k: number) => 0.01 * 1.1 ** k;
  const [a, b, c] = passage([leap, slow, (k) => k < 3 ? 0 : 0.5]);
  assertEquals([a, c], [1, 3]);
  assertAlmostEquals(b, Math.log(50) / Math.log(1.1), 1e-9);
});

Deno.test("firstPassage() stops when all have arrived, or at maxSteps, and counts from where it is", () => {
  const chain = new Script([(k) => 0.01 * (k + 1)]);
  firstPassage(chain, { radius: 0.105, maxSteps: 1000 });
  assertEquals(chain.steps, 10);
  const [later] = firstPassage(chain, { radius: 0.2, maxSteps: 1000 });
  assertAlmostEquals(later, 9, 1e-9);
  firstPassage(chain, { radius: 0.9, maxSteps: 3 });
  assertEquals(chain.steps, 22);
});

Deno.test("firstPassage() of a nearly noiseless chain is the flow's exit, the gap like eta", () => {
  const start = { u: 0.01, a: [0.05] }, x = activation("x");
  const exit = new LoraFlow({ student: x, frozen: [0.5], u0: 0.01, a0: [0.05] }).exitTime();
  const gap = (step: number) => {
    const model = { student: x, d: 1000, frozen: [0.5], batch: 1e12, step };
    const chain = new LinearChain(model, 1, stream("7"), start);
    return firstPassage(chain, { radius: 0.5, maxSteps: 1e5 })[0] * step / exit - 1;
  };
  assertAlmostEquals(Math.log2(gap(0.04) / gap(0.02)), 1, 0.1);
  assertAlmostEquals(Math.log2(gap(0.02) / gap(0.01)), 1, 0.1);
});

Deno.test("firstPassage() does not depend on the kind of chain: both give the same law's times", () => {
  // The first steps are alike in law only; here it is enough that both arrive.
  const model = { student: activation("x"), d: 200, frozen: [0.5], batch: 200, step: 0.2 };
  for (const Chain of [SingleIndexChain, LinearChain]) {
    const times = firstPassage(new Chain(model, 20, stream("7")), { radius: 0.5, maxSteps: 2000 });
    assert(times.every((t) => t >= 0 && t < 500));
  }
});

Deno.test("windowExit() is the mean index of the steps in the window", () => {
  const curve = Array.from({ length: 100 }, (_, k) => (k + 0.5) / 100);
  assertAlmostEquals(windowExit(curve, 0.5), 49.5, 1e-12);
  // Exactly representable edges count.
  assertEquals(windowExit([0, 0.25, 0.5, 0.75, 1], 0.5, 0.25), 2);
  assertEquals(windowExit([0.5, 0.1, 0.1, 0.5], 0.5, 0), 1.5);
  assertEquals(windowExit(Float64Array.of(0.3, 0.5), 0.5), 1);
});

Deno.test("windowExit() is NaN when the curve never enters the window, or is empty", () => {
  assertEquals(windowExit([0.1, 0.9], 0.5), NaN);
  assertEquals(windowExit([], 0.5), NaN);
});
