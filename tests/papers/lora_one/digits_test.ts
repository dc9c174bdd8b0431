import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { frobeniusNorm } from "lora-dynamics/linalg/mod.ts";
import { digitPixels } from "lora-dynamics/nn/mod.ts";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

const SETTING: lo.DigitsSetting = {
  ...{ source: [1, 3, 5, 7, 9], target: [0, 2, 4, 6, 8] },
  ...{ hidden: 24, pretraining: 30, rank: 3, alpha: 6 },
};
const NAMED = Object.values(lo.DIGITS_METHODS);

Deno.test("digits: parts are disjoint and together all images, pixels in [0, 1]", () => {
  const [odd, even] = [SETTING.source, SETTING.target].map(lo.digitImages);
  assertEquals([odd.train.count, even.train.count, even.test.count], [720, 718, 173]);
  const total = [odd, even].map(({ train, test }) => train.count + test.count);
  assertEquals(total[0] + total[1], 1797);
  assertEquals(Math.max(...even.train.x), 1);
  // Every fifth image is held out; each keeps its pixels, in 17 levels from 0 to 1.
  const { x, label } = digitPixels();
  const of = (digits: readonly number[], held: boolean) =>
    Array.from(label, (y, i) => [y, i]).filter(([y, i]) =>
      digits.includes(y) && (i % 5 === 4) === held
    );
  for (
    const [part, digits, held] of [[odd.train, SETTING.source, false], [
      even.test,
      SETTING.target,
      true,
    ]] as const
  ) {
    const wanted = of(digits, held);
    assertEquals([...part.label], wanted.map(([y]) => y));
    const pixels = wanted.flatMap(([, i]) => [...x.slice(64 * i, 64 * i + 64)].map((v) => v / 16));
    assertEquals([...part.x], pixels);
  }
  assertEquals([...new Set(even.test.label)].sort(), SETTING.target);
});

Deno.test("digits: every method but LoRA-One and LoRA-One* keeps the function", () => {
  const { train } = lo.digitImages(SETTING.target);
  const before = lo.pretrainedNetwork(SETTING, "0").evaluate(train).loss;
  for (const method of NAMED) {
    const { loss } = lo.methodNetwork(method, SETTING, "0").evaluate(train);
    if (method.name.startsWith("LoRA-One")) assertLess(loss, 0.95 * before, method.name);
    else assertAlmostEquals(loss, before, 1e-9, method.name);
  }
});

Deno.test("digits: LoRA-One* starts at the least loss of the line search along P_r(G)", () => {
  const network = lo.pretrainedNetwork(SETTING, "0"), { train } = lo.digitImages(SETTING.target);
  const directions = lo.negativeGradients(network, train).map((g) => lo.lowRankPart(g, 3));
  const { loss } = lo.lineSearch(network, directions, SETTING.target);
  const start = lo.methodNetwork(lo.DIGITS_METHODS["LoRA-One*"], SETTING, "0");
  assertAlmostEquals(start.evaluate(train).loss, loss, 1e-9);
});

Deno.test("digits: LoRA's A has entries of deviation spread over the root of its inputs, from its draws", () => {
  const places = [["layer1", 64, 940], ["layer2", 24, 941]] as const;
  const cases = (["LoRA", "LoRA+", "rsLoRA"] as const)
    .flatMap((start) => places.map((place) => [start, ...place] as const));
  for (const [start, name, inputs, seed] of cases) {
    const network = lo.methodNetwork({ name: "x", start, spread: 0.3 }, SETTING, "2");
    const { value } = network.layers[name].a!, normals = portable(seed).normals(3 * inputs);
    value.data.forEach((x, i) => { // 3 × inputs, drawn input by input
      const drawn = normals[i % inputs * 3 + Math.floor(i / inputs)];
      assertAlmostEquals(x, 0.3 * drawn / Math.sqrt(inputs), 1e-14);
    });
  }
});

Deno.test("digits: LoRA-GA takes two directions a rank, the others one", () => {
  const wide = NAMED.filter((method) => lo.directionsPerRank(method) === 2).map(({ name }) => name);
  assertEquals(wide, ["LoRA-GA"]);
  assert(NAMED.every((method) => [1, 2].includes(lo.directionsPerRank(method))));
});

Deno.test("digits: the line search has ten steps a decade, from 0.01 to 100, and takes the best of them", () => {
  const network = lo.pretrainedNetwork(SETTING, "0"), { train } = lo.digitImages(SETTING.target);
  const directions = lo.negativeGradients(network, train);
  const { eta, loss } = lo.lineSearch(network, directions, SETTING.target);
  const place = 10 * Math.log10(eta);
  assertAlmostEquals(place, Math.round(place), 1e-9);
  const lossAt = (step: number) => {
    const copy = network.merged();
    (["layer1", "layer2"] as const).forEach((name, i) => {
      const { data } = copy.layers[name].weight.value;
      directions[i].data.forEach((x, at) => data[at] += step * x);
    });
    return copy.evaluate(train).loss;
  };
  assertAlmostEquals(lossAt(eta), loss, 1e-12);
  for (const other of [10 ** 0.1, 10 ** -0.1]) assertLess(loss, lossAt(other * eta));
  const tiny = directions.map((g) => ({ ...g, data: g.data.map((x) => 1e-9 * x) }));
  assertAlmostEquals(lo.lineSearch(network, tiny, SETTING.target).eta, 100, 1e-9);
});

Deno.test("digits: a start as a record is what its name is", () => {
  for (const name of ["LoRA-One", "LoRA-One script", "LoRA-One toy", "LoRA-SB", "PiSSA"] as const) {
    const own = lo.methodNetwork({ ...lo.STARTS[name], rootScale: true, gamma: 0.7 }, SETTING, "0");
    const named = { name, start: name, gamma: 0.7, rootScale: true };
    assertEquals(own.values, lo.methodNetwork(named, SETTING, "0").values, name);
  }
});

Deno.test("digits: one small step lowers the loss by the rate times the squared gradient, biases stay", () => {
  const cell: lo.DigitsCell = {
    ...{ method: "Full", adapter: lo.DIGITS_METHODS.Full, optimizer: "GD", ...SETTING },
    ...{ update: lo.DIGITS_OPTIMIZERS.GD, rate: 1e-6, steps: 1, threshold: 0.3, ceiling: 50 },
  };
  const [before, after] = lo.digitsRun(cell, { seed: "0" }) as lo.DigitsRow[];
  const { train } = lo.digitImages(SETTING.target);
  const square = lo.negativeGradients(lo.pretrainedNetwork(SETTING, "0"), train)
    .reduce((sum, g) => sum + frobeniusNorm(g) ** 2, 0);
  // The remainder is of the order of the rate.
  assertAlmostEquals((before.loss - after.loss) / cell.rate / square, 1, 1e-3);
  assertEquals([after.hit, after.final, after.diverged], [null, after.loss, false]);
});

Deno.test("digits: a run above the ceiling ends, with no accuracy and an infinite loss", () => {
  const cell: lo.DigitsCell = {
    ...{ method: "LoRA", adapter: lo.DIGITS_METHODS.LoRA, optimizer: "GD", ...SETTING },
    ...{ update: lo.DIGITS_OPTIMIZERS.GD, rate: 30, steps: 40, threshold: 0.3, ceiling: 50 },
  };
  const rows = lo.digitsRun(cell, { seed: "0" }) as lo.DigitsRow[];
  assertLess(rows.length, 9);
  const { final, accuracy, diverged } = rows[0];
  assertEquals([final, accuracy, diverged], [Infinity, null, true]);
  // The ceiling itself is still allowed: a run that begins there and falls.
  const slow = { ...cell, rate: 1e-3, steps: 12 }, ceiling = rows[0].loss;
  const kept = lo.digitsRun({ ...slow, ceiling }, { seed: "0" }) as lo.DigitsRow[];
  assertEquals([kept[0].diverged, kept[0].loss], [false, ceiling]);
  assertEquals(kept.map(({ at }) => at), [0, 5, 10, 12]); // every fifth step, and the last
});

Deno.test("digits: seeds 0 to 9 are portable draws, any other text a stream of its own", () => {
  const places = ["layer1", "layer2", "layer1 adapter", "layer2 adapter"] as const;
  const firsts = places.map((place) => lo.digitsDraws("3", place).normals(2));
  assertEquals(firsts, [903, 913, 950, 951].map((seed) => portable(seed).normals(2)));
  const others = ["10", "other/1", "03"].flatMap((seed) =>
    places.map((place) => lo.digitsDraws(seed, place).normals(2).join())
  );
  assertEquals(new Set(others).size, others.length);
  assertNotEquals(others[0], portable(910).normals(2).join());
});

Deno.test("digits: momentum 0 is gradient descent, and an optimizer of one's own is a setting", () => {
  const run = (update: lo.DigitsOptimizer) =>
    lo.digitsRun({
      ...{ method: "LoRA", adapter: lo.DIGITS_METHODS.LoRA, optimizer: update.name, update },
      ...{ ...SETTING, rate: 0.01, steps: 5, threshold: 0.3, ceiling: 50 },
    }, { seed: "0" }) as lo.DigitsRow[];
  const still = lo.digitsOptimizer({ name: "still", method: "momentum", momentum: 0 });
  assertEquals(run(still), run(lo.DIGITS_OPTIMIZERS.GD));
  assertNotEquals(run(lo.DIGITS_OPTIMIZERS.momentum), run(lo.DIGITS_OPTIMIZERS.GD));
});

/** A run that ends at a loss. */
function run(method: string, rate: number, final: number, hit: number | null = 10): lo.RateRow {
  return {
    ...{ method, optimizer: "Adam", rate, at: 0, final, hit, seed: "0" },
    ...{ accuracy: final < Infinity ? 0.9 : null, diverged: final === Infinity },
  };
}

Deno.test("bestRates() says where an optimum lies in its grid, whatever the order of the rates", () => {
  const rows = [
    ...[run("up", 0.1, 1), run("up", 0.01, 2), run("up", 0.001, 3)],
    ...[run("down", 0.1, 3), run("down", 0.01, 2), run("down", 0.001, 1)],
    ...[run("in", 0.1, Infinity), run("in", 0.01, 2, null), run("in", 0.001, 5)],
    run("one", 0.1, 2),
  ];
  const best = lo.bestRates(rows);
  assertEquals(best.map(({ method, rate, place, diverged }) => [method, rate, place, diverged]), [
    ["up", 0.1, "upper end", 0],
    ["down", 0.001, "lower end", 0],
    ["in", 0.01, "inside", 1],
    ["one", 0.1, "only rate", 0],
  ]);
  assertEquals([best[0].loss, best[2].steps], [{ mean: 1, se: null }, { mean: null, se: null }]);
  assertEquals(
    lo.edgeSentence(best),
    "The best rate is at an end of its grid for 3 of 4 by Adam (all but in): these losses, and any " +
      "ratio or order that rests on them, are the grid's and not the method's.",
  );
  assertEquals(lo.edgeSentence([best[2]]), "Every best rate lies inside its grid.");
});

Deno.test("bestRates() takes means over seeds, and a seed that diverged rules its rate out", () => {
  const [best] = lo.bestRates([
    ...[run("m", 0.1, 1e-3), run("m", 0.1, Infinity), run("m", 0.01, 1), run("m", 0.01, 3)],
  ]);
  assertEquals([best.rate, best.place, best.diverged], [0.01, "lower end", 1]);
  assertEquals(best.loss, { mean: 2, se: 1 });
});

Deno.test("methods and optimizers refuse what they do not know, by name", () => {
  const factors = () => ({ a: undefined, b: undefined });
  const cases: [unknown, new () => Error, string][] = [
    ["LoRA-Two", RangeError, "method must be one of Full, LoRA"],
    [{ name: "x", start: "LoRA-Two" }, RangeError, "start of x must be one of none, LoRA"],
    [{ name: "x", start: "LoRA", gama: 1 }, TypeError, "no other keys than name, about, gamma"],
    [{ name: "x", start: "LoRA-One", gamma: 0 }, RangeError, "gamma must be a finite number > 0"],
    [
      { name: "x", start: "LoRA-One", gamma: "best" },
      RangeError,
      "gamma must be one of line search",
    ],
    [{ name: "x", factors, start: "LoRA" }, TypeError, 'current value has "start"'],
    [{ name: "x", factors: 1 }, TypeError, "start x must be a record with factors"],
    [{ start: "LoRA" }, TypeError, "name must be a string"],
    [7, TypeError, "a method must be an object: current value is 7"],
  ];
  for (const [entry, type, message] of cases) {
    assertThrows(() => lo.digitsMethod(entry as lo.DigitsMethod), type, message);
  }
  const rules: [unknown, new () => Error, string][] = [
    ["SGD", RangeError, "optimizer must be one of GD, Adam, AdamW, momentum"],
    [{ name: "x", method: "adam", beta3: 1 }, TypeError, 'current value has "beta3"'],
    [{ name: "x", method: "adam", beta1: 2 }, RangeError, "beta1 must lie in [0, 1)"],
    [{ name: "x", method: "lion" }, RangeError, "method must be one of adam"],
  ];
  for (const [entry, type, message] of rules) {
    assertThrows(() => lo.digitsOptimizer(entry as lo.DigitsOptimizer), type, message);
  }
});

Deno.test("digits: the paths' plane is the first method's own, and the angle is that of LoRA's A", async () => {
  const { rows, figure } = await lo.digitsPaths({
    ...{ steps: 20, pretraining: 30, hidden: 24, spreads: [1, 1e-3] },
    pathRates: { "LoRA-One*": 0.05, "Full": 0.5 },
  });
  assertEquals(rows.trails.filter(({ at }) => at === 0).map(({ method }) => method), [
    ...["LoRA-One*", "Full"],
  ]);
  // Full fine-tuning starts at the origin, LoRA-One* is away from it before its first step.
  const start = (name: string) => rows.trails.find(({ method }) => method === name)!;
  assertAlmostEquals(Math.hypot(start("Full").x, start("Full").y), 0, 1e-12);
  assertGreater(Math.hypot(start("LoRA-One*").x, start("LoRA-One*").y), 0.1);
  const at10 = rows.angles.filter(({ at, layer }) => at === 10 && layer === 1);
  assert(at10[1].sineA < at10[0].sineA);
  assertStringIncludes(figure().caption!, "LoRA-One*'s path; learning rates: LoRA-One* 0.05, Full");
});

Deno.test("verdicts() compares seed by seed, and says nothing at the edge of a grid", () => {
  const of = (method: string, rate: number, losses: number[]) =>
    losses.map((final, i) => ({ ...run(method, rate, final), seed: String(i) }));
  // Behind by the factor 2 for every seed, though seeds differ by 10; a tie; an optimum at an edge.
  const inside = (method: string, losses: number[]) => [
    ...of(method, 0.01, losses.map((x) => 5 * x)),
    ...of(method, 0.02, losses),
    ...of(method, 0.03, losses.map((x) => 4 * x)),
  ];
  const rows = [
    ...inside("first", [1, 10, 0.1, 3, 5]),
    ...inside("second", [2.1, 20, 0.2, 6.1, 10]),
    ...inside("tie", [1.5, 9, 0.13, 2.4, 6]),
    ...of("edge", 0.01, [1, 1, 1, 1, 1]),
    ...of("edge", 0.02, [2, 2, 2, 2, 2]),
  ];
  const found = lo.verdicts(rows, "first");
  assertEquals(found.map(({ verdict }) => verdict), ["best", "behind", "tie", "edge"]);
  assertAlmostEquals(found[1].ratio, 2, 0.05);
  const single = rows.filter(({ seed }) => seed === "0");
  assertEquals(lo.verdicts(single, "first")[1].verdict, "one seed");
});
