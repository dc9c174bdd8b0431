/** What readers ask of LoRA on the last layer, with imports of the notebook and in its words. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { where } from "lora-dynamics/experiment/mod.ts";
import { type Figure, svg } from "lora-dynamics/figure/mod.ts";
import { matrix } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";

/** Small enough for a test. */
const small = {
  ...{ preset: "quick", images: 80, pretrainSteps: 20, hidden: [12], copies: 2 } as const,
  ...{ std: [0.1, 1], steps: [0, 10] },
};
/** A start with a function keeps runs in this process, which saves the workers of a short run. */
const mine: mf.LayerStart = { ...mf.layerStart("zeroB"), name: "mine" };
const titles = ({ panels }: Figure) => [panels].flat().map(({ title }) => title);

Deno.test("at first the loss is the head's at every scale; then it falls, faster from a small start", async () => {
  const { rows } = await mf.lastLayer({ ...small, steps: [0, 60] });
  const [first, ...others] = where(rows, "at", 0);
  others.forEach(({ loss }) => assertAlmostEquals(loss, first.loss, 1e-12));
  where(rows, "at", 60).forEach(({ loss }) => assertLess(loss, 0.8 * first.loss));
  assertEquals(rows.length, 2 * 2 * 2);
});

Deno.test("activation, width, rank, head and rule are open: rows and caption follow", async () => {
  const here = { ...small, starts: [mine] };
  const usual = await mf.lastLayer(here), last = (run: typeof usual) => run.rows.at(-1)!.loss;
  const changes = [
    { activation: "tanh" },
    { hidden: [14] },
    { rank: 2 },
    { headSeed: "911" },
    { networkSeed: "901" },
    { method: "gd" as const },
    { rate: 0.02 },
    { change: 180 },
    { seed: "7" },
    { images: 90 },
  ];
  for (const change of changes) {
    assertNotEquals(last(await mf.lastLayer({ ...here, ...change })), last(usual));
  }
  const tanh = await mf.lastLayer({
    ...here,
    activation: "tanh",
    rank: 2,
    method: "gd",
    rate: 0.1,
  });
  assertStringIncludes(
    tanh.figure().caption!,
    "LoRA (r = 2) on the last layer over a 64–12–10 tanh network trained on upright digits, without " +
      "its last layer, 80 digits turned by 90°; gradient descent at rate 0.1.",
  );
});

Deno.test("several starts share the figure; a start of one's own is one of them", async () => {
  const own: mf.LayerStart = { ...mf.layerStart("gauss"), name: "own", words: "my start" };
  const run = await mf.lastLayer({ ...small, starts: ["zeroB", "gauss", own, "spectral"] });
  const of = (start: string) => where(run.rows, "start", start).map(({ loss }) => loss);
  assertEquals(of("own"), of("gauss"));
  assertEquals(of("spectral").length, of("gauss").length / 2);
  const legend = run.figure().legend!.map(({ label }) => label);
  assertEquals(legend, [
    ...["B = 0 (paper)", "all random (ours)", "my start", "spectral, balanced (ours)"],
    "the paper, Fig. 2",
  ]);
  assertStringIncludes(run.figure().caption!, "after 10 steps");
});

Deno.test("the figure shows losses and those of the paper relative to the smallest scale", async () => {
  const run = await mf.lastLayer(small), figure = run.figure();
  assertEquals(titles(figure), [
    ...[
      "training loss",
      "test loss",
      "training loss, with the paper's",
      "test loss, with the paper's",
    ],
  ]);
  const table = figure.rows as Record<string, { series: string; x: number; y: number }[]>;
  const paper = table["c, simulation"].filter(({ series }) => series === "the paper, Fig. 2");
  assertEquals(paper.map(({ x }) => x), [...mf.FIGURE_2.std]);
  assertAlmostEquals(paper.at(-1)!.y, 0.59 / 0.29, 1e-12);
  // The test loss at 1 was not read.
  assertEquals(table["d, simulation"].filter(({ series }) => series.startsWith("the")).length, 7);
  const ours = table["c, simulation"].filter(({ series }) => series === "10 steps");
  const mean = (std: number) =>
    where(where(run.rows, "std", std), "at", 10).reduce((sum, row) => sum + row.loss / 2, 0);
  assertAlmostEquals(ours[1].y, mean(1) / mean(0.1), 1e-12);
  assertEquals(titles(run.figure("accuracy")), ["training accuracy", "test accuracy"]);
  for (const each of [figure, run.figure("accuracy"), run.figure("course")]) {
    assertGreater(svg(each).length, 1000);
  }
});

Deno.test("the course has the linear phase as lines; one scale draws it by itself", async () => {
  const run = await mf.lastLayerCourse({
    ...{ preset: "quick", images: 80, pretrainSteps: 20, hidden: [12], copies: 2 },
    steps: [0, 5, 10, 400],
  });
  assertEquals([run.parameters.std, run.parameters.method, run.parameters.rate], [
    [0.001],
    "gd",
    0.1,
  ]);
  const figure = run.figure(), table = figure.rows as Record<string, unknown[]>;
  assertEquals(titles(figure), ["metric (215)", "size of the adapter", "training loss"]);
  assertEquals(table["a, simulation"].length, 4);
  assertLess(table["a, theory"].length, 4); // the linear phase is over after 400 steps
  const [row] = where(run.rows, "at", 5);
  assertAlmostEquals(row.linear!, row.misalignment, 1e-4);
  const [first] = run.table();
  assertAlmostEquals(
    first["‖Z‖"] as number,
    where(run.rows, "at", 0).reduce((s, r) => s + r.norm / 2, 0),
    1e-15,
  );
});

Deno.test("own features as rows or as a matrix, with test data or without", async () => {
  const features = [[1, 0, 0.2], [0, 1, 0.1], [-1, 0, 0], [0.9, 0.2, 0]], labels = [0, 1, 2, 0];
  const own = { ...small, features, labels, rank: 1, rate: 0.1 };
  const run = await mf.lastLayer(own),
    typed = await mf.lastLayer({ ...own, features: matrix(4, 3, features.flat()) });
  assertEquals(run.rows, typed.rows);
  assertEquals(titles(run.figure()), ["training loss", "training loss, with the paper's"]);
  assertEquals(run.table()[0]["test loss"], null);
  const tested = await mf.lastLayer({ ...own, test: { features, labels } });
  tested.rows.forEach((row, i) => {
    assertAlmostEquals(row.testLoss!, row.loss, 1e-12);
    assertEquals([row.testAccuracy, row.loss], [row.accuracy, run.rows[i].loss]);
  });
  assertStringIncludes(tested.figure().caption!, "over own features; Adam");
});

Deno.test("another frozen map of the digits", async () => {
  const pixels = { name: "pixels", features: (image: Float64Array) => image };
  const { rows, ...run } = await mf.lastLayer({ ...small, features: pixels });
  assert(rows.every(({ loss }) => Number.isFinite(loss)));
  assertStringIncludes(run.figure().caption!, "over pixels, 80 digits turned by 90°");
});

Deno.test("mistakes name the parameter, what it must be and what it is", async () => {
  const features = [[1, 2], [3, 4], [5, 6]];
  const cases: [object, string][] = [
    [{ deviation: [1] }, "deviation must be one of its parameters"],
    [{ std: [0.1, 0.1] }, "std must be different numbers: current value is [0.1,0.1]"],
    [{ std: [0] }, "std[0] must be a finite number > 0"],
    [{ steps: [10, 5] }, "steps must be increasing"],
    [{ starts: ["zeroB", "zeroB"] }, "starts must be of different names"],
    [
      { rank: 13, hidden: [12] },
      "rank must be <= 10, the smaller side of the layer: current value is 13",
    ],
    [{ rank: 4, hidden: [3] }, "rank must be <= 3"],
    [{ features, labels: [0, 1, 1], rank: 3 }, "rank must be <= 2"],
    [{ features, labels: [0, 1] }, "labels must be a list of 3 classes"],
    [{ features }, "labels must be a list of 3 classes"],
    [{ features, labels: [0, 2, 2] }, "class 1 has none"],
    [{ labels: [1, 0] }, "labels must be null unless features are rows of your own"],
    [{ test: { features, labels: [0, 0, 0] } }, "test must be null unless features are rows"],
    [{ features: "pixels" }, "features must be network, { name, features }, or a matrix"],
    [{ features: [[1], [2, 3]] }, "rows of equal length"],
    [{ activation: "swish" }, "activation must be an activation"],
    [{ method: "lion" }, "method must be gd, momentum, adam, or { name, begin }"],
    [{ rate: 1e200 }, "rate must be small enough for a finite loss"],
  ];
  for (const [given, message] of cases) {
    await assertRejects(() => mf.lastLayer({ ...small, ...given } as never), Error, message);
  }
});
