import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { LinearChain } from "lora-dynamics/chain/mod.ts";
import { summary } from "lora-dynamics/experiment/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import {
  linearNoiseFloor,
  linearRelaxation,
  noiseFloor,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import golden from "../../../golden/pre-training-hurts.json" with { type: "json" };

function assertClose(x: number, y: number, rel: number, where: string): void {
  assertAlmostEquals(x, y, rel * Math.abs(y), where);
}

Deno.test("noiseFloor() has the reference's gaps and risks, and full fine-tuning's above them", () => {
  for (const { mu, batch, gap, excessRisk } of golden.noiseFloor) {
    const floor = noiseFloor({ step: 0.1, labelNoise: 0.5, d: 1e5, batch, mu, kappa: 1 });
    assertClose(floor.gap, gap, 1e-14, `gap at ${mu}`);
    assertClose(floor.excessRisk, excessRisk, 1e-13, `risk at ${mu}`);
    assertClose(floor.fullExcessRisk * (1 - mu) ** 2, floor.excessRisk, 1e-14, `full at ${mu}`);
  }
  const floor = noiseFloor({
    step: 0.3,
    labelNoise: 0.2,
    d: 700,
    batch: 5000,
    mu: 0.4,
    kappa: 0.6,
  });
  assertClose(floor.gap, 0.3 * 0.2 * 700 / 20_000, 1e-14, "gap");
  assertClose(floor.excessRisk, 0.6 * 0.36 * floor.gap, 1e-14, "risk");
  const along = noiseFloor({
    step: 0.3,
    labelNoise: 0.2,
    d: 700,
    batch: 5000,
    mu: 0.4,
    kappa: 0.6,
    kappaZ: 1.7,
  });
  assertClose(along.excessRisk - floor.excessRisk, 1.7 * 0.3 * 0.2 / 20_000, 1e-11, "of u");
});

/** One mean step of the linear target from `h²`, in coordinates, with no shortcut. */
function meanMove(
  { step, labelNoise, d, batch, mu }: Parameters<typeof linearNoiseFloor>[0],
  square: number,
): number {
  const m = Math.sqrt(1 - square), h = Math.sqrt(square), u = (1 - mu) * m;
  const v = [mu + u * m - 1, u * h]; // w − ω⋆
  const residual = v[0] ** 2 + v[1] ** 2 + labelNoise;
  const moved = [m - step * u * v[0], h - step * u * v[1]];
  const outside = (step * u) ** 2 * residual * d / batch;
  const length = moved[0] ** 2 + moved[1] ** 2 + outside;
  return 1 - moved[0] ** 2 / length;
}

const SETTINGS = [
  { step: 0.1, labelNoise: 0.5, d: 1e5, batch: 1e5, mu: 0.2 },
  { step: 0.6, labelNoise: 0.3, d: 400, batch: 300, mu: 0.1 },
  { step: 0.2, labelNoise: 2, d: 400, batch: 90, mu: 0.7 },
  { step: 0.3, labelNoise: 1e-3, d: 50, batch: 500, mu: 0 },
];

Deno.test("linearNoiseFloor() is where a mean step rests", () => {
  for (const setting of SETTINGS) {
    const { gap, excessRisk } = linearNoiseFloor(setting), square = 1 - (1 - gap) ** 2;
    // `1 − m²` of a mean step has lost the digits above its size.
    assertAlmostEquals(meanMove(setting, square), square, 1e-12 * square + 1e-15);
    assertAlmostEquals(excessRisk, (1 - setting.mu) ** 2 * square / 2, 1e-15);
    assertLess(square / 2, meanMove(setting, square / 2));
    assertLess(meanMove(setting, 1.5 * square), 1.5 * square);
  }
});

Deno.test("linearNoiseFloor() tends to noiseFloor() for small steps, the gap like the step", () => {
  const off = (step: number) => {
    const setting = { ...SETTINGS[1], step };
    return Math.abs(linearNoiseFloor(setting).gap / noiseFloor({ ...setting, kappa: 1 }).gap - 1);
  };
  assertClose(off(0.02) / off(0.01), 2, 0.05, "order");
});

Deno.test("linearNoiseFloor() balances one step of 40000 linear chains (4 s.e.)", () => {
  const setting = { step: 0.1, labelNoise: 0.5, d: 1e5, batch: 1e5, mu: 0.2 },
    { gap } = linearNoiseFloor(setting);
  const drift = (at: number) => {
    const { d, batch, step, mu, labelNoise: noise } = setting, m = 1 - at;
    const model = { student: activation("x"), d, frozen: [mu], batch, step, noise };
    const start = { u: (1 - mu) * m, a: [m] };
    const chain = new LinearChain(model, 40_000, stream("7", "balance"), start);
    chain.step();
    return summary(chain.state.a.map((x) => x - m));
  };
  const { mean, se } = drift(gap), pull = 2 * setting.step * (1 - setting.mu) ** 2 * gap;
  assertLess(Math.abs(mean), 4 * se);
  // Control: the leading order, 4 % lower, is not stationary.
  const leading = drift(noiseFloor({ ...setting, kappa: 1 }).gap);
  assertLess(leading.mean, -4 * leading.se);
  assertGreater(drift(2 * gap).mean, 0.5 * pull);
});

Deno.test("linearRelaxation() is the factor of a mean step without label noise", () => {
  for (const setting of SETTINGS) {
    const small = 1e-6, factor = meanMove({ ...setting, labelNoise: 0 }, small) / small;
    assertClose(linearRelaxation(setting), -1 / Math.log(factor), 1e-5, `${setting.mu}`);
  }
});

Deno.test("risk times relaxation is Delta d/(8b) for small steps, whatever strength and step", () => {
  for (const [mu, step] of [[0.1, 1e-3], [0.6, 1e-3], [0.6, 4e-3]]) {
    const setting = { step, labelNoise: 0.7, d: 300, batch: 900, mu };
    const product = linearNoiseFloor(setting).excessRisk * linearRelaxation(setting);
    assertClose(product, 0.7 / (8 * 3), 0.01, `${mu} ${step}`);
  }
});

Deno.test("floors name what makes no sense, and an optimum that is not stable", () => {
  const good = { step: 0.1, labelNoise: 0.5, d: 10, batch: 10, mu: 0.5 };
  for (const bad of [NaN, 0, -1, Infinity, -Infinity]) {
    for (const name of ["step", "labelNoise", "d", "batch"]) {
      const wanted = `${name} must be a finite number > 0: current value is ${bad}`;
      assertThrows(() => linearNoiseFloor({ ...good, [name]: bad }), RangeError, wanted);
      assertThrows(() => noiseFloor({ ...good, kappa: 1, [name]: bad }), RangeError, wanted);
      if (name === "labelNoise") continue;
      assertThrows(() => linearRelaxation({ ...good, [name]: bad }), RangeError, wanted);
    }
    assertThrows(() => noiseFloor({ ...good, kappa: bad }), RangeError, "kappa must be");
  }
  for (const [mu, words] of [[NaN, "mu must be finite"], [1, "mu must not be 1"]] as const) {
    assertThrows(() => linearNoiseFloor({ ...good, mu }), RangeError, words);
    assertThrows(() => noiseFloor({ ...good, kappa: 1, mu }), RangeError, words);
  }
  // A weight that is too long by as much has the same floor: it depends on (1 − μ)².
  assertClose(
    linearNoiseFloor({ ...good, mu: 1.5 }).gap,
    linearNoiseFloor(good).gap,
    1e-14,
    "1.5",
  );
  const load = { step: 1, labelNoise: 0.5, d: 300, batch: 100, mu: 0.2 };
  for (const f of [linearNoiseFloor, linearRelaxation]) {
    assertThrows(
      () => f(load),
      RangeError,
      "must be below 2, where the optimum is stable: current value is 2.56",
    );
  }
  assertEquals(Number.isFinite(linearNoiseFloor({ ...load, d: 212 }).gap), true);
});
