import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { summary } from "lora-dynamics/experiment/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close } from "../_helpers.ts";

const MODE = { s: 1.7, sigma: 0.6, alpha: 3e-4 };

Deno.test("laws of the escape time away from s = σ = 1 are the golden ones", () => {
  const { gauss, one_sided, spectral_ours, spectral_paper } = golden.general.T_half_laws;
  const wanted = { gauss, zeroB: one_sided, zeroA: one_sided, spectralPaper: spectral_paper };
  for (const [start, [mean, sd]] of Object.entries(wanted)) {
    const law = mf.escapeLaw({ start: start as "gauss", ...MODE, r: 5 });
    close(law.mean, mean, 1e-12);
    close(law.sd, sd, 1e-12);
  }
  close(mf.spectralEscapeTime(MODE), spectral_ours, 1e-12);
});

Deno.test("escapeLaw() and escapeSurvival() are those of escapeTimeOf() over starts", () => {
  const problem = mf.aligned({ s2: [0.5, 1.7], target: [0, 0.6], m: 2, h: 4, n: 3 });
  for (
    const [start, r] of [["zeroB", 2], ["zeroA", 3], ["gauss", 3], ["spectralPaper", 2]] as const
  ) {
    const law = { start, ...MODE, r }, { mean, sd } = mf.escapeLaw(law);
    const times = Array.from({ length: 600 }, (_, i) => {
      const draws = portable(50_000 + i);
      return mf.escapeTimeOf(problem, mf.startAdapters(problem, { start, r, alpha: 3e-4, draws }));
    });
    const found = summary(times);
    assertAlmostEquals(found.mean, mean, 4 * found.se, start);
    assertAlmostEquals(found.sd, sd, 0.15 * sd, start);
    for (const p of [0.1, 0.5, 0.9]) {
      const t = mf.escapeQuantile(law, p), below = times.filter((x) => x <= t).length / 600;
      assertAlmostEquals(below, p, 4 * Math.sqrt(p * (1 - p) / 600), `${start} ${p}`);
      assertAlmostEquals(mf.escapeSurvival(law, t), 1 - p, 1e-11);
    }
  }
});

Deno.test("escapeSurvival() is the chi-square law in closed form for even and odd ranks", () => {
  const at = (r: number, y: number) => {
    const law = { start: "gauss", ...MODE, r } as const;
    const t = Math.log(2 * MODE.sigma / (MODE.s * MODE.alpha ** 2) / y) / (2 * MODE.s * MODE.sigma);
    return mf.escapeSurvival(law, t);
  };
  for (const y of [1e-6, 0.3, 2, 9, 60]) {
    const x = y / 2;
    assertAlmostEquals(at(2, y), -Math.expm1(-x), 1e-14);
    assertAlmostEquals(at(4, y), 1 - Math.exp(-x) * (1 + x), 1e-14);
  }
  // The law of three degrees of freedom is that of one less 2√(x/π)e^{−x}.
  for (const y of [0.3, 2, 9]) {
    assertAlmostEquals(
      at(3, y),
      at(1, y) - 2 * Math.sqrt(y / 2 / Math.PI) * Math.exp(-y / 2),
      1e-14,
    );
  }
  close(at(4, 1e-6), (5e-7) ** 2 / 2, 1e-6); // no digits lost in the tail
  assertEquals(at(4, 1e5), 1);
});

Deno.test("delayTail() is the late limit of the exact probability, with the rate λ", () => {
  const law = { start: "spectralPaper", ...MODE } as const;
  const late = mf.escapeQuantile(law, 0.9999), later = late + 2;
  close(mf.delayTail(MODE, late) / mf.escapeSurvival(law, late), 1, 1e-7);
  close(Math.log(mf.delayTail(MODE, late) / mf.delayTail(MODE, later)), 2 * 1.7 * 0.6, 1e-12);
  close(mf.delayTail(MODE, 0), Math.sqrt(2 / Math.PI) * Math.sqrt(4 * 0.6 / (1.7 * 9e-8)), 1e-12);
});

Deno.test("the golden delay: law of 400 draws of the paper's spectral start", () => {
  const { law_mean, law_sd, deterministic_ours } = golden.spectralDelay.delay;
  const mode = { s: 2.5, sigma: 5, alpha: 1e-6 };
  const { mean, sd } = mf.escapeLaw({ start: "spectralPaper", ...mode });
  close(mean, law_mean, 1e-12);
  close(sd, law_sd, 1e-12);
  close(sd, Math.PI / (2 * Math.SQRT2 * 12.5), 1e-12);
  close(mf.spectralEscapeTime(mode), deterministic_ours, 1e-12);
});

Deno.test("laws refuse starts without one, and values out of range", () => {
  const law = { start: "zeroB", ...MODE, r: 3 } as const;
  const refused = (change: object, words: string) =>
    assertThrows(() => mf.escapeLaw({ ...law, ...change } as never), RangeError, words);
  refused({ start: "spectral" }, "not random, see spectralEscapeTime");
  refused(
    { start: "zerob" },
    'one of zeroB, zeroA, spectralPaper, gauss: current value is "zerob"',
  );
  refused({ r: 0 }, "r must be an integer >= 1");
  refused({ r: 1.5 }, "r must be an integer >= 1");
  refused({ r: undefined }, "r must be an integer >= 1");
  for (const name of ["s", "sigma", "alpha"]) {
    for (const bad of [0, NaN, -1]) refused({ [name]: bad }, "must be a finite number > 0");
    assertThrows(() => mf.spectralEscapeTime({ ...MODE, [name]: 0 }), RangeError, "> 0");
    assertThrows(() => mf.delayTail({ ...MODE, [name]: NaN }, 1), RangeError, "> 0");
  }
  assertThrows(() => mf.escapeLaw({ ...law, d: 3 } as never), TypeError, "no other keys");
  assertThrows(() => mf.escapeSurvival(law, NaN), RangeError, "t must be finite");
  assertThrows(() => mf.delayTail(MODE, NaN), RangeError, "t must be finite");
  for (const p of [0, 1, NaN]) assertThrows(() => mf.escapeQuantile(law, p), RangeError, "(0, 1)");
  assertLess(mf.escapeQuantile(law, 1e-9), mf.escapeQuantile(law, 1 - 1e-9));
});
