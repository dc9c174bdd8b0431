/** FP1 against the independent implementation, and what a reader may change in it. */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { where } from "lora-dynamics/experiment/mod.ts";
import { type Figure, svg } from "lora-dynamics/figure/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };

const panels = ({ panels }: Figure) => [panels].flat();
const titles = (figure: Figure) => panels(figure).map(({ title }) => title);
/** Small enough for a test. */
const small = {
  ...{ preset: "quick", starts: ["zeroA", "zeroB"], others: [], alpha: [1e-3] } as const,
  ...{ copies: 2, points: 6, earlyPoints: 3 },
} satisfies Parameters<typeof mf.paperFigure1>[0];
const decades = (rows: readonly mf.PaperRow[], start: string, copy: number, at: number) =>
  Math.log10(where(where(rows, "start", start), "copy", copy).find((row) => row.at === at)!.loss);

Deno.test("flow and descent end where the independent implementation does, start by start", async () => {
  const flow = await mf.paperFigure1({ ...small, others: ["gauss"] });
  const steps = await mf.paperFigure1({ ...small, eta: 1e-4 });
  for (const start of ["zeroA", "zeroB", "gauss"] as const) {
    const { L_end_first3, gap_end_first3 } = golden.paperFigure1.runs[start]["0.001"];
    for (const copy of [0, 1]) {
      const last = where(where(flow.rows, "start", start), "copy", copy).at(-1)!;
      assertAlmostEquals(last.loss / L_end_first3[copy], 1, 1e-5);
      assertAlmostEquals(last.gap / gap_end_first3[copy], 1, 1e-5);
      // Starts without lines have no theory, which saves its time.
      assertEquals(last.predicted === null, start === "gauss");
      if (last.predicted === null) continue;
      // First order in the noise: relative O(α^{2δ_w}), of the order of 10⁻⁴ here.
      assertAlmostEquals(last.predicted! / last.loss, 1, 3e-3);
      assertAlmostEquals(last.predictedGap! / last.gap, 1, 3e-3);
    }
  }
  for (const start of ["zeroA", "zeroB"] as const) {
    golden.paperFigure1.descent[start].slice(0, 2).forEach((wanted, copy) => {
      assertAlmostEquals(decades(steps.rows, start, copy, 5), wanted, 1e-5);
    });
  }
  assertEquals(flow.rows.map(({ seed }) => seed).includes("2001"), true);
  assert(steps.figure().caption!.includes("gradient descent, step 10⁻⁴"));
  assert(flow.figure().caption!.includes("gradient flow"));
});

Deno.test("the paper's spectral start draws from 3000 on, its losses reach rounding", async () => {
  const { rows } = await mf.paperFigure1({ ...small, starts: ["spectralPaper"] });
  assertEquals([...new Set(rows.map(({ seed }) => seed))], ["3000", "3001"]);
  for (const row of rows.filter(({ at }) => at === 5)) {
    assert(row.loss < 1e-24 && row.mixed === 0 && row.rest === 0);
  }
  const other = await mf.paperFigure1({ ...small, starts: ["zeroA"], seed: "5", horizon: 0.2 });
  assert(!other.rows.some(({ seed }) => seed.startsWith("200")));
});

Deno.test("rows stand at the times of the panels and of the published numbers, each once", async () => {
  const { rows } = await mf.paperFigure1({ ...small, starts: ["zeroA"], horizon: 1.1, copies: 2 });
  const times = where(rows, "copy", 0).map(({ at }) => at);
  assertEquals(times.length, new Set(times).size);
  assertEquals(times, times.toSorted((x, y) => x - y));
  for (const t of [0, 0.1, 0.2, 0.3, 0.5, 0.55, 1, 1.1]) {
    assert(times.some((at) => Math.abs(at - t) < 1e-9), `${t}`);
  }
});

Deno.test("a Y_pre for each start, another hidden dimension, rank, layers of one's own", async () => {
  const given = { ...small, starts: ["zeroB"] as const, horizon: 0.4 };
  const drawn = await mf.paperFigure1({
    ...given,
    problem: (copy) => mf.paperProblem({ seed: String(1000 + copy), h: 30 }),
  });
  const [one, two] = [0, 1].map((copy) => where(drawn.rows, "copy", copy).at(-1)!);
  const alone = await mf.paperFigure1({
    ...given,
    problem: mf.paperProblem({ seed: "1000", h: 30 }),
  });
  assertAlmostEquals(one.loss / where(alone.rows, "copy", 0).at(-1)!.loss, 1, 1e-9);
  assert(two.loss !== where(alone.rows, "copy", 1).at(-1)!.loss);
  assertAlmostEquals(one.predicted! / one.loss, 1, 1e-2);
  assertAlmostEquals(two.predicted! / two.loss, 1, 1e-2);
  assert(drawn.figure().caption!.includes("another problem for each start"));

  const exchanged = await mf.paperFigure1({
    ...{ ...given, problem: mf.paperProblem({ c: 0.9, h: 12 }), r: [1, 2] as const },
    ...{ published: false },
  });
  assert(exchanged.rows.every(({ predicted }) => predicted === null));
  const figure = exchanged.figure();
  assert(/No line of theory, as .*exchange the layers/.test(figure.caption!), figure.caption);
  assertEquals(titles(figure), ["loss", "alignment", "loss, /{α} = 10⁻³", "size, /{α} = 10⁻³"]);
  assert(figure.caption!.includes("r = 1 and 2"));
});

Deno.test("the floor of A = 0 counts the hidden directions that no layer sees, that of B = 0 does not", async () => {
  // Every second hidden direction random in B, the target's among them: without it nothing would grow.
  const half: mf.LayerStart = {
    name: "half of B random",
    random: true,
    factors: (layer) => {
      const { b, a } = mf.layerStart("zeroA").factors(layer);
      return { a, b: { ...b, data: b.data.map((x, i) => Math.floor(i / b.columns) % 2 ? 0 : x) } };
    },
  };
  const counted = async (h: number) => {
    const { rows } = await mf.paperFigure1({
      ...{ ...small, starts: ["zeroA", "zeroB", half], copies: 12, horizon: 1.5 },
      problem: mf.paperProblem({ h }),
    });
    const ends = rows.filter(({ at }) => at === 1.5);
    return ["zeroA", "zeroB", half.name].map((start) => {
      const all = where(ends, "start", start);
      return all.reduce((sum, { gap, x1 }) => sum + 4 * x1 * gap / 1e-6 / all.length, 0);
    });
  };
  for (const h of [30, 110]) {
    const [random, zero, some] = await counted(h), hidden = h - 10;
    // The mean of twelve χ² with as many degrees of freedom: four standard errors, and 1 for the others.
    const bound = (count: number) => 4 * Math.sqrt(2 * count / 12) + 1;
    assert(Math.abs(random - hidden) < bound(hidden), `${random} of ${hidden}`);
    assert(Math.abs(some - hidden / 2) < bound(hidden / 2), `${some} of ${hidden / 2}`);
    assert(zero < 4, `${zero}`);
  }
});

Deno.test("four panels with the paper's squares, four of agreement; the table has its ends; a large step says so", async () => {
  const result = await mf.paperFigure1({ ...small, others: ["gauss"], alpha: [1e-3, 1e-4] });
  const figure = result.figure();
  assertEquals(panels(figure).length, 4);
  const agreement = result.figure("agreement");
  assertEquals(panels(agreement).length, 4);
  assertEquals(agreement.legend!.map(({ label }) => label), [
    ...["A = 0", "B = 0 (paper)", "all random (ours)"],
  ]);
  assert(svg(figure).length > 10_000);
  const paper = (figure.rows as Record<string, mf.PublishedPoint[]>)["a, paper"];
  assertEquals(paper.length, 2 * 7 + 2); // and the floors of the spectral curves
  const [first] = result.table();
  assertEquals([first.start, first["paper, log10 L"]], ["A = 0", -12.57]);
  const labels = figure.legend!.map(({ label }) => label);
  assertEquals(labels, ["A = 0", "B = 0 (paper)", "read off the paper"]);

  const large = await mf.paperFigure1({ ...small, eta: 0.4, horizon: 20, published: false });
  assert(large.rows.every(({ status }) => status === "diverged: step too large"));
  assert(large.figure().caption!.includes("4 of 4 runs diverged: step too large"));
});

Deno.test("mistakes name the parameter", async () => {
  const cases: [object, string][] = [
    [{ others: ["zeroA"] }, "starts and others must be of different names"],
    [{ alpha: [1e-3, 1e-3] }, "alpha must be different numbers"],
    [{ copies: 1 }, "copies must be a whole number >= 2"],
    [{ eta: -1 }, "eta must be"],
    [{ problem: { w2: [[1]], w1: [[1]], target: [[0]] } }, "problem must be"],
    [{ starts: ["zeroC"] }, "starts[0] must be"],
    [{ hidden: 7 }, "hidden must be one of its parameters"],
  ];
  for (const [given, message] of cases) {
    await assertRejects(() => mf.paperFigure1({ ...small, ...given } as never), Error, message);
  }
});
