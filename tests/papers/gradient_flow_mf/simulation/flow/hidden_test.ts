/** The flow in fewer hidden dimensions is the same flow. */
import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { updateRule } from "lora-dynamics/nn/mod.ts";
import {
  AdapterFlow,
  descend,
  error,
  lossParts,
  misalignment,
  paperProblem,
  reduceHidden,
  signalDirections,
  stackNorms,
  stackOf,
  startAdapters,
  type Started,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { distance, forAll, normal } from "../../_random.ts";

/** What a run is looked at for, after some steps of descent. */
function seen({ problem, adapters }: Started, steps: number): number[] {
  const { states: [end], flow } = descend(problem, adapters, { eta: 1e-3, at: [steps] });
  const along = signalDirections(problem), here = flow.adapters(end);
  const { signal, mixed, rest } = lossParts(error(problem, here), along);
  const gap = misalignment(stackOf(here.b1, here.a1), [along.p, along.v]);
  return [signal, mixed, rest, gap, ...stackNorms(here)];
}

Deno.test("loss by parts, alignment and sizes are those of the full problem, for all kinds of layers", () => {
  let smaller = 0;
  forAll(60, ({ problem, adapters, draws }) => {
    // Hidden directions that neither layer passes on: rows of zeros below W₁, columns beside W₂.
    const more = 6, { w2, w1, target } = problem, h = w2.columns;
    const wide = (rows: number, columns: number, x: typeof w2) => {
      const out = { rows, columns, data: new Float64Array(rows * columns) };
      for (let i = 0; i < x.rows; i++) {
        for (let j = 0; j < x.columns; j++) out.data[i * columns + j] = x.data[i * x.columns + j];
      }
      return out;
    };
    const large = {
      problem: {
        ...{ w2: wide(w2.rows, h + more, w2), target },
        ...(w1 ? { w1: wide(h + more, w1.columns, w1) } : {}),
      },
      adapters: {
        ...{ b1: normal(draws, h + more, adapters.b1.columns), a1: adapters.a1 },
        ...(adapters.b2 && adapters.a2
          ? { b2: adapters.b2, a2: normal(draws, adapters.a2.rows, h + more) }
          : {}),
      },
    };
    for (const x of Object.values(large.adapters)) x.data.forEach((y, i) => x.data[i] = 0.3 * y);
    const reduced = reduceHidden(large), ranks = reduced.adapters;
    const most = Math.min(h, w2.rows + (w1 ? w1.columns : 0)) + ranks.b1.columns +
      (ranks.a2?.rows ?? 0);
    assertLess(reduced.problem.w2.columns, most + 1);
    if (reduced.problem.w2.columns < h + more) smaller++;
    const [full, small] = [seen(large, 20), seen(reduced, 20)];
    const size = full[0] + full[1] + full[2];
    full.forEach((x, i) => {
      assertLess(Math.abs(small[i] - x), 1e-9 * (i < 3 ? size : Math.max(x, 1)), `${i}`);
    });
    // And the way back.
    const { b1, a2 } = reduced.lift(reduced.adapters);
    assertLess(distance(b1, large.adapters.b1), 1e-11);
    if (a2) assertLess(distance(a2, large.adapters.a2!), 1e-11);
  });
  assertGreater(smaller, 40);
});

Deno.test("the paper's 100 hidden dimensions are 14 from a one-sided start and 18 from an all-random one", () => {
  const problem = paperProblem({ seed: "1000" });
  const at = (start: "zeroB" | "zeroA" | "gauss", alpha: number) =>
    startAdapters(problem, { start, r: 4, alpha, draws: portable(2000) });
  for (const [start, h] of [["zeroB", 14], ["zeroA", 14], ["gauss", 18]] as const) {
    const small = reduceHidden({ problem, adapters: at(start, 1e-3) });
    assertEquals(small.problem.w2.columns, h);
    const { losses } = new AdapterFlow(small.problem, small.adapters).solve(golden.reduction.times);
    losses.forEach((l, i) => assertLess(Math.abs(l / golden.reduction[start][i] - 1), 2e-9));
  }
});

Deno.test("exact for momentum too, to the bits that a sum in another order leaves", () => {
  const problem = paperProblem({ h: 30 }), draws = portable(5);
  const adapters = startAdapters(problem, { start: "gauss", r: 3, alpha: 0.05, draws });
  const rule = updateRule("momentum", { momentum: 0.8 }), eta = 2e-4, at = [500];
  const small = reduceHidden({ problem, adapters });
  const [x, y] = [{ problem, adapters }, small].map((of) =>
    descend(of.problem, of.adapters, { eta, at, rule }).losses[0]
  );
  assertEquals(small.problem.w2.columns, 16);
  assertLess(Math.abs(y / x - 1), 1e-9);
});

Deno.test("a problem that has nothing to save is handed back as it is", () => {
  const problem = paperProblem({ h: 10 }), draws = portable(5);
  const adapters = startAdapters(problem, { start: "gauss", r: 3, alpha: 0.05, draws });
  const same = reduceHidden({ problem, adapters });
  assertEquals([same.problem === problem, same.adapters === adapters], [true, true]);
  assertEquals(same.lift(adapters) === adapters, true);
  const full = paperProblem({ h: 14 });
  const all = startAdapters(full, { start: "gauss", r: 4, alpha: 0.05, draws });
  assertEquals(reduceHidden({ problem: full, adapters: all }).problem === full, true);
});

Deno.test("what a layer passes on is counted at every scale of the layers and of the start", () => {
  const paper = paperProblem({ h: 40 });
  for (const [layers, alpha] of [[1e-9, 1e-3], [1e9, 1e-3], [1, 1e-12], [1, 1e6]]) {
    const scaled = (x: typeof paper.w2) => ({ ...x, data: x.data.map((y) => layers * y) });
    const problem = { w2: scaled(paper.w2), w1: scaled(paper.w1!), target: paper.target };
    const draws = portable(3), options = { start: "gauss", r: 4, alpha, draws } as const;
    const adapters = startAdapters(problem, options);
    assertEquals(reduceHidden({ problem, adapters }).problem.w2.columns, 18);
  }
});
