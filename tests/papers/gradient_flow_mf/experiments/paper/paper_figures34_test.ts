/** FP2 against the independent implementation, and what a reader may change in it. */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { summary, where } from "lora-dynamics/experiment/mod.ts";
import { type Figure, svg } from "lora-dynamics/figure/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };

const panels = ({ panels }: Figure) => [panels].flat();
/** Small enough for a test: one setting. */
const small = {
  ...{ preset: "quick", c: [1.05], along: ["bottom"], alpha: [1e-3], starts: ["zeroA"] } as const,
  ...{ times: { top: [[5]], bottom: [[12.5]] }, copies: 2 },
} satisfies Parameters<typeof mf.paperFigures34>[0];

Deno.test("means of eight starts are those of the independent implementation", async () => {
  const given = { ...small, copies: 8, starts: ["zeroA", "zeroB"] as const, c: [1.05, 2] };
  const { rows } = await mf.paperFigures34({
    ...{ ...given, along: ["top", "bottom"] },
    times: { top: [[5], [10]], bottom: [[12.5], [20]] },
  });
  for (const reference of golden.paperFigures34.filter(({ c }) => c < 10)) {
    const { along, c } = reference, own = where(where(rows, "c", c), "along", along as "top");
    assertEquals(own[0].at, reference.t);
    for (const start of ["zeroA", "zeroB"] as const) {
      const all = where(own, "start", start),
        mean = (of: (row: mf.SettingRow) => number) =>
          summary(all.map((row) => Math.log10(of(row)))).mean;
      const [loss, gap, x2] = reference[`${start}_0.001`];
      assertAlmostEquals(mean((row) => row.loss), loss, 1e-4);
      assertAlmostEquals(mean((row) => row.gap), gap, 1e-4);
      assertAlmostEquals(mean((row) => row.x2!), Math.log10(x2), 1e-4);
    }
  }
});

Deno.test("half-times carry the escape law, and stand before the horizon", async () => {
  const { rows } = await mf.paperFigures34(small);
  for (const { half, predictedHalf, predictedEscape, at } of rows) {
    // x₂ is of order one here: adapter 2 helps, which the law of adapter 1 alone does not know.
    assert(half! < at && half! < predictedEscape! && Math.abs(half! / predictedHalf! - 1) < 1e-4);
  }
});

Deno.test("a Y_pre for each start, other sizes, descent: rows, panels and captions follow", async () => {
  const own = await mf.paperFigures34({
    ...{
      ...small,
      c: [1.2],
      times: { top: [[1], [2]], bottom: [[2, 6]] },
      h: 12,
      m: 6,
      n: 5,
      r: 2,
    },
    ...{ redraw: true, preSeed: "7", sigma: 2, eta: 1e-3 },
  });
  assertEquals(own.rows.map(({ at, copy }) => [at, copy]), [[2, 0], [6, 0], [2, 1], [6, 1]]);
  const shared = await mf.paperFigures34({
    ...{ ...small, c: [1.2], times: { top: [[1]], bottom: [[2, 6]] }, h: 12, m: 6, n: 5, r: 2 },
    ...{ preSeed: "8", sigma: 2, eta: 1e-3 },
  });
  // The second start's Y_pre is that of the next seed.
  const last = (rows: readonly mf.SettingRow[], copy: number) => where(rows, "copy", copy).at(-1)!;
  assertAlmostEquals(last(own.rows, 1).loss / last(shared.rows, 1).loss, 1, 1e-9);
  assert(last(own.rows, 0).loss !== last(shared.rows, 0).loss);
  const caption = own.figure().caption!;
  for (const words of ["6 × 12 and 12 × 5", "a Y_pre for each start", "step 0.001", "target 2"]) {
    assert(caption.includes(words), `${words}: ${caption}`);
  }
  for (const figure of [own.figure(), own.figure("alignment"), own.figure("ratio")]) {
    assertEquals(panels(figure).map(({ title }) => title), ["/{c} = 1.2, bottom"]);
    assert(svg(figure).length > 1000);
    assert(!JSON.stringify(Object.keys(figure.rows)).includes("paper")); // the paper has no such c
  }
});

Deno.test("the paper's numbers stand in their panels and in the table, floors at the horizon", async () => {
  const result = await mf.paperFigures34({ ...small, times: { top: [[1]], bottom: [[12.5]] } });
  const rows = result.figure("alignment").rows as Record<string, { value: number; at: number }[]>;
  assertEquals(rows["a, paper"].map(({ value, at }) => [value, at]), [[-4.59, 12.5]]);
  assertEquals(result.table().map(({ quantity, paper }) => [quantity, paper]), [
    ...[["log₁₀ L", -11.15], ["log₁₀(1 − cos)", -4.59]],
  ]);
  const none = await mf.paperFigures34({ ...small, published: false });
  assert(!none.figure().caption!.includes("Squares"));
  assert(
    !none.figure().legend!.some(({ label }) => label.includes("paper") && !label.includes("=")),
  );
});

Deno.test("publishedOf() has Fig. 1's numbers for the first setting of Fig. 3", () => {
  const count = (c: number, along: "top" | "bottom", quantity: string) =>
    mf.publishedOf(c, along).filter((point) => point.quantity === quantity).length;
  assertEquals([count(1.05, "top", "gap"), count(1.05, "top", "loss")], [15, 25]);
  assertEquals([count(2, "top", "gap"), count(2, "top", "loss")], [3, 6]);
  assertEquals([count(10, "bottom", "loss"), count(3, "top", "loss")], [2, 0]);
  assert(mf.publishedOf(1.05, "top").every(({ start }) => start === "random"));
});

Deno.test("mistakes name the parameter", async () => {
  const cases: [object, string][] = [
    [{ times: { top: [[5]], bottom: [] } }, "times must be lists for 1 values of c along bottom"],
    [{ times: { top: [[5]], bottom: [[3, 2]] } }, "times of bottom must be > 0 and increase"],
    [{ times: { top: [[5]], bottom: [[]] } }, "bottom must have a time for each c"],
    [{ c: [0] }, "c[0] must be a finite number > 0"],
    [{ c: [2, 2], times: { top: [], bottom: [[1], [1]] } }, "c must be different numbers"],
    [{ along: ["middle"] }, "along"],
    [{ along: ["bottom", "bottom"] }, "along must be different pairs"],
    [{ preSeed: "one" }, "preSeed must be"],
    [{ h: 4 }, "h must be >= 10, the rank of Y_pre: current value is 4"],
    [{ starts: ["zeroA", "zeroA"] }, "starts must be of different names"],
  ];
  for (const [given, message] of cases) {
    await assertRejects(() => mf.paperFigures34({ ...small, ...given } as never), Error, message);
  }
});
