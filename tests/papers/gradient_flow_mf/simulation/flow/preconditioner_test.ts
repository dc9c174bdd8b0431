import { assertAlmostEquals } from "@std/assert";
import { matrix, multiply, multiplyNT } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

Deno.test("preconditioner() makes W₂Ḃ = P EAᵀ with P the projector on the range of W₂", () => {
  const draws = portable(4), w2 = matrix(5, 3, draws.normals(15)), target = matrix(5, 4);
  // The third column repeats the first: rank two.
  for (let i = 0; i < 5; i++) w2.data[3 * i + 2] = w2.data[3 * i];
  target.data.set(draws.normals(20));
  const problem = { w2, target };
  const adapters = mf.startAdapters(problem, { start: "gauss", r: 2, alpha: 0.3, draws });
  const flow = new mf.AdapterFlow(problem, adapters, { hook: mf.preconditioner(w2) });
  const out = new Float64Array(flow.start.length);
  flow.rhs(0, flow.start, out);
  const got = multiply(w2, flow.adapters(out).b1);
  const wanted = multiplyNT(mf.error(problem, adapters), adapters.a1);
  // Gram–Schmidt of the two independent columns.
  const first = [0, 1, 2, 3, 4].map((i) => w2.data[3 * i]), one = Math.hypot(...first);
  const q1 = first.map((x) => x / one), second = q1.map((_, i) => w2.data[3 * i + 1]);
  const along = second.reduce((sum, x, i) => sum + x * q1[i], 0);
  const rest = second.map((x, i) => x - along * q1[i]), two = Math.hypot(...rest);
  const q2 = rest.map((x) => x / two);
  for (let k = 0; k < 2; k++) {
    const column = q1.map((_, i) => wanted.data[2 * i + k]);
    const on = (q: number[]) => q.reduce((sum, x, i) => sum + x * column[i], 0);
    const [x, y] = [on(q1), on(q2)];
    q1.forEach((_, i) => assertAlmostEquals(got.data[2 * i + k], x * q1[i] + y * q2[i], 1e-12));
  }
  const plain = new Float64Array(out.length);
  new mf.AdapterFlow(problem, adapters).rhs(0, flow.start, plain);
  flow.adapters(out).a1.data.forEach((x, i) =>
    assertAlmostEquals(x, flow.adapters(plain).a1.data[i], 1e-15)
  );
});
