/** Runs side by side against single ones. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { frobeniusNorm } from "lora-dynamics/linalg/mod.ts";
import {
  type Adapters,
  aligned,
  descend,
  descendTogether,
  frame,
  type Problem,
  problemQ,
  rotated,
  scaledAdapters,
  startAdapters,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

function started(problem: Problem, count: number, r: number | [number, number]): Adapters[] {
  return Array.from({ length: count }, (_, i) =>
    startAdapters(problem, {
      ...{ start: "gauss", r, alpha: 0.1 + 0.02 * i, draws: portable(40 + i) },
    }));
}

/** Hidden directions that neither layer passes on, rows and columns that belong to none, unequal ranks. */
const problem = aligned({
  ...{ s2: [1.9, 1.3, 0.8], s1: [1.2, 0.7, 0.4], target: [0, 0.7, 0.2], m: 5, h: 7, n: 4 },
});

Deno.test("runs side by side are the single runs, in more than one group and at any number", () => {
  for (const count of [1, 2, 5, 19]) {
    const starts = started(problem, count, [3, 2]), options = { eta: 0.02, at: [0, 1, 150, 151] };
    const runs = descendTogether(problem, starts, options);
    assertEquals(runs.length, count);
    runs.forEach((run, i) => {
      const single = descend(problem, starts[i], options);
      assertEquals([run.status, run.at], [single.status, single.at]);
      run.states.forEach((state, k) => {
        state.forEach((x, j) => assert(Math.abs(x - single.states[k][j]) < 1e-13));
        assert(Math.abs(run.losses[k] / single.losses[k] - 1) < 1e-11);
      });
    });
  }
});

Deno.test("a schedule of steps is followed by all", () => {
  const starts = started(problem, 5, [1, 1]), eta = (step: number) => 0.1 / (1 + step);
  const runs = descendTogether(problem, starts, { eta, at: [60] });
  const single = descend(problem, starts[4], { eta, at: [60] });
  assert(Math.abs(runs[4].losses[0] / single.losses[0] - 1) < 1e-12);
});

Deno.test("layers that are not diagonal, and a single adapter, give the single runs' bits", () => {
  const turned = rotated(problemQ({ delta: 0.5 }), { g: frame(portable(1), 12, 12) });
  const one = aligned({ s2: [1.9, 1.3], target: [0.4] });
  for (const [each, r] of [[turned, 2], [one, 2]] as [Problem, number][]) {
    const starts = started(each, 3, r), options = { eta: 0.01, at: [20] };
    const runs = descendTogether(each, starts, options);
    starts.forEach((start, i) => {
      assertEquals(runs[i].states, descend(each, start, options).states);
    });
  }
});

Deno.test("a run that diverges does not touch its neighbours", () => {
  const starts = started(problem, 4, [2, 2]), options = { eta: 0.3, at: [1, 40, 80] };
  const good = descendTogether(problem, starts, options);
  const large = scaledAdapters(starts[1], 40);
  const runs = descendTogether(problem, [starts[0], large, ...starts.slice(2)], options);
  assertEquals(runs.map(({ status }) => status), [
    ...["done", "diverged: step too large", "done", "done"],
  ]);
  assert(runs[1].states.length < 3 && runs[1].at.length === runs[1].states.length);
  for (const i of [0, 2, 3]) assertEquals(runs[i].states, good[i].states);
  const none = descendTogether(problem, [large, large], options);
  assert(none.every(({ status }) => status === "diverged: step too large"));
  assertEquals(frobeniusNorm(large.b1) > 0, true);
});

Deno.test("starts of different ranks, unknown options and unsorted steps are refused", () => {
  const starts = [...started(problem, 1, [2, 2]), ...started(problem, 1, [2, 1])];
  assertThrows(
    () => descendTogether(problem, starts, { eta: 0.1, at: [1] }),
    TypeError,
    "starts must have equal ranks: current ranks are 2,2 and 2,1",
  );
  const fine = started(problem, 2, [2, 2]);
  assertThrows(
    () => descendTogether(problem, fine, { eta: 0.1, at: [1], rule: "adam" } as never),
    TypeError,
    "no other keys than eta, at",
  );
  assertThrows(() => descendTogether(problem, fine, { eta: -1, at: [1] }), RangeError, "eta");
  assertThrows(() => descendTogether(problem, fine, { eta: () => NaN, at: [1] }), RangeError);
  assertThrows(() => descendTogether(problem, fine, { eta: 0.1, at: [2, 1] }), RangeError, "at[1]");
  assertThrows(() => descendTogether(problem, fine, { eta: 0.1, at: [] }), TypeError, "at must be");
});
