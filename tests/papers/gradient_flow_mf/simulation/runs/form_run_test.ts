/** One start in several forms: what each is, against the flow by hand. */
import { assertEquals, assertLess, assertThrows } from "@std/assert";
import {
  AdapterFlow,
  descend,
  type FormCell,
  type FormName,
  type FormRow,
  formRun,
  frame,
  plainProblem,
  problemQ,
  rotated,
  startAdapters,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };

const problem = problemQ({ delta: 0.6 }), bases = "892";
const cell: Omit<FormCell, "form"> = {
  ...{ problem: plainProblem(problem), start: "zeroB", startedBy: "zeroB", alpha: 1e-2, r: 3 },
  ...{ bases, times: [3, 9] },
};
const run = (form: FormName, changes: Partial<FormCell> = {}) =>
  formRun({ ...cell, form, ...changes }, { seed: "891" }) as FormRow[];
const start = startAdapters(problem, { start: "zeroB", r: 3, alpha: 1e-2, draws: portable(891) });
const close = (found: number, wanted: number, rel: number) =>
  assertLess(Math.abs(found / wanted - 1), rel);

Deno.test("full, reduced and rotated are one flow, the reference's; with one layer rotated it is another", () => {
  const { losses } = new AdapterFlow(problem, start).solve([3, 9]);
  for (const form of ["full", "reduced", "rotated"] as const) {
    const rows = run(form);
    assertEquals(rows.map(({ at, hidden }) => [at, hidden]), [[3, 12], [9, 12]]);
    rows.forEach(({ loss }, i) => close(loss, losses[i], 1e-9));
    close(rows[1].loss, golden.reduction.rotated9, 1e-9);
  }
  close(run("one layer rotated")[1].loss, golden.reduction.hiddenRotated9, 1e-9);
  const draws = portable(7), [, g1] = [frame(draws, 9, 9), frame(draws, 12, 12)];
  const other = new AdapterFlow(rotated(problem, { g1 }), start).solve([9]).losses[0];
  close(run("one layer rotated", { bases: "7" })[1].loss, other, 1e-12);
});

Deno.test("descent and momentum in every form", () => {
  const eta = 0.02, wanted = descend(problem, start, { eta, at: [150, 450] }).losses;
  for (const form of ["full", "reduced", "rotated"] as const) {
    run(form, { eta }).forEach(({ at, loss }, i) => {
      assertEquals(at, [3, 9][i]);
      close(loss, wanted[i], 1e-9);
    });
  }
  const heavy = descend(problem, start, { eta, at: [150], rule: "momentum" }).losses[0];
  close(run("rotated", { eta, times: [3], rule: "momentum" })[0].loss, heavy, 1e-8);
});

Deno.test("a single adapter, and mistakes", () => {
  const { w2, target } = problem, single = plainProblem({ w2, target });
  const [full, turned] = (["full", "rotated"] as const).map((form) =>
    run(form, { problem: single })[0].loss
  );
  close(turned, full, 1e-9);
  assertThrows(
    () => run("sideways" as never),
    RangeError,
    "form must be one of full, reduced, rotated, one layer rotated",
  );
  assertThrows(
    () => run("full", { eta: 9, times: [900] }),
    RangeError,
    "eta must be smaller: diverged",
  );
  assertThrows(() => run("rotated", { bases: "x" }), RangeError, "seed must be a whole number");
  assertThrows(() => run("full", { steps: 5 } as never), TypeError, "no other keys than");
});
