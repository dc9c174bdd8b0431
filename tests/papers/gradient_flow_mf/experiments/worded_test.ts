/** Tables as people read them: headings are words and symbols, starts have their names in words. */
import { assert, assertEquals } from "@std/assert";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import {
  namesInWords,
  worded,
} from "../../../../lib/papers/gradient_flow_mf/experiments/worded.ts";

Deno.test("worded() renames known columns and starts, and leaves words and own names", () => {
  const table = worded(() => [{ start: "zeroB", alpha: 1, "± se": 2, mine: 3 }], { mine: "ours" });
  assertEquals(table(), [{ start: "B = 0 (paper)", "α": 1, "± se": 2, ours: 3 }]);
  assertEquals(worded((x: number) => [{ start: "my start", x }])(4), [{ start: "my start", x: 4 }]);
});

Deno.test("namesInWords() says once what names share, and only where one number differs", () => {
  assertEquals(namesInWords(["d = 12, s₁ = 0.25", "d = 12, s₁ = 0.5"]), "d = 12, s₁ = 0.25, 0.5");
  assertEquals(
    namesInWords(["d = 12, s₁ = 0.25", "d = 10, s₁ = 0.5"]),
    "d = 12, s₁ = 0.25; d = 10, s₁ = 0.5",
  );
  assertEquals(namesInWords(["mine", "mine too"]), "mine; mine too");
  assertEquals(namesInWords(["c = 2"]), "c = 2");
});

Deno.test("no table of an experiment has a heading that is a name of the code", async () => {
  const preset = "quick", one = { preset, copies: 1, alpha: [1e-2, 1e-3] } as const;
  const tables = await Promise.all([
    mf.statedConstants(),
    mf.spectralPrecision({ preset }),
    mf.competition({ ...one, problems: [mf.canonical({ d: 4, s1: 0.5 })], copies: 2 }),
    mf.finalErrors({ ...one, problems: [mf.problemQ({ delta: 0.6 })] }),
    mf.slowedAdapter({ ...one, rates: [0.5] }),
    mf.escapeTimes({ ...one, copies: 2, shown: 1e-3 }),
    mf.truncation({ preset, points: 2, horizon: 20 }),
    mf.momentum({ preset, alpha: 1e-4, points: 50 }),
    mf.courses({ ...one, points: 2, horizon: 5 }),
  ]);
  const names = /^(?:[a-z]+[A-Z]\w*|alpha|beta|rho|kappa|eta|epsilon|at|[a-z]\d|off|rest|std)$/;
  for (const run of tables) {
    for (const row of run.table()) {
      for (const heading of Object.keys(row)) assert(!names.test(heading), heading);
    }
  }
});
