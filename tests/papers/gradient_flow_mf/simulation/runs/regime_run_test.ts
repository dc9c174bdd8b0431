import { assertAlmostEquals, assertEquals } from "@std/assert";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";

Deno.test("regimeRun() is the flow of its draw, with what is outside the signal at the half-time", () => {
  const options = { m: 1e4, n: 4e3, r: 3, alpha: 1e-3, sigma: [0.8], s: 1.4 };
  const rows = mf.regimeRun({ ...options, times: [1, 9, 300] }, { seed: "4" }) as mf.RegimeMoment[];
  const { problem, adapters } = mf.regimeDraw(options, "4");
  const flow = new mf.AdapterFlow(problem, adapters), half = rows[0].half!;
  const along = mf.signalDirections(problem);
  const { losses, states } = flow.solve([1, half, 9, 300]);
  rows.forEach(({ loss }, i) => assertAlmostEquals(loss / losses[[0, 2, 3][i]], 1, 1e-5));
  const there = mf.lossParts(flow.error(states[1]), along);
  assertAlmostEquals(Math.sqrt(2 * there.signal), 0.4, 1e-5);
  assertAlmostEquals(rows[0].restAtHalf! / there.rest, 1, 1e-5);
  assertAlmostEquals(rows[2].rest / mf.lossParts(flow.error(states[3]), along).rest, 1, 1e-5);
  const [early] = mf.regimeRun({ ...options, times: [1] }, { seed: "4" }) as mf.RegimeMoment[];
  assertEquals([early.half, early.restAtHalf], [null, null]);
});
