/** The chain as one reads it is the reference's and the fast one's, given the same draws. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { SingleIndexChain, type SingleIndexModel } from "lora-dynamics/chain/mod.ts";
import {
  chainStep,
  type ChainSummary,
  stepScale,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import golden from "../../../golden/pre-training-hurts.json" with { type: "json" };
import { byColumns, given, rows } from "../../../chain/_given.ts";

for (const { student, frozen, u, a, step, sphere, Z, g, chi2, after } of golden.oneStep) {
  const kind = sphere ? "on the sphere" : "free";
  Deno.test(`chainStep() makes the reference's step: ${student}, ${frozen}, ${kind}`, () => {
    const h = Math.sqrt(1 - a.reduce((sum, x) => sum + x * x, 0)), eta = step / stepScale(student);
    const model = { student, w0: frozen, step: [eta, eta] as const, sphere };
    const found = chainStep(model, { u, a, h }, { z: Z, g, chi2 });
    assertAlmostEquals(found.u, after.u, 1e-12);
    after.a.forEach((x, j) => assertAlmostEquals(found.a[j], x, 1e-12));
    assertAlmostEquals(found.h, after.h, 1e-12);
  });
}

Deno.test("chainStep() has no label noise unless it is told, whatever is drawn", () => {
  const model = { student: "erf", w0: [0.37], step: [0.4, 0.7] } as const;
  const state = { u: 0.45, a: [0.3], h: Math.sqrt(1 - 0.09) };
  const draws = { z: [[0.8], [-1.3]], g: [0.4, 1.1], chi2: 31.5 };
  assertEquals(
    chainStep(model, state, { ...draws, noise: [0.9, -1.7] }),
    chainStep(model, state, draws),
  );
});

/** Settings away from every special point. */
const SETTINGS: Record<string, Partial<SingleIndexModel> & { frozen: readonly number[] }> = {
  "aligned": { frozen: [0.37] },
  "one sample": { frozen: [0.37], batch: 1 },
  "two directions, free": { frozen: [0.6, -0.23], sphere: false },
  "three directions, noise": { frozen: [0.5, 0.2, -0.4], noise: 0.7 },
  "one sample, three directions, free": { frozen: [0.5, 0.2, -0.4], batch: 1, sphere: false },
  "two steps, another teacher": { frozen: [0.6, 0.3], step: [0.3, 1.7], teacher: "sigmoid" },
  "a schedule, label noise": {
    ...{ frozen: [0.4], noise: 0.3 },
    step: [(t: number) => 0.9 / (1 + t), (t: number) => 0.2 * (1 + t)],
  },
  "divided steps": { frozen: [0.4, 0.1], stepScale: 3.5, student: "He3", step: 0.4 },
};

for (const [name, setting] of Object.entries(SETTINGS)) {
  Deno.test(`SingleIndexChain makes the steps of chainStep() from the same draws: ${name}`, () => {
    const model = { student: "erf", d: 40, batch: 5, step: 0.8, ...setting };
    const { frozen, batch: b, noise = 0, step } = model, p = frozen.length, copies = 2, steps = 3;
    const rng = stream("7", "plain", name), normal = () => rng.normal();
    const data = Array.from({ length: steps }, () => rows(copies * b, p + 1, normal));
    const label = Array.from({ length: steps }, () => rows(1, copies * b, normal)[0]);
    const chi2 = Array.from({ length: steps }, () => [31.5, 44.25].map((x) => x + rng.normal()));
    const asked: number[] = [];
    const draws = given({
      normals: { data: data.flatMap(byColumns), noise: label.flat() },
      chi2: { remainder: chi2.flat() },
    }, asked);
    const a0 = [0.3, -0.2, 0.4].slice(0, p), start = { u: 0.45, a: a0 };
    const chain = new SingleIndexChain(model, copies, draws, start);

    const h = Math.sqrt(1 - a0.reduce((sum, x) => sum + x * x, 0));
    const plain: ChainSummary[] = Array.from({ length: copies }, () => ({ u: 0.45, a: a0, h }));
    for (let t = 0; t < steps; t++) {
      const parts =
        (Array.isArray(step) ? step : [step, step]) as (number | ((t: number) => number))[];
      const [ofU, ofOmega] = parts.map((part) =>
        (typeof part === "number" ? part : part(t)) / (model.stepScale ?? 1)
      );
      chain.step();
      for (let c = 0; c < copies; c++) {
        const own = data[t].slice(c * b, (c + 1) * b);
        plain[c] = chainStep(
          {
            ...{ student: model.student, w0: frozen, step: [ofU, ofOmega], noise },
            ...(model.teacher ? { teacher: model.teacher } : {}),
            ...(model.sphere === undefined ? {} : { sphere: model.sphere }),
          },
          plain[c],
          {
            z: own.map((row) => row.slice(0, p)),
            g: own.map((row) => row[p]),
            chi2: chi2[t][c],
            noise: label[t].slice(c * b, (c + 1) * b),
          },
        );
        const { u, a, h } = chain.state, where = `copy ${c}, step ${t}`;
        assertAlmostEquals(u[c], plain[c].u, 1e-13, where);
        plain[c].a.forEach((x, j) => assertAlmostEquals(a[c * p + j], x, 1e-13, where));
        assertAlmostEquals(h[c], plain[c].h, 1e-13, where);
      }
    }
    // The law of what is left: d − p − 1 directions.
    assertEquals(new Set(asked), new Set([40 - p - 1]));
  });
}
