/** What notebooks invite their readers to type works as it is printed. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { type Figure, svg } from "lora-dynamics/figure/mod.ts";
import * as lo from "lora-dynamics/papers/lora_one/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import * as cr from "lora-dynamics/papers/convergence_rate/mod.ts";
import * as lf from "lora-dynamics/papers/lazy_vs_feature/mod.ts";
import * as hurts from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { readNotebook } from "../../lib/cli/reproduce/partial.ts";
import {
  type Experiments,
  openNotebook,
  type Tiny,
  tryIt,
  tryItems,
  type TryNotebook,
} from "./_try_it.ts";

/** Experiments of a paper, by the name that its notebook gives it. */
const experimentsOf = (name: string, paper: object): Experiments => (callee) => {
  const [of, key, ...more] = callee.split(".");
  if (of !== name || more.length > 0) return undefined;
  const found = (paper as Record<string, { parameters?: object } | undefined>)[key];
  return found?.parameters && Object.keys(found.parameters);
};

/** Notebooks whose lines are run; sizes for a test; how many lines there are at least. */
const NOTEBOOKS: {
  readonly name: string;
  readonly paper: Experiments;
  readonly least: number;
  readonly tiny: Tiny;
  /** Lines with names that a reader replaces by what is there. */
  readonly words?: readonly string[];
}[] = [{
  ...{ name: "gradient-flow-mf", paper: experimentsOf("mf", mf), least: 20 },
  tiny: {
    all: { copies: 2, points: 4 },
    of: {
      "mf.paperFigure1": { alpha: [1e-3], starts: ["zeroB"], others: [], earlyPoints: 3 },
      "mf.sameFlow": { starts: ["zeroB"], horizon: 0.2 },
      "mf.competitionMap": {
        ...{ copies: 1, ratios: [0.3, 0.9], rates: [0.5, 4], runRatios: [0.5], runRates: [1, 2] },
      },
    },
  },
}, {
  ...{ name: "pre-training-hurts", paper: experimentsOf("hurts", hurts), least: 50 },
  words: ["data: { x, label }"], // a reader's own, which this test does not have
  tiny: {
    all: { preset: "quick", copies: 2, points: 4 },
    of: {
      "hurts.courses": { steps: 30 },
      "hurts.exactness": { copies: 100 },
      "hurts.committeeCourses": { time: 3, d: 20, batch: 20 },
      "hurts.exitTimes": { mu: [0.4], most: 1e6, curve: 2 },
      "hurts.dimensionExits": { mu: [0.5], d: [100, 300], maxSteps: 200 },
      "hurts.publishedTimes": { groups: 10, starts: 6, most: 1e4 },
      "hurts.searchTimes": { points: 8 },
      "hurts.trapCourses": { d: [100] },
      "hurts.optimumStability": { steps: 8, sizes: [1] },
      "hurts.spectralControl": { mu: [0.5], maxSteps: 2000 },
      "hurts.trapEnds": { mu: [0.6], rest: 20 },
      "hurts.curriculumCourses": { first: 2, second: 2 },
      "hurts.misalignedCourses": { steps: 20 },
      "hurts.baselines": { d: [100], maxSteps: 50 },
      "hurts.assistedSearch": { batch: [1000], maxSteps: 50 },
      "hurts.plateaus": { mu: [0.3], d: [1e7], batch: [4], times: 2 },
      "hurts.batchRules": { d: [1e6] },
      "hurts.noiseFloors": { mu: [0.3], averaged: 5, burnIn: 5 },
      "hurts.stepRatios": { raiseU: [4], raiseOmega: [10], raiseBoth: [4], maxSteps: 100 },
      "hurts.digitsSearchTimes": { mu: [0, 0.5], train: 60, fullSteps: 50, maxSteps: 40 },
      "hurts.searchMap": { rows: 3, columns: 2, runs: [2, 2], length: 50 },
      "hurts.stepSizeMap": { rows: 6, columns: 6, runs: [2, 2], length: 50 },
    },
  },
}, {
  ...{ name: "convergence-rate", paper: experimentsOf("cr", cr), least: 30 },
  tiny: {
    all: { preset: "quick", copies: 2, trials: 60, epochs: 2, steps: 300 },
    of: {
      "cr.descentLemmas": { factored: 20 },
      "cr.kappaSharpness": { starts: 4, tries: 20 },
      "cr.worstCases": { steps: [100, 1000] },
      "cr.laboratoryExponents": { steps: [100] },
      "cr.noisyDescent": { steps: 1000 },
    },
  },
}, {
  ...{ name: "lora-one", paper: experimentsOf("lo", lo), least: 30 },
  tiny: {
    all: { preset: "quick", copies: 2, points: 4 },
    of: {
      "lo.catapults": { variances: [1] },
      "lo.alignmentTimes": { d: [100, 1000], draws: 400 },
      "lo.labelNoise": { mapPoints: 3 },
      "lo.oneStepRecovery": { sizes: [[20, 80, 2]], d: 10, rank: 2, lawDraws: 200 },
      "lo.conditionNumbers": { kappas: [1, 10], extreme: [] },
      "lo.basin": { d: 12, most: 100 },
      "lo.activationDescents": { N: [0], kappas: [1, 10], steps: 20 },
      "lo.startFactors": { N: [0, 200] },
      "lo.halfLearning": { scales: 3 },
    },
  },
}, {
  ...{ name: "lazy-vs-feature", paper: experimentsOf("lf", lf), least: 40 },
  words: ['lf.dataCourses({ inputs: { name: "mine", rows }, d: 10 })'], // a reader's own data
  tiny: {
    all: {},
    of: {
      "lf.frozenCourses": { copies: 4, n: 60, times: [0, 10] },
      "lf.slopes": { inputs: 200 },
      "lf.conditions": { draws: 200, curves: 3 },
      "lf.startSlopes": { draws: 200, k: [17, 65] },
      "lf.separatedSlopes": { draws: 20, k: [16, 32] },
      "lf.flowCourses": { d: [100], copies: [4], times: [2, 5], direct: 1 },
      "lf.spreads": { n: [100], copies: 20, times: [2, 5] },
      "lf.kappaAxis": { kappas: [0.5, 8, 16], copies: 8, d: 60 },
      "lf.regions": { points: 6 },
      "lf.stepRules": { n: 60, copies: 2, times: [5, 10, 20] },
      "lf.lateRates": { n: 100, copies: 2, tailN: 60, tailCopies: 2 },
      "lf.zeroStarts": { n: 100, copies: 2, times: [5, 10] },
      "lf.lazyFloors": { kappas: [0.1, 1], sampled: [1], samples: 400, copies: 2 },
      "lf.wrongSigns": { n: 60, copies: 2, time: 5 },
      "lf.widthCosts": { k: [25, 81], draws: 5 },
      "lf.accuracyCosts": { n: 60, copies: 3, endN: 100, endCopies: 2, epsilon: [0.3, 0.1] },
      "lf.jointPortraits": { n: 60, copies: 4, times: [0, 5, 10] },
      "lf.adapterCourses": { n: 60, copies: 2, times: [5, 10] },
      "lf.factorCourses": { n: 60, copies: 2, times: [5, 10] },
      "lf.jointAgainstFrozen": { n: 60, copies: 4, times: [0, 5] },
      "lf.inputLawCourses": { d: 30, copies: 2, chains: 4, times: [2, 5] },
      "lf.dimensionTimes": {},
    },
  },
}];

/** What an experiment gives can be read, drawn and tabled. */
function look(result: unknown): void {
  const { rows, figure, table } = result as {
    rows?: object;
    figure?: () => Figure;
    table?: () => unknown[];
  };
  if (rows === undefined) return;
  for (const some of Array.isArray(rows) ? [rows] : Object.values(rows)) {
    assertGreater(some.length, 0);
  }
  assertGreater(table!().length, 0);
  assert(svg(figure!()).startsWith("<svg"));
}

for (const { name, paper, least, tiny, words = [] } of NOTEBOOKS) {
  Deno.test(`every line that ${name} invites to try runs as it is printed`, async (t) => {
    const notebook = await openNotebook(name), items = tryItems(notebook, paper);
    assertGreater(items.length, least);
    for (const item of items) {
      if (words.includes(item.code)) continue;
      await t.step(item.code, async () => {
        const result = await tryIt(notebook, item, paper, tiny);
        assertNotEquals(result, undefined);
        look(result);
      });
    }
  });
}

/** A notebook of few cells; code is marked by a prompt. */
function notebookOf(...sources: string[]): TryNotebook {
  const cells = sources.map((source) => ({
    code: source.startsWith("> "),
    source: source.replace(/^> /, ""),
  }));
  const json = cells.map(({ code, source }) => ({ cell_type: code ? "code" : "markdown", source }));
  return { cells, read: readNotebook("small.ipynb", JSON.stringify({ cells: json })) };
}

const PAPER = experimentsOf("mf", mf), ALL = { all: { copies: 1, points: 2 } };
const HEAD = [
  '> import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";\n' +
  'import { parameters } from "lora-dynamics/experiment/mod.ts";\n' +
  "const P = parameters({ delta: 0.5, alpha: 0.01 });",
  "> const wanted = { alpha: [P.alpha], horizon: 5 };",
  "> const other = nobody;", // what no line needs does not run
  "> const run = await mf.courses({ ...wanted, problem: mf.problemQ({ delta: P.delta }) });",
];

Deno.test("lines are found where they stand, and change the parameter cell or the experiment beside them", async () => {
  const small = notebookOf(
    ...HEAD,
    'A `span`.\n\n_Not:_ `x`. **Try\nit**: `delta: 0.25`, `alpha: [P.alpha / 2], starts: ["zeroA"]`; `run`.',
    "## 2. Try it yourself\n\n| q | in `mf.courses({ ...wanted, … })` |\n|---|---|\n| r | `r: 2` |",
  );
  const items = tryItems(small, PAPER);
  assertEquals(items.map(({ code }) => code), [
    ...["delta: 0.25", 'alpha: [P.alpha / 2], starts: ["zeroA"]', "run", "r: 2"],
  ]);
  const made = [];
  for (const item of items) made.push(await tryIt(small, item, PAPER, ALL));
  const [changed, halved, , ranked] = made as Awaited<ReturnType<typeof mf.courses>>[];
  assertStringIncludes((changed.parameters.problem as mf.Problem).name!, "δ_w = 0.25");
  assertEquals([halved.parameters.alpha, halved.parameters.copies], [[0.005], 1]);
  assertEquals(halved.rows[0].start, "zeroA");
  assertEquals([ranked.parameters.r, ranked.parameters.horizon], [2, 5]);
});

Deno.test("a line that does not run, needs what is not there, or is no code is an error", async () => {
  const refused = async (line: string, words: string) => {
    const small = notebookOf(...HEAD, `**Try it**: ${line}.`);
    const [item] = tryItems(small, PAPER);
    await assertRejects(() => tryIt(small, item, PAPER, ALL), Error, words);
  };
  await refused("`gamma: 3`", "gamma must be one of its parameters");
  await refused("`problem: mf.nothing()`", "mf.nothing is not a function");
  await refused("`r: other`", "nobody is not defined");
  const table = (row: string) =>
    notebookOf(
      ...HEAD,
      `## Try it yourself\n\n| q | \`mf.courses({ … })\` |\n|---|---|\n| r | ${row} |`,
    );
  for (const row of ["more of it", "`hook: () => …`", "`r: 2` or `r: 1`"]) {
    assertThrows(() => tryItems(table(row), PAPER), Error, "not one line of code to try: r |");
  }
  assertThrows(
    () => tryItems(notebookOf("**Try it**: `r: 1`."), PAPER),
    Error,
    "no experiment beside",
  );
});
