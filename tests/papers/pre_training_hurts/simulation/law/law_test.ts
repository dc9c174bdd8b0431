/** Samples for the tests of exactness: who draws them, from what, and what is refused. */
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CommitteeChain } from "lora-dynamics/chain/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import {
  committeeLawSample,
  type LawRow,
  lawSample,
  type LawSampler,
  sgdStep,
  withDegrees,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { plainRun } from "lora-dynamics/papers/pre_training_hurts/simulation/law/plain_model.ts";
import { sphere, stream } from "lora-dynamics/random/mod.ts";

const CELL = {
  ...{ student: "erf", w0: 0.5, d: 7, batch: 3, step: 0.9, start: { u: 0.4 } },
  ...{ copies: 3, looks: [0, 1, 4] },
} as const;

async function sample(sampler: LawSampler, change: object = {}): Promise<LawRow[]> {
  return [await lawSample({ ...CELL, sampler, ...change }, { seed: "5" } as never)].flat();
}

Deno.test("every sampler gives a row for each copy and look, on the sphere, from its own numbers", async () => {
  const all = await Promise.all(
    (["exact chain", "chain of samples", "whole inputs", "plain model"] as const).map((s) =>
      sample(s)
    ),
  );
  for (const rows of all) {
    assertEquals(rows.length, 9);
    assertEquals(new Set(rows.map(({ copy, at }) => `${copy} ${at}`)).size, 9);
    for (const { m, h, u, at } of rows) {
      assertAlmostEquals(m * m + h * h, 1, 1e-12);
      if (at === 0) assertEquals(u, 0.4);
    }
  }
  const firsts = all.map((rows) => rows.find(({ copy, at }) => copy === 0 && at === 4)!.u);
  assertEquals(new Set(firsts).size, 4);
});

Deno.test("degrees of freedom are added where the chain draws its remainder, and nowhere else", () => {
  const rng = stream("3", "degrees"), spoilt = withDegrees(rng, 2.5);
  const out = spoilt.stream("remainder").fillChiSquare(new Float64Array(3), 4);
  assertEquals(out, rng.stream("remainder").fillChiSquare(new Float64Array(3), 6.5));
  assertEquals(
    spoilt.stream("copy", 1, "remainder").chiSquare(3),
    rng.stream("copy", 1, "remainder").chiSquare(5.5),
  );
  assertEquals(spoilt.stream("start").chiSquare(3), rng.stream("start").chiSquare(3));
  assertEquals(spoilt.stream("data").normal(), rng.stream("data").normal());
  const none = withDegrees(rng, null).stream("remainder");
  assertEquals(
    [none.normal(), none.chiSquare(3), ...none.fillNormal(new Float64Array(2).fill(9))],
    [0, 0, 0, 0],
  );
});

Deno.test("a wrong remainder changes the chain from its first step on", async () => {
  const [exact, more, none] = await Promise.all(
    [0, 1, null].map((degrees) => sample("exact chain", { degrees })),
  );
  const at = (rows: LawRow[], k: number) => rows.filter((row) => row.at === k).map(({ h }) => h);
  assert(at(more, 1).every((h, c) => h !== at(exact, 1)[c]));
  // Without the rest ω gets no new direction: it keeps less outside the frame.
  assert(at(none, 1).every((h) => h < 1));
});

Deno.test("the plain model makes the steps of sgdStep, He3 with its divisor, a schedule with its sizes", () => {
  const setting = {
    ...CELL,
    student: "He3",
    w0: [0.6, 0.3],
    noise: 0.2,
    step: ["0.4 / (1 + t)", 0.3],
    copies: 1,
  } as const;
  const rng = stream("2", "plain"), run = plainRun(setting, rng), data = rng.stream("data");
  let own = { u: 0.4, omega: sphere(rng.stream("start"), 7) };
  const target = new Float64Array(7), frozen = new Float64Array(7);
  target[0] = 1;
  frozen.set([0.6, 0.3]);
  for (const step of [0.4, 0.2]) {
    run.step();
    const batch = Array.from(
      { length: 3 },
      () => ({ x: data.fillNormal(new Float64Array(7)), z: data.normal() }),
    );
    own = sgdStep({ student: "He3", target, frozen, noise: 0.2 }, own, batch, [
      step / 18,
      0.3 / 18,
    ]);
  }
  const { u, a, h } = run.state(0);
  assertEquals([u, ...a], [own.u, own.omega[0], own.omega[1]]);
  assertAlmostEquals(h, Math.hypot(...own.omega.subarray(2)), 1e-15);
});

Deno.test("what the model on one screen does not have is refused by name", () => {
  const cases: [object, string][] = [
    [{ rule: "momentum" }, 'rule must be "sgd"'],
    [{ criterion: "huber" }, 'criterion must be "square"'],
    [{ noiseLaw: "signs" }, "noiseLaw"],
    [{ inputs: "sphere" }, "inputs"],
    [{ rank: 2 }, "rank must be 1"],
    [{ sphere: false }, "sphere must be true"],
    [{ start: { u: 0, a: [0.3] } }, "start must be random"],
  ];
  for (const [change, words] of cases) {
    assertThrows(() => plainRun({ ...CELL, ...change }, stream("1")), RangeError, words);
  }
});

Deno.test("committees: overlaps and Gram matrix follow from the factors, inside the frame and outside", async () => {
  const cell = {
    student: "erf",
    rows: [[0.5, 0.1, 0.2], [0, 0.4, 0]],
    rank: 2,
    d: 9,
    batch: 2,
    step: 3,
  } as const;
  for (const sampler of ["exact chain", "whole inputs"] as const) {
    const [row] = [
      await committeeLawSample({ ...cell, sampler, copies: 1, looks: [0] }, { seed: "5" } as never),
    ].flat();
    const value = (key: string) => row[key] as number;
    // U₀ = d⁻² in every entry: both students have one row added, v₀ + v₁ over d².
    for (const key of ["u00^2", "u01^2", "u10^2", "u11^2"]) {
      assertAlmostEquals(value(key), 9 ** -4, 1e-16);
    }
    assertAlmostEquals(value("q00") - 0.5, value("q10"), 1e-15);
    assertAlmostEquals(value("q11") - 0.4, value("q01") - 0.1, 1e-15);
    assert(value("a00^2") + value("a01^2") <= 1);
    // |w₀|² ≥ what is seen of it on the teacher's rows.
    assert(value("g00") >= value("q00") ** 2 + value("q01") ** 2 - 1e-15);
    assert(value("g01") ** 2 <= value("g00") * value("g11"));
  }
});

Deno.test("committees: after steps overlaps and Gram matrix are those of the chain with the same numbers", async () => {
  const frozen = [[0.5, 0.1, 0.2], [0, 0.4, 0]], rank = 2, p = 3;
  const model = { rank, d: 9, batch: 2, step: 3 };
  const cell = { ...model, rows: frozen, student: "erf", sampler: "exact chain" } as const;
  const [row] = [
    await committeeLawSample({ ...cell, copies: 1, looks: [2] }, { seed: "5" } as never),
  ].flat();
  const chain = new CommitteeChain(
    { ...model, frozen, activation: activation("erf"), scale: Math.SQRT2 },
    stream("5", "committee law", "exact chain", 0).stream(0),
  );
  chain.run(2);
  const { u, a, h } = chain;
  // |w_k + Σ u_kj v_j|² by hand: inside the frame, and outside it by the Gram matrix of the rest.
  for (let k = 0; k < 2; k++) {
    let square = 0;
    for (let q = 0; q < p; q++) {
      const inside = frozen[k][q] + u[2 * k] * a[q] + u[2 * k + 1] * a[p + q];
      if (q < 2) assertAlmostEquals(row[`q${k}${q}`] as number, inside, 1e-15);
      square += inside ** 2;
    }
    for (let l = 0; l < rank; l++) {
      square += (u[2 * k] * h[l] + u[2 * k + 1] * h[rank + l]) ** 2;
    }
    assertAlmostEquals(row[`g${k}${k}`] as number, square, 1e-15);
    for (let j = 0; j < rank; j++) {
      assertAlmostEquals(row[`a${j}${k}^2`] as number, a[p * j + k] ** 2, 1e-15);
      assertAlmostEquals(row[`u${k}${j}^2`] as number, u[2 * k + j] ** 2, 1e-15);
    }
  }
});

Deno.test("inputs that depend on the axes have no chain, and whole inputs run them", async () => {
  await assertRejects(() => sample("exact chain", { inputs: "signs" }), RangeError, "whole inputs");
  assertEquals((await sample("whole inputs", { inputs: "signs" })).length, 9);
});

Deno.test("two ranks have two steps: that of ω is its own, both over the divisor", async () => {
  const at = async (step: unknown, stepScale?: number) => {
    const rows = await sample("exact chain", {
      rank: 2,
      student: "He2",
      start: "random",
      step,
      stepScale,
    });
    return rows.at(-1)!;
  };
  const [same, both, other, unscaled] = [
    await at(0.4),
    await at([0.4, 0.4]),
    await at([0.4, 0.1]),
    await at([0.1, 0.025], 1),
  ];
  assertAlmostEquals(same.h, both.h, 1e-14);
  assert(Math.abs(other.h - both.h) > 1e-9);
  assertAlmostEquals(unscaled.h, other.h, 1e-14); // 2·2! = 4
});
