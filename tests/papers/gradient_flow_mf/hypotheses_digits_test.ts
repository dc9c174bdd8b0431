/** What readers ask of the networks on real data: the notebook's imports, a line or three changed. */
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
import { matrix, multiply, qr } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

/** Small enough for a test. */
const small = {
  ...{ preset: "quick", images: 100, pretrainSteps: 40, hidden: [12], steps: [10, 40] } as const,
  ...{ starts: ["zeroB"], alpha: [1, 0.001], copies: 1 } as const,
};
const lossAt = (rows: readonly mf.NetworkDigitsRow[], alpha: number, at: number) =>
  where(where(rows, "alpha", alpha), "at", at)[0].loss;
const titles = ({ panels }: Figure) => [panels].flat().map(({ title }) => title);

Deno.test("with Adam a small start is hardly behind, with gradient descent it has not moved", async () => {
  const descent = await mf.networkDigits(small);
  const adam = await mf.networkDigits({ ...small, method: "adam", learningRate: 0.01 });
  const { loss } = mf.networkBefore(descent.parameters);
  // By another path: adapters of scale 10⁻³ that have not escaped leave the network what it was.
  assertAlmostEquals(lossAt(descent.rows, 0.001, 40), loss, 1e-3 * loss);
  assertLess(lossAt(descent.rows, 1, 40), 0.8 * loss);
  assertLess(lossAt(adam.rows, 0.001, 40), 0.6 * loss);
  assertLess(lossAt(adam.rows, 0.001, 40) - lossAt(adam.rows, 1, 40), 0.1 * loss);
  assertStringIncludes(adam.figure().caption!, "100 digits turned by 90°, Adam at rate 0.01");
  assertEquals(adam.record.edited.includes("method"), true);
});

Deno.test("another activation, width and rank: the rows and the caption follow", async () => {
  const relu = await mf.networkDigits(small);
  const tanh = await mf.networkDigits({ ...small, activation: "tanh", hidden: [14, 12], rank: 2 });
  relu.rows.forEach(({ loss }, i) => assertNotEquals(tanh.rows[i].loss, loss));
  assertStringIncludes(tanh.figure().caption!, "(r = 2, all layers) on a 64–14–12–10 tanh network");
  // The same function by an expression trains the same network, to the rounding of its slope.
  const written = await mf.networkDigits({
    ...{ ...small, hidden: [14, 12], rank: 2 },
    activation: "(exp(z) - exp(-z)) / (exp(z) + exp(-z))",
  });
  written.rows.forEach(({ loss }, i) => assertAlmostEquals(loss, tanh.rows[i].loss, 1e-9));
  assertStringIncludes(relu.figure().caption!, "(r = 4, all layers) on a 64–12–10 ReLU network");
});

Deno.test("a start of one's own: what gauss does gives its bits, the paper's spectral start stays at B = 0", async () => {
  const mine: mf.LayerStart = { ...mf.layerStart("gauss"), name: "mine" };
  const spectralA: mf.LayerStart = {
    name: "A = rotation × diagonal × right singular vectors, B = 0",
    random: true,
    factors: ({ weight, rank, alpha, draws, ...layer }) => {
      const { a } = mf.layerStart("spectral").factors({ ...layer, weight, rank, alpha: 1, draws });
      const rotation = qr(matrix(rank, rank, draws.normals(rank * rank))).q;
      const sizes = draws.normals(rank).map((x) => alpha * x);
      const scaled = { ...a, data: a.data.map((x, i) => x * sizes[Math.floor(i / a.columns)]) };
      return { b: matrix(weight.rows, rank), a: multiply(rotation, scaled) };
    },
  };
  const shared = { ...small, alpha: [1], copies: 2, steps: [1, 40], learningRate: 1e-4 };
  const { rows, ...run } = await mf.networkDigits({
    ...shared,
    starts: ["gauss", mine, spectralA, "spectral"],
  });
  const of = (start: string) => where(rows, "start", start);
  assertEquals(of("mine").map(({ loss }) => loss), of("gauss").map(({ loss }) => loss));
  assertEquals([of("mine").length, of("spectral").length], [4, 2]);
  const before = mf.networkBefore(run.parameters).loss;
  // B = 0 leaves the network what it was, and a step of this size moves the loss by less than 10⁻²;
  // with B ≠ 0 it begins elsewhere.
  const moved = (start: string) =>
    where(of(start), "at", 1).map((row) => Math.abs(row.loss - before));
  assertLess(Math.max(...moved(spectralA.name)), 0.01);
  assertGreater(Math.min(...moved("gauss"), ...moved("spectral")), 0.01);
  for (const row of where(of(spectralA.name), "at", 40)) assertLess(row.loss, before);
  // Wider than a column: the legend folds it.
  assertStringIncludes(svg(run.figure()), "A = rotation × diagonal × right singular<");
  assertEquals(run.record.seeds, ["700", "701"]);

  // The same built-in start in workers.
  const named = await mf.networkDigits({ ...shared, starts: ["gauss"] });
  assertEquals(named.rows, of("gauss"));
});

Deno.test("another task: an own change of the images is the same as the turn that it is", async () => {
  const change = { name: "upside down", change: (pixels: Float64Array) => pixels.toReversed() };
  const own = await mf.networkDigits({ ...small, change });
  const turned = await mf.networkDigits({ ...small, change: 180 });
  const upright = await mf.networkDigits({ ...small, change: 0 });
  assertEquals(own.rows, turned.rows);
  assertStringIncludes(own.figure().caption!, "100 digits upside down, gradient descent");
  // Nothing to unlearn: the network knows the upright digits.
  assertLess(lossAt(upright.rows, 0.001, 10), 0.3 * lossAt(turned.rows, 0.001, 10));
});

Deno.test("another seed moves the random starts and not the spectral one", async () => {
  const starts = ["gauss", "spectral"] as const;
  const [one, other] = await Promise.all(
    ["reference", "from 5"].map((seed) => mf.networkDigits({ ...small, alpha: [1], starts, seed })),
  );
  const loss = ({ rows }: typeof one, start: string) => where(rows, "start", start)[0].loss;
  assertEquals(loss(one, "spectral"), loss(other, "spectral"));
  assertNotEquals(loss(one, "gauss"), loss(other, "gauss"));
  assertEquals([one.record.seeds, other.record.seeds], [["700"], ["5"]]);
});

Deno.test("a panel for each scale, and the words about small scales follow the rows", async () => {
  const run = await mf.networkDigits({
    ...{ ...small, steps: [1, 2], pretrainSteps: 1 },
    ...{ starts: ["gauss", "zeroA", "spectral"], alpha: [1, 0.5, 0.1] },
  });
  assertEquals(titles(run.figure()), ["/{α} = 1", "/{α} = 0.5", "/{α} = 0.1"]);
  assertGreater(svg(run.figure()).length, 1000);
  assert(/mean loss is larger at α = 0.1 than at α = 1 for/.test(run.figure().caption!));
});

/** Two classes that a linear map tells apart. */
function clouds(seed: number, count: number) {
  const draws = portable(seed), labels = Array.from({ length: count }, (_, i) => i % 2);
  const features = labels.map((label) => [...draws.normals(3)].map((x) => 0.3 * x + 2 * label - 1));
  return { features, labels };
}

Deno.test("own features, labels and test data for the last layer", async () => {
  const own = { preset: "quick", std: [0.1, 1], copies: 2, steps: [0, 300], rank: 2 } as const;
  const run = await mf.lastLayer({ ...own, ...clouds(1, 60), test: clouds(2, 40) });
  const at = (steps: number) => where(run.rows, "at", steps);
  // B = 0 leaves the random head what it is, at any scale; then Adam separates what can be separated.
  assertEquals(new Set(at(0).map(({ loss }) => loss)).size, 1);
  for (const row of at(300)) assertLess(row.loss, 0.1);
  assertStringIncludes(run.figure().caption!, "own features");

  const map: mf.FeatureMap = { name: "pixels", features: (pixels: Float64Array) => pixels };
  const raw = await mf.lastLayer({ ...own, features: map, images: 80, steps: [0, 20] });
  assert(where(raw.rows, "at", 20)[0].loss < where(raw.rows, "at", 0)[0].loss);
});

Deno.test("own data for the linear network: its loss is exactly that of Problem 2", async () => {
  const draws = portable(4),
    rows = (count: number) => Array.from({ length: count }, () => [...draws.normals(4)]);
  const mapped = (x: number[][], w: number[][]) =>
    x.map((row) => w.map((line) => line.reduce((sum, y, j) => sum + y * row[j], 0)));
  const x = rows(50), before = mapped(x, [[1, 0, 0, 0], [0, 0.5, 0, 0]]);
  const y = mapped(x, [[1, 0.5, 0, 0], [0, 0.5, 0, 1]]);
  const run = await mf.linearDigits({
    ...{ preset: "quick", data: { name: "a turned map", x, y, before: { x, y: before } } },
    ...{ starts: ["spectral"], alpha: [0.1], r: 2, times: [0.5, 60] },
  });
  // The map is linear and the rank of the change is two: it is learnt.
  assertLess(where(run.rows, "at", 60)[0].loss, 1e-8);
  assertGreater(where(run.rows, "at", 0.5)[0].loss, 1e-3);
  assertStringIncludes(run.figure().caption!, "a turned map");
});

Deno.test("mistakes name the parameter, what it must be and what it is", async () => {
  const own = {
    name: "zero",
    random: false,
    factors: () => ({ b: matrix(1, 1), a: matrix(1, 1) }),
  };
  const cases: [object, string][] = [
    [{ alphas: [1] }, "alphas must be one of its parameters (is alpha meant?)"],
    [{ alpha: [1, 1] }, "alpha must be different numbers: current value is [1,1]"],
    [{ starts: ["orthogonal"] }, "starts[0] must be zeroB, zeroA, spectralPaper, gauss"],
    [{ starts: ["gauss", "gauss"] }, "starts must be of different names"],
    [{ activation: "swish" }, "activation must be an activation: a name, an expression"],
    [{ steps: [200, 100] }, "steps must be increasing: current value is [200,100]"],
    [{ hidden: [3] }, "rank must be <= 3, the smallest width of a layer: current value is 4"],
    [{ change: 45 }, "change must be 0, 90, 180, 270, or { name, change }"],
    [{ networkSeed: "seven" }, 'networkSeed must be a whole number as text, such as "900"'],
    [{ method: "lbfgs" }, "method must be gd, momentum, adam, or { name, begin }"],
    [{ starts: [own] }, "b of zero must be 12 x 4: current shape is 1 x 1"],
    [{ learningRate: 1e300 }, "learningRate must be small enough for a finite loss"],
    [{ change: { name: "cut", change: () => [1] } }, "cut must return 64 pixels"],
  ];
  for (const [given, message] of cases) {
    await assertRejects(() => mf.networkDigits({ ...small, ...given } as never), Error, message);
  }
});
