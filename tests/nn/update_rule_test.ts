import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { optimizer, softmaxRegression, type UpdateRule, updateRule } from "lora-dynamics/nn/mod.ts";
import { examples } from "./_gradients.ts";

/** Values after steps along the given gradients, from (1, −2). */
function after(
  rule: UpdateRule,
  gradients: readonly (readonly number[])[],
  eta: (t: number) => number,
): Float64Array[] {
  const values = Float64Array.of(1, -2), update = rule.begin(2);
  return gradients.map((gradient, i) => {
    update(values, Float64Array.from(gradient), eta(i + 1), i + 1);
    return values.slice();
  });
}

function assertNear(found: Float64Array, wanted: readonly number[], tolerance = 1e-15) {
  wanted.forEach((x, i) => assertAlmostEquals(found[i], x, tolerance));
}

const slopes = [[0.5, -4], [2, 1], [-1, 0.25]];

Deno.test("gradient descent subtracts step size times gradient, whatever came before", () => {
  const steps = after(updateRule("gd"), slopes, (t) => t / 10);
  assertNear(steps[0], [0.95, -1.6]);
  assertNear(steps[1], [0.55, -1.8]);
  assertNear(steps[2], [0.85, -1.875]);
  assertEquals(updateRule("gd").name, "gradient descent");
});

Deno.test("momentum: the gradient is added to a share of the last velocity, not averaged with it", () => {
  // v = g₁, then 0.6v + g₂ …; the step size of a step does not change the memory.
  const steps = after(updateRule("momentum", { momentum: 0.6 }), slopes, (t) => t / 10);
  assertNear(steps[0], [0.95, -1.6]);
  assertNear(steps[1], [0.95 - 0.2 * (0.3 + 2), -1.6 - 0.2 * (-2.4 + 1)]);
  const v = [0.6 * 2.3 - 1, 0.6 * -1.4 + 0.25];
  assertNear(steps[2], [0.49 - 0.3 * v[0], -1.32 - 0.3 * v[1]]);
  assertEquals(updateRule("momentum").name, "momentum 0.9");
});

Deno.test("Adam by hand: corrected means, ε outside of the root", () => {
  const constants = { beta1: 0.8, beta2: 0.96, epsilon: 0.01 };
  const steps = after(updateRule("adam", constants), slopes, () => 0.1);
  // First step: m̂ = g, v̂ = g², so that it has almost the length η whatever the gradient is.
  assertNear(steps[0], [1 - 0.1 * 0.5 / 0.51, -2 + 0.1 * 4 / 4.01]);
  // Second: m = 0.8·0.2g₁ + 0.2g₂ over 1 − 0.64, v = 0.96·0.04g₁² + 0.04g₂² over 1 − 0.9216.
  const second = (g1: number, g2: number) => {
    const mean = (0.16 * g1 + 0.2 * g2) / 0.36;
    const square = (0.0384 * g1 ** 2 + 0.04 * g2 ** 2) / 0.0784;
    return 0.1 * mean / (Math.sqrt(square) + 0.01);
  };
  assertNear(steps[1], [steps[0][0] - second(0.5, 2), steps[0][1] - second(-4, 1)], 1e-14);
  assertEquals(updateRule("adam").name, "Adam");
});

Deno.test("Adam's usual constants are 0.9, 0.999, 10⁻⁸", () => {
  const usual = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  assertEquals(
    after(updateRule("adam"), slopes, () => 0.1),
    after(updateRule("adam", usual), slopes, () => 0.1),
  );
  // A gradient of the size of ε halves the first step: with another ε it would not.
  assertNear(after(updateRule("adam"), [[1e-8, -1e-8]], () => 0.1)[0], [0.95, -1.95], 1e-12);
});

Deno.test("weight decay of Adam is decoupled: it shrinks values and enters no mean", () => {
  const decayed = after(updateRule("adam", { weightDecay: 0.3 }), [[0, 0], [0, 0]], () => 0.1);
  assertNear(decayed[0], [0.97, -1.94]);
  assertNear(decayed[1], [0.97 * 0.97, -2 * 0.97 * 0.97]);
  const once = after(updateRule("adam", { weightDecay: 0.3, epsilon: 0 }), [[3, 5]], () => 0.1);
  assertNear(once[0], [0.97 - 0.1, -1.94 - 0.1]);
  assertEquals(updateRule("adam", { weightDecay: 0.3 }).name, "AdamW, decay 0.3");
});

Deno.test("two arrays of one rule have memories of their own", () => {
  for (const name of ["momentum", "adam"] as const) {
    const rule = updateRule(name), one = Float64Array.of(1), two = Float64Array.of(1);
    const [first, second] = [rule.begin(1), rule.begin(1)];
    for (let t = 1; t <= 3; t++) first(one, Float64Array.of(7), 0.1, t);
    second(two, Float64Array.of(7), 0.1, 1);
    assertAlmostEquals(two[0], name === "adam" ? 0.9 : 0.3, 1e-9);
  }
});

Deno.test("a rule of one's own keeps its name, answers nothing, and the optimizer steps with it", () => {
  const calls: [number, number, number][] = [];
  const half: UpdateRule = {
    name: "half of the way to zero",
    begin: (length) => (values, _gradient, eta, t) => {
      calls.push([length, eta, t]);
      values.forEach((x, i) => values[i] = x / 2);
    },
  };
  assertEquals(updateRule(half).name, half.name);
  const network = softmaxRegression({ inputs: 4, classes: 3 });
  network.values.forEach((_, i) => network.values[i] = i);
  const before = network.values.slice();
  const rule = optimizer(network, {
    learningRate: 0.2,
    method: half,
    rates: { weight: 3, bias: 0 },
  });
  network.lossAndGradient(examples(5, 4, 3));
  rule.step();
  rule.step(0.5);
  // Twelve weights, at three times the step size; biases at rate 0 are not asked for.
  assertEquals(calls.map(([length, eta, t]) => [length, Math.round(10 * eta) / 10, t]), [
    ...[[12, 0.6, 1], [12, 1.5, 2]],
  ]);
  assertEquals(network.values.subarray(0, 12), before.subarray(0, 12).map((x) => x / 4));
  assertEquals(network.values.subarray(12), before.subarray(12));
});

Deno.test("the optimizer's sgd and gd are gradient descent, its constants those of the rule", () => {
  const moved = (options: object) => {
    const network = softmaxRegression({ inputs: 4, classes: 3 });
    const rule = optimizer(network, { learningRate: 0.3, ...options });
    for (let t = 0; t < 2; t++) {
      network.lossAndGradient(examples(5, 4, 3));
      rule.step();
    }
    return network.values.slice();
  };
  assertEquals(moved({}), moved({ method: "gd" }));
  assertEquals(moved({ method: "sgd" }), moved({ method: updateRule("gd") }));
  const heavy = updateRule("momentum", { momentum: 0.5 });
  assertEquals(moved({ method: "momentum", momentum: 0.5 }), moved({ method: heavy }));
});

Deno.test("a rule of one's own that gives no update, or values that nobody reads, is refused", () => {
  const none = updateRule({ name: "none", begin: (() => 5) as never });
  assertThrows(() => none.begin(1), TypeError, 'rule "none" as its begin must return a function');
  const copied = updateRule({
    name: "copied",
    begin: () => ((x: Float64Array) => x.slice()) as never,
  });
  const [x, g] = [Float64Array.of(1), Float64Array.of(1)];
  assertThrows(
    () => copied.begin(1)(x, g, 1, 1),
    TypeError,
    'rule "copied" as its update must change the values in place and return nothing: current value is ' +
      "a Float64Array",
  );
});

Deno.test("mistakes name the argument, what it must be and what it is", () => {
  const cases: [() => unknown, string][] = [
    [
      () => updateRule("lion" as "gd"),
      'rule must be one of gd, momentum, adam, or { name, begin }: current value is "lion"',
    ],
    [() => updateRule({ name: "none" } as never), "rule must be one of gd, momentum, adam, or"],
    [() => updateRule({ begin: () => () => {} } as never), "name of the rule must be a string"],
    [
      () => updateRule({ name: "x", begin: () => () => {}, rate: 1 } as never),
      'current value has "rate"',
    ],
    [() => updateRule("momentum", { mu: 0.9 } as never), 'current value has "mu"'],
    [
      () => updateRule("momentum", { momentum: 1.1 }),
      "momentum must lie in [0, 1]: current value is 1.1",
    ],
    [() => updateRule("momentum", { momentum: NaN }), "momentum must lie in [0, 1]"],
    [() => updateRule("adam", { beta1: -0.1 }), "beta1 must lie in [0, 1): current value is -0.1"],
    [() => updateRule("adam", { beta1: 1 }), "beta1 must lie in [0, 1): current value is 1"],
    [() => updateRule("adam", { beta2: 1 }), "beta2 must lie in [0, 1): current value is 1"],
    [() => updateRule("adam", { beta2: NaN }), "beta2 must lie in [0, 1): current value is NaN"],
    [() => updateRule("adam", { epsilon: -1e-9 }), "epsilon must be a finite number >= 0"],
    [
      () => updateRule("adam", { weightDecay: Infinity }),
      "weightDecay must be a finite number >= 0",
    ],
  ];
  for (const [call, message] of cases) assertThrows(call, Error, message);
});

Deno.test("ends of the ranges are taken: momentum 1, no ε, no decay", () => {
  const steps = after(updateRule("momentum", { momentum: 1 }), [[1, 0], [1, 0]], () => 0.1);
  assertNear(steps[1], [0.7, -2]);
  assertNear(
    after(updateRule("adam", { beta1: 0, beta2: 0, epsilon: 0 }), [[3, -2]], () => 0.1)[0],
    [
      ...[0.9, -1.9],
    ],
  );
});
