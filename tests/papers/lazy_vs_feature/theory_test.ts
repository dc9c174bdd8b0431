import { assertAlmostEquals, assertThrows } from "@std/assert";
import {
  ACTIVATION_NAMES,
  ACTIVATIONS,
  adapterFlow,
  averages,
  claim2Gram,
  correlationSlope,
  factorGradient,
  fineTuning,
  kernelOf,
  lazyFlow,
  OverlapFlow,
  planeModel,
  populationLoss,
  quantised,
  standard,
  tangentConstants,
  terminal,
} from "lora-dynamics/papers/lazy_vs_feature/mod.ts";

const golden = JSON.parse(
  Deno.readTextFileSync(new URL("../../golden/lazy-vs-feature.json", import.meta.url)),
);

for (const name of ACTIVATION_NAMES) {
  const sigma = ACTIVATIONS[name];
  Deno.test(`landscape and moments of S agree with the reference, ${name}`, () => {
    const model = standard(sigma), table = golden.E1_theory_k8_kappa_1_over_sqrt2[name];
    const loose = name === "relu" ? 2e-4 : 1e-9;
    table.m.forEach((m: number, i: number) => {
      assertAlmostEquals(correlationSlope(model, m), table.dphi[i], 1e-11);
      assertAlmostEquals(populationLoss(model, m), table.loss[i], 1e-11);
      const { V, loss, gammaStar, gammaS } = averages(model, m);
      assertAlmostEquals(V, table.V[i], loose * Math.max(1, table.V[i]));
      assertAlmostEquals(loss, table.loss[i], loose);
      // Projected on the sphere, the mean gradient is −(1 − m²)Φ′.
      assertAlmostEquals(m * gammaS - gammaStar, table.drift_closed[i], loose);
    });
  });

  Deno.test(`slopes of the kernel and of the loss are differences, ${name}`, () => {
    const { value, slopeA, slopeC } = kernelOf(sigma), h = 1e-5;
    const dC = (value(1.2, 0.9, 0.3 + h) - value(1.2, 0.9, 0.3 - h)) / (2 * h);
    const dA = (value(1.2 + h, 0.9, 0.3) - value(1.2 - h, 0.9, 0.3)) / (2 * h);
    assertAlmostEquals(slopeC(1.2, 0.9, 0.3), dC, 1e-8);
    assertAlmostEquals(slopeA(1.2, 0.9, 0.3), dA, 1e-8);
    const hatC = [0.5, 0.1, -0.7, Math.sqrt(0.25)],
      model = fineTuning({
        activation: sigma,
        k: 4,
        kappa: 0.7,
        hatC,
      });
    const gradient = factorGradient(model, 0.4);
    for (const i of [0, 2]) {
      const moved = (by: number) =>
        populationLoss(
          { ...model, hatC: hatC.map((x, j) => j === i ? x + by : x) },
          0.4,
        );
      assertAlmostEquals(gradient[i], (moved(h) - moved(-h)) / (2 * h), 1e-8);
    }
  });
}

Deno.test("S is rational: moments, terminal law, lazy constants", () => {
  const { kurtosis, best, critical } = terminal(standard());
  assertAlmostEquals(kurtosis, 45 / 8, 1e-10);
  assertAlmostEquals(best, 0.2, 1e-10);
  assertAlmostEquals(critical, 0.4, 1e-10);
  const { D0, floor } = tangentConstants(standard());
  assertAlmostEquals(D0, 7 / 9, 1e-10);
  assertAlmostEquals(floor, 1 / 6, 1e-10);
});

Deno.test("the flow of S has the values of the reference", () => {
  const flow = new OverlapFlow(standard());
  const { tau, ode } = golden.flow;
  flow.course(0.2, tau.slice(1)).forEach((m, i) => assertAlmostEquals(m, ode[i + 1], 2e-7));
  assertAlmostEquals(flow.time(0.351), 5.155, 0.002);
});

Deno.test("best times on the κ axis agree with the reference", () => {
  for (const [kappa, wanted] of [[0.5, 12], [1, 30.051], [4, 1335.9]]) {
    const model = fineTuning({ activation: "h3", k: 1, kappa, c: [1] });
    assertAlmostEquals(new OverlapFlow(model).best().time / wanted, 1, 2e-4);
  }
  const noisy = fineTuning({ activation: "h3", k: 1, kappa: 0.1, c: [1] });
  assertAlmostEquals(new OverlapFlow(noisy, { noise: 0.25 }).best().time, 11.28, 0.01);
});

Deno.test("from zero, the full model reaches loss 0 and the lazy one a floor", () => {
  assertAlmostEquals(adapterFlow(standard(), 0.1, [60])[0].loss, 2e-4, 1e-4);
  assertAlmostEquals(lazyFlow(standard(), 0.1, [120])[0].loss, 0.1728, 1e-4);
});

Deno.test("Claim 2's base makes the teacher neurons orthonormal; the plane teacher has unit variance", () => {
  const c = quantised(5), gram = claim2Gram(5, c), r2 = 1 + 1 / 5;
  gram.forEach((b, at) => {
    const i = Math.floor(at / 5), j = at % 5;
    assertAlmostEquals((b + c[i] * c[j]) / r2, i === j ? 1 : 0, 1e-15);
  });
  // ĉ = c and m = 1 has loss 0, and Φ′(0) > 0 though the information exponent is 3.
  assertAlmostEquals(populationLoss(planeModel(), 1), 0, 1e-14);
  assertAlmostEquals(correlationSlope(planeModel(), 0), 0.82859, 1e-5);
});

Deno.test("models and theory refuse bad input with a sentence", () => {
  const base = { activation: "h3" as const, k: 4, kappa: 1 };
  assertThrows(() => fineTuning({ ...base, k: 0 }), RangeError, "k must be");
  assertThrows(() => fineTuning({ ...base, kappa: 0 }), RangeError, "kappa must be");
  assertThrows(() => fineTuning({ ...base, kappa: NaN }), RangeError, "kappa must be");
  assertThrows(() => fineTuning({ ...base, c: [1] }), RangeError, "c must have 4 entries");
  assertThrows(() => fineTuning({ ...base, c: [1, 1, 1, 1] }), RangeError, "c must have norm 1");
  assertThrows(() => correlationSlope(standard(), 1.5), RangeError, "m must lie");
});
