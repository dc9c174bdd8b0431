/** What readers ask of the linear digits, with imports of the notebook and in its words. */
import {
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
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";

/** Small enough for a test. */
const small = {
  preset: "quick",
  alpha: [0.3, 0.1],
  times: [1, 3],
  copies: 2,
  r: 3,
  rtol: 1e-6,
} as const;
/** A start with a function keeps runs in this process, which saves the workers of a short run. */
const mine: mf.LayerStart = { ...mf.layerStart("zeroB"), name: "mine" };
const titles = ({ panels }: Figure) => [panels].flat().map(({ title }) => title);

Deno.test("a larger scale is ahead, and the rows are the flow of the bridge's problem", async () => {
  const run = await mf.linearDigits(small), { rows } = run;
  const loss = (start: string, alpha: number, at: number) =>
    where(where(where(rows, "start", start), "alpha", alpha), "at", at)[0].loss;
  for (const start of ["zeroB", "gauss", "spectral"]) {
    assertLess(loss(start, 0.3, 3), loss(start, 0.1, 3));
  }
  // By another path: the Euler method on the problem.
  const digits = { change: 90, splitSeed: "1234", components: 30, hidden: 9, kept: 0 };
  const { problem } = mf.digitsBridge(digits);
  const start = mf.startAdapters(problem, { start: "spectral", r: 3, alpha: 0.3 });
  const { losses } = mf.descend(problem, start, { eta: 1e-4, at: [10000] });
  assertLess(Math.abs(loss("spectral", 0.3, 1) / losses[0] - 1), 2e-3);
  assertEquals(rows.length, 2 * (2 + 2 + 1) * 2);
  assertEquals(run.record.seeds, ["600", "601"]);
});

Deno.test("components, width, kept values, turn, split, rank and scaling are open", async () => {
  const here = { ...small, starts: [mine] };
  const usual = await mf.linearDigits(here), first = (run: typeof usual) => run.rows[0].loss;
  const changes = [
    { components: 20 },
    { hidden: 5 },
    { kept: 2 },
    { change: 180 },
    { splitSeed: "5" },
    { r: 4 },
    { perFactor: false },
    { seed: "5" },
  ];
  for (const change of changes) {
    assertNotEquals(first(await mf.linearDigits({ ...here, ...change })), first(usual));
  }
  const two = await mf.linearDigits({ ...here, kept: 2, components: 20 });
  assertStringIncludes(
    two.figure().caption!,
    "20 whitened components, only 2 singular values of the target",
  );
  assertStringIncludes(
    usual.figure().caption!,
    "Problem 2 with λ = 1.617, δ_w = 0.9993, Assumption 2.2 missed by 0.38",
  );
});

Deno.test("a panel for each scale, a line with marks for each start; the table has ‖z₁‖²/α²", async () => {
  const run = await mf.linearDigits(small);
  for (const figure of [run.figure(), run.figure("accuracy")]) {
    assertEquals(titles(figure), ["/{α} = 0.3", "/{α} = 0.1"]);
    assertEquals(figure.legend!.map(({ label }) => label), [
      ...["B = 0 (paper)", "all random (ours)", "spectral, balanced (ours)"],
    ]);
    assertGreater(svg(figure).length, 1000);
  }
  const table = run.table(),
    spectral = table.filter(({ start }) => start === "spectral, balanced (ours)");
  spectral.forEach((row) => assertAlmostEquals(row["‖z₁‖²/α²"] as number, 2, 1e-9));
  const [row] = table,
    mean = where(where(where(run.rows, "start", "zeroB"), "alpha", 0.3), "at", 1)
      .reduce((sum, { loss }) => sum + loss / 2, 0);
  assertAlmostEquals(row["loss L"] as number, mean, 1e-12);
});

Deno.test("the rank-two part is a variant with its own scales and times", () => {
  const { kept, alpha, times } = mf.rankTwoDigits.defaults("full");
  assertEquals([kept, alpha, times.at(-1)], [2, [0.1, 0.01, 0.001], 1000]);
});

Deno.test("own data take the place of the digits; their bridge is a problem for other experiments", async () => {
  const x = [[1, 0], [0, 2], [-1, 0.5], [0.5, -2]];
  const data = { x, y: [0, 1, 1, 0], before: { x, y: [1, 0, 0, 1] }, name: "two classes" };
  const run = await mf.linearDigits({ ...small, data, r: 1, times: [1, 50] });
  assertStringIncludes(run.figure().caption!, "adapters of rank 1 on two classes: Problem 2 with");
  const { problem } = mf.linearBridge(data);
  const start = mf.startAdapters(problem, { start: "spectral", r: 1, alpha: 0.3 });
  const { losses } = new mf.AdapterFlow(problem, start).solve([1]);
  const [row] = where(where(run.rows, "start", "spectral"), "alpha", 0.3);
  assertLess(Math.abs(row.loss / losses[0] - 1), 1e-5);
  assertEquals(where(run.rows, "at", 50).map(({ accuracy }) => accuracy).at(-1), 1);
});

Deno.test("mistakes name the parameter, what it must be and what it is", async () => {
  const x = [[1, 0], [0, 2], [-1, 0.5]];
  const cases: [object, string][] = [
    [{ scale: [1] }, "scale must be one of its parameters"],
    [{ r: 10 }, "r must be <= 9, the smallest side of a layer: current value is 10"],
    [{ times: [3, 1] }, "times must be increasing"],
    [{ alpha: [1, 1] }, "alpha must be different numbers"],
    [{ starts: ["gauss", "gauss"] }, "starts must be of different names"],
    [{ components: 65 }, "components must be a whole number >= 1 and <= 64"],
    [{ components: 64 }, "the number of directions in which x varies (constant columns: "],
    [{ hidden: 10 }, "hidden must be a whole number >= 1 and <= 9"],
    [{ data: "images" }, "data must be digits, or { x, y, before, test? }"],
    [{ data: { x, y: [0, 1], before: { x, y: [0, 1, 1] } } }, "y must be a list of 3 classes"],
    [{ data: { x, y: [0, 2, 2], before: { x, y: [0, 1, 1] } } }, "class 1 has none"],
    [{
      data: {
        x: [[1, 5], [2, 5], [4, 5]],
        y: [0, 1, 1],
        before: { x, y: [0, 1, 1] },
        components: 2,
      },
    }, "constant columns: [1]"],
  ];
  for (const [given, message] of cases) {
    await assertRejects(() => mf.linearDigits({ ...small, ...given } as never), Error, message);
  }
});
