import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { solveOde } from "lora-dynamics/ode/mod.ts";
import { escapeTime, largeDimension } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };

const { large_dimension, reduction } = golden.floors;

Deno.test("largeDimension() is the reference's at m = n and m ≠ n", () => {
  for (const row of large_dimension) {
    const { kappa_B: kappaB, kappa_A: kappaA, r, sigma, s } = row;
    const law = largeDimension({ kappaB, kappaA, r, sigma, s });
    assertAlmostEquals(law.initialLoss, row.L0_law, 1e-12);
    assertAlmostEquals(law.lateLoss(30) / row.L_30_law, 1, 1e-11);
    // The loss of a draw is off the law by the fluctuation of its three columns.
    assertAlmostEquals(law.lateLoss(30) / row.L_30, 1, 2e-3);
  }
  for (const row of reduction["dimension_sweep_alpha1e-4"]) {
    const law = largeDimension({ kappaB: row.kappa, r: 4 });
    assertAlmostEquals(law.lateLoss(40) / row.L_at_40_limit_law, 1, 1e-11);
    assertAlmostEquals(law.initialLoss, row.L0_pred, 1e-12);
    // The reference gives ‖z₁‖² by its T4.
    const x = Math.sqrt(2 * Math.exp(-2 * row.T_half_small_kappa) / 4 / 2);
    const same = Array(4).fill(x);
    assertAlmostEquals(law.halfTime(same, same), row.T_half_kappa_law, 1e-9);
  }
});

/** What the law says, by integrating its equations. */
function integrated(
  { kappaB, kappaA, sigma, s }: Record<"kappaB" | "kappaA" | "sigma" | "s", number>,
  b: number[],
  a: number[],
) {
  const r = b.length, wanted = Math.log(sigma / s);
  return solveOde(
    (_t, y, dy) => {
      const [cB, cA] = y;
      dy[0] = dy[1] = -2 * s * s * cA * cB;
      for (let i = 0; i < r; i++) {
        dy[2 + i] = s * sigma * y[2 + r + i] - s * s * cA * y[2 + i];
        dy[2 + r + i] = s * sigma * y[2 + i] - s * s * cB * y[2 + r + i];
      }
    },
    0,
    40,
    [kappaB, kappaA, ...b, ...a],
    {
      ...{ rtol: 1e-13, atol: 1e-18, times: [1.7, 40] },
      events: [{
        name: "half",
        g: (_t, y) => {
          let product = 0;
          for (let i = 0; i < r; i++) product += y[2 + i] * y[2 + r + i];
          return Math.log(Math.max(product, 1e-300)) - wanted;
        },
        direction: 1,
        terminal: false,
      }],
    },
  );
}

Deno.test("largeDimension() solves its equations, imbalanced noise and s, σ ≠ 1", () => {
  const b = [2e-4, -1e-4, 5e-5], a = [1e-4, 3e-5, -4e-4];
  for (const [kappaB, kappaA] of [[0.4, 0.1], [0.1, 0.4], [0.3, 0.3], [1.5, 1e-3]]) {
    const options = { kappaB, kappaA, sigma: 0.8, s: 1.4 };
    const law = largeDimension({ ...options, r: 3 }),
      { states, events } = integrated(options, b, a);
    const { cB, cA } = law.noise(1.7);
    assertAlmostEquals(cB / states[0][0], 1, 1e-10);
    assertAlmostEquals(cA / states[0][1], 1, 1e-10);
    const late = law.noise(40);
    assertAlmostEquals(law.lateLoss(40) / (1.4 ** 2 * late.cA * late.cB), 1, 1e-12);
    assertAlmostEquals(late.cB - late.cA, kappaB - kappaA, 1e-12);
    assertAlmostEquals(law.halfTime(b, a), events[0].t, 1e-8);
  }
});

Deno.test("largeDimension() joins m = n and m ≠ n, far times included", () => {
  const near = largeDimension({ kappaB: 0.2 + 1e-9, kappaA: 0.2, r: 2, s: 0.7 });
  const same = largeDimension({ kappaB: 0.2, r: 2, s: 0.7 });
  assertAlmostEquals(near.lateLoss(90) / same.lateLoss(90), 1, 1e-6);
  assertAlmostEquals(
    near.halfTime([1e-4, 0], [0, 1e-4]),
    same.halfTime([1e-4, 0], [0, 1e-4]),
    1e-6,
  );
  const apart = largeDimension({ kappaB: 0.9, kappaA: 0.4, r: 2 });
  // c_A → D e^{−2Dt} κ_A/κ_B, continued over the switch of formulas.
  for (const t of [29.9, 30.1, 200]) {
    assertAlmostEquals(apart.noise(t).cA / (0.5 * Math.exp(-t) * 0.4 / 0.9), 1, 1e-11);
  }
  assertAlmostEquals(apart.noise(200).cB, 0.5, 1e-12);
});

Deno.test("largeDimension() is T4 at small κ", () => {
  const b = [3e-5, 1e-5], a = [-1e-5, 2e-5], power = (2e-5 ** 2 + 3e-5 ** 2) / 2;
  const law = largeDimension({ kappaB: 1e-12, r: 2, s: 1.7, sigma: 0.6 });
  assertAlmostEquals(law.halfTime(b, a), escapeTime({ s: 1.7, sigma: 0.6, power }), 1e-8);
});

Deno.test("largeDimension() counts the shrinking part of a start that is not small", () => {
  // Without noise β·a = ½(‖z‖²X − ‖z̄‖²/X) with X = e^{2sσt}, and half-time is where it is σ/s.
  const s = 1.4, sigma = 2, z = Math.sqrt(0.1), bar = Math.sqrt(0.3);
  const law = largeDimension({ kappaA: 1e-14, kappaB: 1e-14, s, sigma, r: 2 });
  const b = Float64Array.of(z, bar).map((x) => x / Math.SQRT2);
  const a = Float64Array.of(z, -bar).map((x) => x / Math.SQRT2);
  const X = (sigma / s + Math.sqrt((sigma / s) ** 2 + z * z * bar * bar)) / (z * z);
  assertAlmostEquals(law.halfTime(b, a), Math.log(X) / (2 * s * sigma), 1e-10);
});

Deno.test("largeDimension() says what it cannot take", () => {
  const refused = (make: () => unknown, words: string) => assertThrows(make, Error, words);
  refused(() => largeDimension({ kappaB: 0, r: 4 }), "kappaB must be a finite number > 0");
  refused(() => largeDimension({ kappaB: 1, kappaA: -1, r: 4 }), "kappaA must be");
  refused(() => largeDimension({ kappaB: 1, r: 0 }), "r must be an integer >= 1");
  refused(() => largeDimension({ kappaB: 1, r: 1, sigma: NaN }), "sigma must be");
  refused(() => largeDimension({ kappaB: 1, r: 1, s: 0 }), "s must be");
  refused(() => largeDimension({ kappa: 1, r: 1 } as never), "kappa");
  const law = largeDimension({ kappaB: 1, r: 1 });
  refused(() => law.lateLoss(-1), "t must be");
  refused(() => law.halfTime([1, 2], [1]), "must have r = 1 entries: they have 2 and 1");
  refused(() => law.halfTime([NaN], [1]), "b[0] must be finite");
  refused(() => law.halfTime([2], [2]), "not have learnt half");
  refused(() => law.halfTime([1.1], [1.1]), "not have learnt half");
  refused(() => law.halfTime([1], [-1]), "‖z₁‖²");
  assertEquals(law.lateLoss(3), 0);
});
