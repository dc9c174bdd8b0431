import { assert, assertEquals, assertFalse, assertGreater } from "@std/assert";
import { type Figure, svg, theme } from "lora-dynamics/figure/mod.ts";
import * as paper from "lora-dynamics/papers/pre_training_hurts/mod.ts";

/** Points of a few series at a few positions, means with standard errors. */
const points = (series: string[], xs: number[], y: (x: number, i: number) => number) =>
  series.flatMap((name, i) => xs.map((x) => ({ series: name, x, y: y(x, i), se: 0.05 * y(x, i) })));

const MU = [0.1, 0.5, 0.9];
const DIMENSIONS = [1e3, 1e5, 1e7, 1e9];
const STEPS = [0, 1, 10, 100, 1000];

const path = (mu: number, at: number) => {
  const m = Math.tanh(at / 100 + 0.03), s = mu + (1 - mu) * m * m;
  return { mu, at, m, s, loss: (1 - s) ** 2 / 2 };
};
const exits = ["x", "relu"].flatMap((student) =>
  MU.map((mu) => ({ student, mu, steps: 20 / (1 - mu) ** 2, se: 2 }))
);
const curve = points(["theory and runs", "only runs"], DIMENSIONS, (x, i) => Math.log(x) * (i + 1));
const lines = curve.filter((row) => row.series === "theory and runs");
const losses = ["relu", "erf"].flatMap((student) =>
  [1, 2, 4].flatMap((rank) =>
    MU.flatMap((mu) =>
      ["1", "2"].flatMap((seed) =>
        STEPS.map((at) => ({ student, rank, mu, seed, at, loss: at > 100 ? 0 : 0.03 / (1 + at) }))
      )
    )
  )
);

interface Case {
  readonly figure: Figure;
  /** Texts that must be seen. */
  readonly texts: readonly string[];
}

const FIGURES: Record<string, Case> = {
  searchTimeFigure: {
    figure: paper.searchTimeFigure(
      [["a", "x"], ["a", "sigmoid"], ["b", "He2"], ["c", "He3"], ["c", "He5"]].flatMap((
        [panel, activation],
      ) =>
        MU.map((mu) => ({ panel, activation, mu, tau: mu === 0.5 ? Infinity : 1 / (1 - mu) ** 2 }))
      ),
      [0.2, 0.325].flatMap((mu) => STEPS.map((at) => ({ mu, time: at, m: path(mu, at).m }))),
    ),
    texts: ["linear", "sigmoid", "He2", "He3", "He5", "μ = 0.2", "μ = 0.325", "(a)", "(d)"],
  },
  dynamics: {
    figure: (await paper.dynamicsOf.He3({ mu: MU, d: 100, batch: 50, steps: 30, points: 8 }))
      .figure(),
    texts: ["μ = 0.1", "μ = 0.5", "μ = 0.9", "SGD steps", "(a)", "(b)", "(c)"],
  },
  exitTimeFigure: {
    figure: paper.exitTimeFigure({
      flow: exits,
      chain: exits,
      windowFlow: exits,
      published: exits.slice(0, 2),
    }),
    texts: ["linear", "ReLU", "(a)", "(b)"],
  },
  potentialFigure: {
    figure: paper.potentialFigure(
      MU.flatMap((mu) => [-4, 0, 4].map((g) => ({ mu, g, V: paper.effectivePotential(mu, g) }))),
    ),
    texts: ["μ = 0.1", "μ = 0.5", "μ = 0.9"],
  },
  biasFigure: {
    figure: paper.biasFigure(
      [2, 4].flatMap((k) => [0, 0.5, 1].map((r) => ({ k, r, bias: (1 - r) ** (k / 2) }))),
    ),
    texts: ["k = 2", "k = 4"],
  },
  squaredTeacherFigure: {
    figure: paper.squaredTeacherFigure(
      ["x", "He3"].flatMap((activation) => MU.map((mu) => ({ activation, mu, tau: 1 / mu }))),
      [0, 1].flatMap((copy) =>
        STEPS.map((at) => ({ at, copy, stage: at > 10 ? 2 : 1, m: 0.5, s: 0.3 }))
      ),
    ),
    texts: ["linear", "He3", "|m|", "s = w·ω⋆", "(a)", "(b)"],
  },
  misalignedFigure: {
    figure: paper.misalignedFigure(
      ["x", "erf"].flatMap((student) =>
        STEPS.map((at) => ({ student, at, copy: 0, m: 0.7, n: -0.7 }))
      ),
      ["x", "erf"].flatMap((student) => STEPS.map((at) => ({ student, at, m: 0.7, n: -0.7 }))),
    ),
    texts: ["linear", "erf", "m = ω·ω⋆", "n = ω·ξ", "±1/√2"],
  },
  dimensionFigure: {
    figure: paper.dimensionFigure(lines, curve),
    texts: ["theory and runs", "only runs", "10⁹"],
  },
  noiseFigure: {
    figure: paper.noiseFigure(
      { lines, means: curve },
      points(["/{d} = 10⁴", "/{d} = 10⁶"], [0.3, 1, 4], (x) => Number(x >= 1)),
    ),
    texts: ["theory and runs", "only runs", "d = 10⁴", "d = 10⁶"],
  },
  stepRatioFigure: {
    figure: paper.stepRatioFigure(lines, curve),
    texts: ["theory and runs", "only runs"],
  },
  curriculumFigure: {
    figure: paper.curriculumFigure(points(["flip", "direct"], [0.1, 0.4], (x) => x), 0.3207),
    texts: ["flip", "direct"],
  },
  angleFigure: {
    figure: paper.angleFigure(
      points(["x", "He3"], [0, 15, 60, 90], (x) => x > 0 ? 90 / x : Infinity),
    ),
    texts: ["linear", "He3"],
  },
  committeeFigure: {
    figure: paper.committeeFigure(losses),
    texts: ["μ = 0.1", "μ = 0.5", "μ = 0.9", "ReLU, rank 1", "erf, rank 4", "(f)"],
  },
  committeeEndFigure: {
    figure: paper.committeeEndFigure(losses.filter((row) => row.at === 1000)),
    texts: ["μ = 0.1", "μ = 0.5", "μ = 0.9"],
  },
  digitsFigure: {
    figure: paper.digitsFigure(
      MU.flatMap((mu) =>
        ["1", "2"].map((seed) => ({ mu, seed, exit: seed === "2" ? null : 99 / (1 - mu) }))
      ),
      MU.map((mu) => ({ mu, exit: 99 / (1 - mu) })),
      -1.87,
    ),
    texts: ["seeds", "median", "fit, slope −1.87"],
  },
  comparisonFigure: {
    figure: paper.comparisonFigure(
      [1, 2, 3, 4].flatMap((k) =>
        ["scratch", "LoRA"].flatMap((series) =>
          DIMENSIONS.map((d) => ({ k, series, d, time: d ** (k / 8) }))
        )
      ),
    ),
    texts: ["scratch", "LoRA", "linear, k = 1", "He4"],
  },
  floorFigure: {
    figure: paper.floorFigure(
      { lines: points(["b = d"], MU, () => 0.0125), means: points(["b = d"], MU, () => 0.0126) },
      { lines: points(["b = d"], MU, (x) => 1 - x), means: points(["b = d"], MU, (x) => 1 - x) },
    ),
    texts: ["b = d", "excess risk", "(a)", "(b)"],
  },
  samplesFigure: {
    figure: paper.samplesFigure(
      points(["adaptive", "constant"], [1e5, 1e7, 1e9], (_, i) => 0.4 + 5 * i),
    ),
    texts: ["adaptive", "constant"],
  },
  phaseFigure: {
    figure: paper.phaseFigure(
      [0.1, 0.3, 0.5].flatMap((mu) =>
        [0, 0.5, 1].map((a) => ({
          mu,
          a,
          tau: a === 1 ? Infinity : 10,
          basin: a > mu ? "wrong" : "right",
        }))
      ),
    ),
    texts: ["×", "log10 τ"],
  },
};

/** All texts of an SVG, markup taken out. */
function texts(text: string): string[] {
  return [...text.matchAll(/<text[^>]*>(.*?)<\/text>/gs)]
    .map(([, inner]) => inner.replace(/<[^>]*>/g, ""));
}

Deno.test("every figure function of the paper is drawn here", () => {
  const exported = Object.keys(paper).filter((name) =>
    name.endsWith("Figure") || name === "dynamics"
  );
  assertEquals(Object.keys(FIGURES).toSorted(), exported.toSorted());
});

for (const [name, { figure, texts: wanted }] of Object.entries(FIGURES)) {
  for (const size of ["column", "page"] as const) {
    Deno.test(`${name}() is one standalone SVG without NaN, ${size} size`, () => {
      const text = svg(figure, { size });
      assertEquals(text.match(/<svg/g)!.length, 1);
      assert(
        text.startsWith(`<svg xmlns="http://www.w3.org/2000/svg" width="${theme.inches[size]}in"`),
      );
      assert(text.endsWith("</svg>"));
      assertFalse(/NaN|undefined|Infinity|null|\[object/.test(text));
      assertFalse(/<style|<script|<image| href| class=|currentColor|url\((?!#)/.test(text));
      const open: string[] = [];
      for (const [, end, element, self] of text.matchAll(/<(\/?)([\w]+)[^>]*?(\/?)>/g)) {
        if (end) assertEquals(open.pop(), element);
        else if (!self) open.push(element);
      }
      assertEquals(open, []);
      const seen = texts(text).join("\n");
      for (const label of wanted) assert(seen.includes(label), `"${label}" is not in:\n${seen}`);
      // Raw markup of labels has been turned into type.
      assertFalse(/\/\{|_\{|\^\{/.test(seen), seen);
    });
  }

  Deno.test(`${name}() keeps its rows and a caption that is a sentence`, () => {
    const tables = Array.isArray(figure.rows) ? [figure.rows] : Object.values(figure.rows);
    for (const rows of tables) assertGreater(rows.length, 0);
    const { caption = "" } = figure;
    assert(/^\S.{30,}\.$/s.test(caption), caption);
    assertFalse(/\/\{|_\{/.test(caption), caption);
  });
}

Deno.test("activationLabel() prints names as the paper does", () => {
  assertEquals(
    ["x", "relu", "erf", "sigmoid", "He3", "He10", "He2^2"].map(paper.activationLabel),
    ["linear", "ReLU", "erf", "sigmoid", "He_{3}", "He_{10}", "He_{2}²"],
  );
});
