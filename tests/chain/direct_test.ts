import { assertAlmostEquals, assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import {
  CommitteeChain,
  type CommitteeModel,
  DirectCommittee,
  DirectSgd,
  type SingleIndexModel,
} from "lora-dynamics/chain/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { dot } from "./_given.ts";

/** Derivative of `f` along coordinate `k` by the five-point rule. */
function partial(f: (y: number[]) => number, y: number[], k: number, h = 1e-3): number {
  const at = (x: number) => f(y.map((value, i) => i === k ? value + x : value));
  return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
}

Deno.test("DirectSgd steps down the gradient of the batch loss, taken by differences", () => {
  for (const name of ["x", "erf", "sigmoid", "He3"]) {
    for (const noise of [0, 0.3]) {
      const student = activation(name);
      const model: SingleIndexModel = {
        student,
        teacher: activation("erf"),
        d: 6,
        frozen: [0.5, 0.2],
        batch: 5,
        step: [0.2, 0.1],
        stepScale: 1.6,
        sphere: false,
        noise,
      };
      const rng = stream("7", "direct", name),
        omega = rng.stream("omega").fillNormal(new Float64Array(6));
      const sgd = new DirectSgd(model, rng, 0.3, omega);
      // The same inputs and labels again.
      const data = rng.stream("data"), noises = rng.stream("noise");
      const X = Array.from({ length: 5 }, () => data.fillNormal(new Float64Array(6)));
      const y = X.map((x) =>
        activation("erf").f(x[0]) + (noise > 0 ? Math.sqrt(noise) * noises.normal() : 0)
      );
      const loss = ([u, ...w]: number[]) =>
        X.reduce((sum, x, i) => {
          const lambda = 0.5 * x[0] + 0.2 * x[1] + u * dot(w, x);
          return sum + (student.f(lambda) - y[i]) ** 2 / 10;
        }, 0);
      const at = [0.3, ...omega], N = 1.6;
      sgd.step();
      assertAlmostEquals(sgd.u, 0.3 - 0.2 / N * partial(loss, at, 0), 1e-8, `${name} u`);
      omega.forEach((w, k) => {
        const wanted = w - 0.1 / N * partial(loss, at, k + 1);
        assertAlmostEquals(sgd.omega[k], wanted, 1e-8, `${name} omega ${k}`);
      });
    }
  }
});

Deno.test("DirectSgd starts at u = d^-2 on the sphere, stays there, and copies the given direction", () => {
  const model = { student: activation("erf"), d: 9, frozen: [0.5], batch: 4, step: 0.5 };
  const sgd = new DirectSgd(model, stream("7"));
  assertEquals(sgd.u, 1 / 81);
  sgd.run(20);
  assertAlmostEquals(Math.hypot(...sgd.omega), 1, 1e-14);
  assertAlmostEquals(sgd.h ** 2 + sgd.omega[0] ** 2, 1, 1e-14);
  const omega = new Float64Array(9).fill(1 / 3);
  new DirectSgd(model, stream("7"), 0.5, omega).run(3);
  assertEquals([...omega], Array(9).fill(1 / 3));
});

Deno.test("DirectSgd gives the same numbers bit for bit for one seed, others for another", () => {
  const model = { student: activation("relu"), d: 9, frozen: [0.5], batch: 4, step: 0.5 };
  const run = (seed: string) => {
    const sgd = new DirectSgd(model, stream(seed), 0.2);
    sgd.run(10);
    return [sgd.u, ...sgd.omega];
  };
  assertEquals(run("7"), run("7"));
  assertNotEquals(run("7"), run("8"));
});

const COMMITTEE = {
  activation: activation("erf"),
  d: 8,
  frozen: [0.5, 0.7, 1],
  rank: 2,
  batch: 5,
  step: 0.4,
} satisfies CommitteeModel;

Deno.test("DirectCommittee steps down the gradient of the batch loss, then normalises the rows", () => {
  for (const name of ["erf", "sigmoid"]) {
    const model = { ...COMMITTEE, activation: activation(name) };
    const { d, frozen, batch } = model, K = 3, r = 2, sigma = activation(name).f;
    const rng = stream("7", "committee", name), sgd = new DirectCommittee(model, rng);
    sgd.u.forEach((_, i) => sgd.u[i] = 0.2 * i - 0.5);
    const data = rng.stream("data");
    const X = Array.from({ length: batch }, () => data.fillNormal(new Float64Array(d)));
    const S = name === "erf" ? Math.sqrt(K) : K;
    const loss = (y: number[]) =>
      X.reduce((sum, x) => {
        const rows = [0, 1].map((j) => dot(y.slice(K * r + j * d, K * r + (j + 1) * d), x));
        const error = frozen.reduce((e, mu, k) => {
          const pre = mu * x[k] + y[k * r] * rows[0] + y[k * r + 1] * rows[1];
          return e + (sigma(pre) - sigma(x[k])) / S;
        }, 0);
        return sum + error ** 2 / (2 * batch);
      }, 0);
    const at = [...sgd.u, ...sgd.v[0], ...sgd.v[1]];
    const moved = at.map((x, k) => x - 0.4 * partial(loss, at, k));
    sgd.step();
    sgd.u.forEach((x, k) => assertAlmostEquals(x, moved[k], 1e-9, `${name} U ${k}`));
    sgd.v.forEach((row, j) => {
      const wanted = moved.slice(K * r + j * d, K * r + (j + 1) * d),
        length = Math.hypot(...wanted);
      row.forEach((x, k) => assertAlmostEquals(x, wanted[k] / length, 1e-9, `${name} V ${k}`));
    });
  }
});

Deno.test("committees divide by sqrt(K) for odd activations, by K otherwise, or as told", () => {
  for (const Committee of [CommitteeChain, DirectCommittee]) {
    const scale = (change: Partial<CommitteeModel>) =>
      new Committee({ ...COMMITTEE, ...change }, stream("7")).scale;
    assertEquals(scale({}), Math.sqrt(3));
    assertEquals(scale({ activation: activation("relu") }), 3);
    assertEquals(scale({ activation: activation("He3") }), Math.sqrt(3));
    assertEquals(scale({ scale: 2 }), 2);
  }
});

Deno.test("DirectCommittee of rank 1 on one unit is DirectSgd", () => {
  const rng = stream("7", "one unit");
  const committee = new DirectCommittee({ ...COMMITTEE, frozen: [0.5], rank: 1 }, rng);
  const start = committee.v[0].slice();
  const model = { student: activation("erf"), d: 8, frozen: [0.5], batch: 5, step: 0.4 };
  const sgd = new DirectSgd(model, rng, committee.u[0], start);
  for (let k = 0; k < 10; k++) {
    committee.step();
    sgd.step();
    assertAlmostEquals(committee.u[0], sgd.u, 1e-14);
    sgd.omega.forEach((w, i) => assertAlmostEquals(committee.v[0][i], w, 1e-14));
  }
  assertGreater(Math.abs(sgd.omega[0] - start[0]), 1e-6);
});

Deno.test("runs of a few directions share a memory and nothing else", () => {
  const model: SingleIndexModel = {
    ...{ student: activation("erf"), d: 9, frozen: [0.5], batch: 2, step: 0.7, rule: "momentum" },
  };
  const open = (copy: number) => new DirectSgd(model, stream("7", "shared", copy), 0.5);
  const alone = [0, 1, 2].map((copy) => {
    const sgd = open(copy);
    sgd.run(5);
    return [sgd.u, ...sgd.omega];
  });
  const together = [0, 1, 2].map(open);
  for (let k = 0; k < 5; k++) together.forEach((sgd) => sgd.step());
  assertEquals(together.map((sgd) => [sgd.u, ...sgd.omega]), alone);
  // Far more runs than one memory holds, and one that is too large for it.
  const many = Array.from({ length: 3000 }, (_, i) => open(i % 3));
  many.forEach((sgd) => sgd.run(5));
  assertEquals([many.at(-1)!.u, ...many.at(-1)!.omega], alone[2]);
  const large = new DirectSgd({ ...model, d: 5000 }, stream("7", "large"), 0.5);
  large.run(2);
  assertAlmostEquals(Math.hypot(...large.omega), 1, 1e-12);
});
