/** Every figure of these rooms is one standalone picture of finite numbers under a caption that is a sentence. */
import { assert, assertEquals, assertFalse, assertGreater } from "@std/assert";
import { type Figure, svg } from "lora-dynamics/figure/mod.ts";
import * as hurts from "lora-dynamics/papers/pre_training_hurts/mod.ts";

const small = { preset: "quick", d: 50, batch: 40, copies: 2 } as const;

/** Figures at sizes for a test, with texts that must be seen. */
const FIGURES: Record<string, { draw: () => Promise<{ figure(): Figure }>; texts: string[] }> = {
  courses: {
    draw: () => hurts.courses({ ...small, student: "He3", mu: [0.2, 0.6], steps: 40, copies: 3 }),
    texts: ["μ = 0.2", "He3", "overlap |m|", "(c)"],
  },
  optimumStability: {
    draw: () => hurts.optimumStability({ ...small, mu: [0.2, 0.6], sizes: [1, 2], steps: 16 }),
    texts: ["d = 100", "critical strength", "growth of ln h² per step"],
  },
  spectralControl: {
    draw: () => hurts.spectralControl({ ...small, mu: [0.2, 0.5], maxSteps: 3000 }),
    texts: ["random start", "spectral start", "10⁻⁴"],
  },
  searchRates: {
    draw: () => hurts.searchRates({ ...small, batch: 4000 }),
    texts: ["ReLU", "angle of", "search time τ"],
  },
  squaredLabelRates: {
    draw: () => hurts.squaredLabelRates({ ...small, batch: 40_000, w0: [0.5, 0.8] }),
    texts: ["linear on x²", "labels 0", "strength μ"],
  },
  trapEnds: {
    draw: () => hurts.trapEnds({ ...small, mu: [0.5, 0.6], batch: 300, rest: 20 }),
    texts: ["direct training", "with the turn", "at the end"],
  },
  curriculumCourses: {
    draw: () => hurts.curriculumCourses({ preset: "quick", d: 50, copies: 2, first: 3, second: 1 }),
    texts: ["squared labels", "zero labels", "flow"],
  },
  misalignedCourses: {
    draw: () => hurts.misalignedCourses({ ...small, steps: 60 }),
    texts: ["ReLU, (0.6, 0.4)", "±1/√2", "SGD steps"],
  },
  exactness: {
    draw: () => hurts.exactness({ preset: "quick", copies: 60, looks: [1, 3], controls: [null] }),
    texts: ["one law", "control, no remainder", "standard errors"],
  },
  committeeExactness: {
    draw: () => hurts.committeeExactness({ preset: "quick", copies: 40, looks: [2, 5] }),
    texts: ["control, degrees +2", "bound of one law"],
  },
  committeeCourses: {
    draw: () => hurts.committeeCourses({ ...small, time: 60, points: 12, ranks: [1, 2, 3] }),
    texts: ["rank 3", "μ = 0.5", "least loss of this rank", "(1 − μ)²"],
  },
  digitsSearchTimes: {
    draw: () =>
      hurts.digitsSearchTimes({ preset: "quick", fullSteps: 200, mu: [0, 0.3, 0.6], copies: 2 }),
    texts: ["adapter on the digits", "exponent between neighbours", "1 − μ"],
  },
};

/** All texts of an SVG, markup taken out. */
function texts(text: string): string {
  return [...text.matchAll(/<text[^>]*>(.*?)<\/text>/gs)]
    .map(([, inner]) => inner.replace(/<[^>]*>/g, "")).join("\n");
}

for (const [name, { draw, texts: wanted }] of Object.entries(FIGURES)) {
  Deno.test(`${name} is drawn at both widths, from finite numbers, with what it shows in words`, async () => {
    const figure = (await draw()).figure();
    for (const size of ["column", "page"] as const) {
      const text = svg(figure, { size });
      assertEquals(text.match(/<svg/g)!.length, 1);
      assertFalse(/NaN|undefined|Infinity|null|\[object/.test(text));
      const seen = texts(text);
      for (const label of wanted) assert(seen.includes(label), `"${label}" is not in:\n${seen}`);
      assertFalse(/\/\{|_\{|\^\{/.test(seen), seen);
    }
    for (const rows of Object.values(figure.rows as Record<string, Record<string, unknown>[]>)) {
      assertGreater(rows.length, 0);
      for (const row of rows) {
        for (const value of Object.values(row)) {
          assert(typeof value === "string" || Number.isFinite(value), JSON.stringify(row));
        }
      }
    }
    // A legend that names every run is no legend.
    assert((figure.legend ?? []).length <= 9);
    const { caption = "" } = figure;
    assert(/^\S.{30,}\.$/s.test(caption), caption);
    assertFalse(/\/\{|_\{/.test(caption), caption);
  });
}
