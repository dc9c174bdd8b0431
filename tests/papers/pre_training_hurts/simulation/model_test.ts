/** The model on one screen is what the simulations run. */
import { assertAlmostEquals, assertGreater } from "@std/assert";
import { DirectSgd } from "lora-dynamics/chain/mod.ts";
import { pairMoments } from "lora-dynamics/gaussian/mod.ts";
import {
  type Adapter,
  chainStep,
  type ChainSummary,
  gradients,
  loss,
  populationLoss,
  type Sample,
  sgdStep,
  type SingleIndex,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { sphere, type Stream, stream } from "lora-dynamics/random/mod.ts";
import { given, rows } from "../../../chain/_given.ts";
import { assertOneLaw, assertOtherLaw, type Sample as LawSample } from "../../../chain/_law.ts";

/** A model in the canonical basis, as DirectSgd has it. */
function modelOf(student: string, frozen: readonly number[], d: number, noise = 0): SingleIndex {
  const target = new Float64Array(d), w0 = new Float64Array(d);
  target[0] = 1;
  w0.set(frozen);
  return { student, target, frozen: w0, noise };
}

for (
  const [student, frozen, noise, step] of [
    ["erf", [0.4], 0, 0.7],
    ["relu", [0.6, -0.3], 0.5, [0.3, 1.1]],
    ["He3", [0.5], 0, 0.01],
  ] as const
) {
  Deno.test(`sgdStep() is DirectSgd on the same inputs: ${student}`, () => {
    const d = 6, batch = 4, steps = 3, rng = stream("7", "model", student);
    const inputs = rows(steps * batch, d, () => rng.normal());
    const labels = rows(1, steps * batch, () => rng.normal())[0];
    const normals = { data: inputs.flat(), noise: labels };
    const omega = sphere(rng.stream("start"), d);
    const direct = new DirectSgd(
      { student, d, frozen, batch, step, noise },
      given({ normals }) as unknown as Stream,
      0.3,
      omega,
    );
    let plain: Adapter = { u: 0.3, omega };
    for (let t = 0; t < steps; t++) {
      direct.step();
      const samples: Sample[] = inputs.slice(t * batch, (t + 1) * batch)
        .map((x, i) => ({ x: Float64Array.from(x), z: labels[t * batch + i] }));
      plain = sgdStep(modelOf(student, frozen, d, noise), plain, samples, step);
      assertAlmostEquals(direct.u, plain.u, 1e-13);
      plain.omega.forEach((x, k) => assertAlmostEquals(direct.omega[k], x, 1e-13));
    }
  });
}

/** `(u, m, h)` after three steps of the model and of its chain, many times. */
function samples(d: number, runs: number, dof: number): { model: LawSample; chain: LawSample } {
  const batch = 3, step = 0.8, rng = stream("7", "model in law"), student = "erf";
  const empty = (): LawSample => ({ u: [], m: [], h: [] });
  const out = { model: empty(), chain: empty() };
  const model = modelOf(student, [0.4], d), a = [0.3], h = Math.sqrt(1 - 0.09);
  const omega = new Float64Array(d);
  omega.set([0.3, h]);
  const normal = () => rng.normal();
  for (let run = 0; run < runs; run++) {
    let plain: Adapter = { u: 0.5, omega }, summary: ChainSummary = { u: 0.5, a, h };
    for (let t = 0; t < 3; t++) {
      const inputs = rows(batch, d, normal).map((x) => ({ x: Float64Array.from(x), z: 0 }));
      plain = sgdStep(model, plain, inputs, step);
      const chi2 = dof === 0 ? 0 : rng.chiSquare(dof), g = rows(1, batch, normal)[0];
      const draws = { z: rows(batch, 1, normal), g, chi2 };
      summary = chainStep({ student, w0: [0.4], step: [step, step] }, summary, draws);
    }
    out.model.u.push(plain.u);
    out.model.m.push(plain.omega[0]);
    out.model.h.push(Math.hypot(...plain.omega.subarray(1)));
    out.chain.u.push(summary.u);
    out.chain.m.push(summary.a[0]);
    out.chain.h.push(summary.h);
  }
  return out;
}

Deno.test("sgdStep() has the law of chainStep(), d = 7, b = 3, three steps, 4000 runs", () => {
  const { model, chain } = samples(7, 4000, 7 - 1 - 1);
  assertOneLaw(model, chain, "d − p − 1 directions");
  // Control: a chain that forgets the directions outside the frame and ω.
  const other = samples(7, 4000, 0);
  assertOtherLaw(other.model, other.chain, "no other directions");
});

Deno.test("gradients() are those of half the squared error, by differences", () => {
  const d = 5, rng = stream("7", "gradients"), model = modelOf("erf", [0.5, 0.2], d, 0.3);
  const batch = rows(3, d, () => rng.normal())
    .map((x) => ({ x: Float64Array.from(x), z: rng.normal() }));
  const omega = sphere(rng.stream("omega"), d), u = 0.4;
  const error = (at: Adapter) => {
    // ½(ŷ − y)² from its definition, with the error function of the library's own moments left aside.
    const erf = (x: number) => {
      const n = 2000, step = x / n;
      let sum = 0;
      for (let i = 0; i < n; i++) sum += Math.exp(-(((i + 0.5) * step) ** 2));
      return 2 / Math.sqrt(Math.PI) * sum * step;
    };
    return batch.reduce((sum, { x, z }) => {
      const w = model.frozen.map((w0, k) => w0 + at.u * at.omega[k]);
      const lambda = w.reduce((s, wk, k) => s + wk * x[k], 0);
      return sum + (erf(lambda) - erf(x[0]) - Math.sqrt(0.3) * z) ** 2 / 2;
    }, 0) / batch.length;
  };
  const found = gradients(model, { u, omega }, batch), e = 1e-4;
  const ofU = (error({ u: u + e, omega }) - error({ u: u - e, omega })) / (2 * e);
  assertAlmostEquals(found.u, ofU, 1e-6);
  for (let k = 0; k < d; k++) {
    const moved = (by: number) => omega.map((x, j) => j === k ? x + by : x);
    const slope = (error({ u, omega: moved(e) }) - error({ u, omega: moved(-e) })) / (2 * e);
    assertAlmostEquals(found.omega[k], slope, 1e-6);
  }
});

Deno.test("loss() is the population loss at r = |w|² and q = w·ω⋆", () => {
  const model = { ...modelOf("relu", [0.5, 0.3], 4), teacher: "erf" };
  const omega = Float64Array.of(0.1, -0.7, 0.5, 0.5), u = 0.6;
  const w = [0.5 + 0.06, 0.3 - 0.42, 0.3, 0.3], r = w.reduce((sum, x) => sum + x * x, 0);
  assertAlmostEquals(
    loss(model, { u, omega }),
    populationLoss(pairMoments("relu", "erf"), r, w[0]),
    1e-13,
  );
  assertGreater(loss(model, { u: 0, omega }), 0);
});
