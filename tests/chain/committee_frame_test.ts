/** Committees whose frozen rows do not lie along the teacher's. */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  CommitteeChain,
  type CommitteeModel,
  DirectCommittee,
  DirectSgd,
  SingleIndexChain,
} from "lora-dynamics/chain/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { byColumns, given, rows } from "./_given.ts";
import { assertOneLaw, assertOtherLaw, type Sample } from "./_law.ts";

const MODEL: CommitteeModel = {
  activation: "relu",
  d: 9,
  frozen: [[0.5, 0.2, 0.4], [-0.3, 0.6, 0]],
  rank: 2,
  batch: 4,
  step: 1.5,
};

Deno.test("rows along the teacher's are their numbers, bit for bit", () => {
  const run = (
    Committee: typeof CommitteeChain | typeof DirectCommittee,
    frozen: CommitteeModel["frozen"],
  ) => {
    const sgd = new Committee({ ...MODEL, frozen }, stream("7", "rows"));
    sgd.run(10);
    return [...sgd.u, ...sgd instanceof CommitteeChain ? sgd.gram() : sgd.v[1]];
  };
  for (const Committee of [CommitteeChain, DirectCommittee]) {
    assertEquals(run(Committee, [[0.5, 0], [0, 0.7]]), run(Committee, [0.5, 0.7]));
  }
});

Deno.test("one unit with an adapter of rank one is a misaligned single index, path by path", () => {
  const model = { ...MODEL, frozen: [[0.6, 0.4]], rank: 1, activation: "erf", batch: 20 };
  const { d, batch, step } = model, single = { student: "erf", d, frozen: [0.6, 0.4], batch, step };
  const committee = new DirectCommittee(model, stream("7", "one"));
  const sgd = new DirectSgd(single, stream("7", "one"), committee.u[0], committee.v[0].slice());
  for (let k = 0; k < 10; k++) {
    committee.step();
    sgd.step();
    assertAlmostEquals(committee.u[0], sgd.u, 1e-14);
    sgd.omega.forEach((w, i) => assertAlmostEquals(committee.v[0][i], w, 1e-14));
  }
  // The chains, on the same draws.
  const rng = stream("7", "draws"), z = rows(batch, 2, () => rng.normal());
  const g = rows(1, batch, () => rng.normal())[0], remainder = [5.5];
  const many = new CommitteeChain(
    model,
    given({
      normals: { start: [0.3, -0.8], data: [...z.flat(), ...g] },
      chi2: { "start remainder": [0.91], remainder },
    }),
  );
  many.u[0] = 0.6;
  const start = { u: 0.6, a: [...many.a] };
  const draws = given({ normals: { data: [...byColumns(z), ...g] }, chi2: { remainder } });
  const one = new SingleIndexChain(single, 1, draws, start);
  many.step();
  one.step();
  [...many.u, ...many.a, ...many.h].forEach((x, i) => {
    assertAlmostEquals(x, [...one.state.u, ...one.state.a, ...one.state.h][i], 1e-15);
  });
});

/** All that a chain keeps, of either kind. */
function sample(make: (run: number) => CommitteeChain | DirectCommittee): Sample {
  const kept: Sample = {};
  const keep = (name: string, value: number) => (kept[name] ??= []).push(value);
  const K = 2, p = 3, r = 2;
  for (let run = 0; run < 1200; run++) {
    const sgd = make(run);
    sgd.u.fill(0.4);
    sgd.run(6);
    const a = (j: number, q: number) =>
      sgd instanceof CommitteeChain ? sgd.a[j * p + q] : sgd.v[j][q];
    for (let j = 0; j < r; j++) {
      for (let k = 0; k < K; k++) keep(`u${k}${j}`, sgd.u[k * r + j]);
      for (let q = 0; q < p; q++) keep(`a${j}${q}`, a(j, q));
    }
    // Without the frozen part: the first row's change along the third direction of the frame.
    const along = sgd.u[0] * a(0, 2) + sgd.u[1] * a(1, 2);
    keep("u a", along);
    if (sgd instanceof CommitteeChain) {
      assertAlmostEquals(sgd.overlaps()[2], 0.4 + along, 1e-14);
      assertAlmostEquals(sgd.gram()[0], square(sgd), 1e-12);
    }
  }
  return kept;
}

/** `|W_1|²` from its parts. */
function square(chain: CommitteeChain): number {
  const q = chain.overlaps(), { u, h } = chain;
  const rest = [u[0] * h[0] + u[1] * h[2], u[0] * h[1] + u[1] * h[3]];
  return [q[0], q[1], q[2], ...rest].reduce((sum, x) => sum + x * x, 0);
}

Deno.test("CommitteeChain has the law of DirectCommittee in a larger frame (1200 runs each)", () => {
  const rng = stream("7", "frame");
  const direct = sample((run) => new DirectCommittee(MODEL, rng.stream("direct", run)));
  const chain = (change: Partial<CommitteeModel>) =>
    sample((run) => new CommitteeChain({ ...MODEL, ...change }, rng.stream("chain", run)));
  assertOneLaw(chain({}), direct, "same");
  assertOtherLaw(chain({ d: 14 }), direct, "control: dimension");
});

Deno.test("committees name frozen rows that make no sense", () => {
  for (const Committee of [CommitteeChain, DirectCommittee]) {
    const open = (change: object) => () => new Committee({ ...MODEL, ...change }, stream("7"));
    const begin = "Cannot run committee SGD as";
    assertThrows(
      open({ frozen: [[1, 0], [0, 1, 0]] }),
      TypeError,
      `${begin} rows of frozen must have one length >= their number 2: current lengths are 2, 3`,
    );
    assertThrows(open({ frozen: [[1], [2]] }), TypeError, "current lengths are 1, 1");
    assertThrows(open({ frozen: [[1, NaN]] }), RangeError, "frozen[0][1] must be finite");
    assertThrows(open({ frozen: [[1, 0], 3] }), TypeError, "frozen[1] must be a list");
    assertThrows(open({ frozen: [1, [0, 1]] }), TypeError, "frozen[1] must be finite");
    assertThrows(open({ d: 6 }), RangeError, `${begin} d must be an integer >= 7`);
    open({ d: 7 })();
  }
});
