import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import {
  ChainState,
  CommitteeChain,
  type CommitteeModel,
  DirectCommittee,
  DirectSgd,
  DirectTwoLayer,
  firstPassage,
  LinearChain,
  SingleIndexChain,
  type SingleIndexModel,
} from "lora-dynamics/chain/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const LINEAR: SingleIndexModel = {
  student: activation("x"),
  d: 50,
  frozen: [0.5],
  batch: 10,
  step: 1e6,
  sphere: false,
};

const CHAINS: [
  string,
  (model: SingleIndexModel, copies: number) => SingleIndexChain | LinearChain,
][] = [
  ["SingleIndexChain", (model, n) => new SingleIndexChain(model, n, stream("7", "far"))],
  ["LinearChain", (model, n) => new LinearChain(model, n, stream("7", "far"))],
  [
    "a chain with memory",
    (model, n) => new SingleIndexChain({ ...model, rule: "momentum" }, n, stream("7", "far")),
  ],
];

for (const [name, open] of CHAINS) {
  Deno.test(`${name} says when it has diverged, and is NaN from then on`, () => {
    const chain = open(LINEAR, 6), { u, a, h } = chain.state;
    let steps = 0;
    for (; chain.status === "running"; steps++) {
      assert([...u, ...a, ...h].every(Number.isFinite), `step ${chain.steps}`);
      chain.step();
    }
    assert(steps > 1 && steps < 30, `${steps} steps`);
    assertMatch(
      chain.status,
      new RegExp(`^diverged at step ${steps}: [1-6] of 6 copies no longer finite; lower the step`),
    );
    const said = chain.status;
    chain.run(30);
    assertEquals(chain.status, said);
    for (let c = 0; c < 6; c++) assert(Number.isNaN(chain.m(c)));
    assert([...u, ...a, ...h].every(Number.isNaN));
    assertEquals(chain.steps, steps + 30);
  });

  Deno.test(`${name} loses one copy and runs on with the others, whose numbers do not change`, () => {
    const model = { ...LINEAR, step: 0.1, sphere: true };
    const whole = open(model, 5), broken = open(model, 5);
    broken.state.u[2] = Infinity;
    whole.run(8);
    broken.step();
    assertMatch(broken.status, /^diverged at step 1: 1 of 5 copies/);
    broken.run(7);
    for (const c of [0, 1, 3, 4]) {
      assertEquals(broken.m(c), whole.m(c));
      assertEquals(broken.state.u[c], whole.state.u[c]);
    }
    assert(Number.isNaN(broken.m(2)) && Number.isNaN(broken.state.u[2]));
    assertEquals(whole.status, "running");
  });
}

Deno.test("a copy is lost wherever it stops to be finite: u, a coordinate, or the rest", () => {
  for (const spoil of [NaN, Infinity, -Infinity]) {
    const state = new ChainState(4, 2, 30, { u: 0.1 }, stream("7"));
    state.u[0] = spoil;
    state.a[3] = spoil;
    state.h[3] = spoil;
    assertEquals([state.lose(), state.lose()], [3, 0]);
    assertEquals([...state.u].map(Number.isNaN), [true, true, false, true]);
    assert([0, 1, 3].every((c) => Number.isNaN(state.m(c)) && Number.isNaN(state.h[c])));
    assert([state.a[2 * 2], state.a[2 * 2 + 1], state.h[2]].every(Number.isFinite));
  }
});

Deno.test("numbers so large that their sum overflows are no divergence", () => {
  const model = { ...LINEAR, step: 1e-300, d: 20 };
  const chain = new SingleIndexChain(model, 3, stream("7"), { u: 0, a: [1], h: 0 });
  chain.state.a.fill(9e153);
  chain.state.h.fill(9e153);
  for (let k = 0; k < 3; k++) chain.step();
  assertEquals(chain.status, "running");
});

Deno.test("a rule for the batch is not asked about copies that have diverged", () => {
  const batch = (u: number) => (assert(Number.isFinite(u)), 20);
  const chain = new LinearChain({ ...LINEAR, batch }, 3, stream("7"));
  chain.run(40);
  assertMatch(chain.status, /^diverged/);
});

Deno.test("firstPassage() takes no state that is not finite for an arrival", () => {
  const chain = new SingleIndexChain({ ...LINEAR, step: 0.1 }, 3, stream("7"), {
    u: 0.1,
    a: [0.1],
  });
  chain.state.u[1] = Infinity;
  const times = firstPassage(chain, { radius: 0.4, maxSteps: 500 });
  assertEquals([...times].map(Number.isNaN), [false, true, false]);
  assertMatch(chain.status, /^diverged at step 1: 1 of 3/);
  // A run whose overlap leaps to infinity at once.
  const leap = {
    copies: 2,
    t: 0,
    m: (c: number) => c === 0 ? [0.1, Infinity][Math.min(1, leap.t)] : 0.1 * leap.t,
    step: () => void leap.t++,
  };
  const [lost, found] = firstPassage(leap, { radius: 0.5, maxSteps: 20 });
  assert(Number.isNaN(lost));
  assertAlmostEquals(found, 5, 1e-9);
  const start = { copies: 3, m: (c: number) => [Infinity, NaN, 0.6][c], step: () => assert(false) };
  assertEquals([...firstPassage(start, { radius: 0.5, maxSteps: 9 })], [NaN, NaN, 0]);
});

Deno.test("direct SGD says when it has diverged", () => {
  for (const rule of ["sgd", "momentum"] as const) {
    for (const batch of [1, 10]) {
      const sgd = new DirectSgd({ ...LINEAR, batch, rule }, stream("7"));
      while (sgd.status === "running" && sgd.steps < 50) {
        assert(Number.isFinite(sgd.u) && Number.isFinite(sgd.h));
        sgd.step();
      }
      assertEquals(
        sgd.status,
        `diverged at step ${sgd.steps}: the state is no longer finite; lower the step size`,
      );
      assert([sgd.u, sgd.m(), ...sgd.omega].every(Number.isNaN));
      sgd.run(3);
      assert(sgd.status.startsWith(`diverged at step ${sgd.steps - 3}:`));
    }
  }
});

Deno.test("committees say when they have diverged", () => {
  const model: CommitteeModel = {
    activation: activation("x"),
    d: 30,
    frozen: [0.5, 1],
    rank: 2,
    batch: 5,
    step: 1e6,
    sphere: false,
  };
  for (const rule of ["sgd", "momentum", "clipping"] as const) {
    for (const Committee of [CommitteeChain, DirectCommittee]) {
      const sgd = new Committee(
        { ...model, rule, step: rule === "clipping" ? 1e200 : 1e6 },
        stream("7"),
      );
      while (sgd.status === "running" && sgd.steps < 50) sgd.step();
      const wanted = `diverged at step ${sgd.steps}: the state is no longer finite`;
      assert(sgd.status.startsWith(wanted), `${Committee.name}, ${rule}: ${sgd.status}`);
      sgd.run(2);
      assert(sgd.status.startsWith(wanted));
      if (sgd instanceof CommitteeChain) {
        assert(
          [...sgd.u, ...sgd.a, ...sgd.h, ...sgd.gram(), ...sgd.overlaps()].every(Number.isNaN),
        );
      }
    }
  }
});

Deno.test("DirectTwoLayer says when it has diverged", () => {
  const x = activation("x");
  const model = { activation: x, d: 20, output: [1, 1], teacherOutput: [1], step: 1e6 };
  const sgd = new DirectTwoLayer(model, stream("7"));
  sgd.run(200);
  const [, step] = sgd.status.match(/^diverged at step (\d+): the weights are no longer/)!;
  const again = new DirectTwoLayer(model, stream("7"));
  again.run(Number(step) - 1);
  assertEquals(again.status, "running");
  again.step();
  assertEquals([again.status, again.steps], [sgd.status, Number(step)]);
});
