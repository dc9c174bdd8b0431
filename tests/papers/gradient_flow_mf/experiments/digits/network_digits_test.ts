/** LoRA on all layers of the network: figures, tables, the race of two adapters. */
import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { where } from "lora-dynamics/experiment/mod.ts";
import { type Figure, svg } from "lora-dynamics/figure/mod.ts";
import { scale } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";

/** Small enough for a test. */
const task = { preset: "quick", images: 60, pretrainSteps: 20, hidden: [12], copies: 2 } as const;
const small = { ...task, alpha: [1, 0.1], steps: [1, 5] };
const titles = ({ panels }: Figure) => [panels].flat().map(({ title }) => title);
/** A start with a function keeps runs in this process, which saves the workers of a short run. */
const mine: mf.LayerStart = { ...mf.layerStart("gauss"), name: "mine", words: "my start" };

Deno.test("a panel for each scale, a line with marks for each start, a table of means", async () => {
  const run = await mf.networkDigits({ ...small, starts: ["zeroB", mine, "spectral"] });
  for (const figure of [run.figure(), run.figure("accuracy")]) {
    assertEquals(titles(figure), ["/{α} = 1", "/{α} = 0.1"]);
    const words = ["B = 0 (paper)", "my start", "spectral, balanced (ours)"];
    assertEquals(figure.legend!.map(({ label }) => label), words);
    assertGreater(svg(figure).length, 1000);
  }
  assertStringIncludes(run.figure().caption!, "Training loss of LoRA (r = 4, all layers)");
  assertStringIncludes(run.figure("accuracy").caption!, "Test accuracy of LoRA");
  const [first] = run.table(), here = where(where(run.rows, "start", "zeroB"), "alpha", 1);
  const [one, two] = where(here, "at", 1).map(({ loss }) => loss);
  assertAlmostEquals(first["loss L"] as number, (one + two) / 2, 1e-12);
  assertAlmostEquals(first["± se"] as number, Math.abs(one - two) / 2, 1e-12);
  assertEquals([first.start, first["α"], first.steps, first.seeds], ["B = 0 (paper)", 1, 1, 2]);
});

Deno.test("a rule of one's own trains, and random entries follow the sides of their factors or not", async () => {
  const signs = {
    name: "sign descent",
    begin: () => (x: Float64Array, g: Float64Array, eta: number) =>
      g.forEach((slope, i) => x[i] -= eta * Math.sign(slope)),
  };
  const starts = [mine, "spectral"] as const, alpha = [0.001];
  const changes = { ...small, starts, alpha, steps: [1, 40], method: signs, learningRate: 0.003 };
  const run = await mf.networkDigits(changes), before = mf.networkBefore(run.parameters).loss;
  for (const row of where(run.rows, "at", 40)) assertLess(row.loss, 0.9 * before);
  assertStringIncludes(
    run.figure().caption!,
    "sign descent at rate 0.003; random entries of deviation α/√out in B",
  );
  const plain = await mf.networkDigits({ ...changes, perFactor: false });
  const loss = ({ rows }: typeof run, start: string) => where(rows, "start", start)[0].loss;
  assertEquals(loss(plain, "spectral"), loss(run, "spectral"));
  assertNotEquals(loss(plain, "mine"), loss(run, "mine"));
  assertStringIncludes(plain.figure().caption!, "random entries of deviation α.");
});

Deno.test("the race: the balanced start gives no head start, a tilted one does", async () => {
  const tilted: mf.LayerStart = {
    name: "tilted",
    random: false,
    factors: (layer) => {
      const { b, a } = mf.layerStart("spectral").factors(layer);
      const by = layer.weight.rows === 10 ? 100 : 1;
      return { b: scale(b, by), a: scale(a, by) };
    },
  };
  const run = await mf.networkRace({ ...task, starts: [mine, "spectral", tilted], steps: [1, 5] });
  const lead = (start: string) => where(run.rows, "start", start)[0].lead!;
  assertAlmostEquals(lead("spectral"), 0, 1e-9);
  assertAlmostEquals(lead("tilted"), -2, 1e-9);
  const figure = run.figure(),
    marks = figure.rows as Record<string, { series: string; x: number }[]>;
  assertEquals(titles(figure), ["after 1 steps", "after 5 steps"]);
  assertEquals(marks["a, simulation"].length, 4);
  assertEquals(
    marks["b, simulation"].filter(({ series }) => series === "my start").map(({ x }) => x),
    [
      ...where(where(run.rows, "start", "mine"), "at", 5).map(({ lead }) => lead!),
    ],
  );
  assertEquals(run.parameters.alpha, [0.001]);
  assertEquals(mf.networkRace.defaults("full").copies, 20);
});
