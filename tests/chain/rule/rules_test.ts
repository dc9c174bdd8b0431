import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import {
  type ChainRule,
  chainRules,
  DirectSgd,
  firstPassage,
  LinearChain,
  type RuleChoice,
  SingleIndexChain,
  type SingleIndexModel,
} from "lora-dynamics/chain/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { LoraFlow } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const MODEL: SingleIndexModel = {
  student: activation("erf"),
  d: 60,
  frozen: [0.5, 0.2],
  batch: 20,
  step: [0.4, 0.3],
};

const chain = (rule: RuleChoice | undefined, change: Partial<SingleIndexModel> = {}, copies = 4) =>
  new SingleIndexChain({ ...MODEL, rule, ...change }, copies, stream("7", "rules"), { u: 0.4 });

/** All numbers after some steps. */
function after(run: SingleIndexChain, steps: number): number[] {
  run.run(steps);
  const { u, a, h, memory } = run.state;
  return [...u, ...a, ...h, ...memory.flatMap((kept) => [...kept.u, ...kept.a])];
}

function assertClose(found: number[], wanted: number[], tolerance: number): void {
  assertEquals(found.length, wanted.length);
  found.forEach((x, i) => assertAlmostEquals(x, wanted[i], tolerance * (1 + Math.abs(wanted[i]))));
}

/** Plain SGD that does not say what it sees, so that every copy is moved on its own. */
const slowSgd = (decay = 0): ChainRule => ({
  name: "slow sgd",
  memory: 0,
  step: ({ step }) => ({
    u: { point: 1 - decay * step.u, gradient: -step.u },
    omega: { point: 1 - decay * step.omega, gradient: -step.omega },
  }),
});

for (const [batch, copies] of [[20, 4], [1, 9], [1500, 5]]) {
  for (const sphere of [true, false]) {
    const kind = `batch ${batch}, ${sphere ? "on the sphere" : "free"}`;
    Deno.test(`the fast moves are the general ones: ${kind}`, () => {
      const change = { batch, sphere, noise: 0.1 };
      const fast = after(chain("sgd", change, copies), 30);
      assertClose(after(chain(slowSgd(), change, copies), 30), fast, 1e-12);
      const decay = after(chain({ name: "decay", rate: 0.3 }, change, copies), 30);
      assertClose(after(chain(slowSgd(0.3), change, copies), 30), decay, 1e-12);
      assert(decay.some((x, i) => Math.abs(x - fast[i]) > 1e-3));
    });
  }
}

Deno.test("sgd is the default, by its name and as JSON, with the same bits", () => {
  const plain = after(chain(undefined), 25);
  assertEquals(after(chain("sgd"), 25), plain);
  assertEquals(after(chain({ name: "sgd" }), 25), plain);
});

Deno.test("a name alone stands for the rule with its documented parameters", () => {
  for (
    const [name, spelt] of [
      ["momentum", { name: "momentum", beta: 0.9 }],
      ["decay", { name: "decay", rate: 0.01, of: "sgd" }],
      ["clipping", { name: "clipping", norm: 1, of: "sgd" }],
      ["averaging", { name: "averaging", of: { name: "sgd" } }],
    ] as [RuleChoice, RuleChoice][]
  ) {
    const found = after(chain(name), 12);
    assertEquals(found, after(chain(spelt), 12));
    const { rule } = chain(name).model;
    assertEquals(rule.name, chain(spelt).model.rule.name);
    assert(rule.name.includes(String(name)), rule.name);
  }
  for (const { what, source } of Object.values(chainRules)) assert(what && /\d{4}$/.test(source));
});

Deno.test("rules at the edge of their parameters are plain SGD", () => {
  const plain = after(chain("sgd"), 20), n = plain.length;
  const front = (rule: RuleChoice) => after(chain(rule), 20).slice(0, n);
  assertClose(front({ name: "clipping", norm: 1e6 }), plain, 1e-12);
  assertClose(front({ name: "decay", rate: 1e-300 }), plain, 1e-12);
  // What is kept takes a direction from the draws of the chain; on vectors it does not.
  const direct = (rule: RuleChoice) => {
    const sgd = new DirectSgd({ ...MODEL, rule }, stream("7", "edge"), 0.4);
    sgd.run(10);
    return [sgd.u, ...sgd.omega];
  };
  assertClose(direct({ name: "momentum", beta: 0 }), direct("sgd"), 1e-12);
});

Deno.test("averaging changes no point, and keeps the mean of the points before the last", () => {
  const plain = chain("sgd", { d: 1e6 }), mean = chain("averaging", { d: 1e6 });
  const sum = { u: new Float64Array(4), a: new Float64Array(8) };
  for (let t = 0; t < 15; t++) {
    const { u, a } = mean.state;
    u.forEach((x, c) => sum.u[c] += x / 15);
    a.forEach((x, i) => sum.a[i] += x / 15);
    mean.step();
    plain.step();
  }
  const [kept] = mean.state.memory;
  assertClose([...kept.u, ...kept.a], [...sum.u, ...sum.a], 1e-13);
  // The χ² has one degree of freedom less of a million, and the direction has a draw of its own.
  assertClose([...mean.state.u], [...plain.state.u], 1e-3);
});

Deno.test("clipping makes a step of eta norm and not more", () => {
  const model = { ...MODEL, sphere: false, step: 0.5 };
  const sgd = (norm: number) =>
    new DirectSgd({ ...model, rule: { name: "clipping", norm } }, stream("7", "clip"), 0.6);
  const length = (norm: number) => {
    const run = sgd(norm), u = run.u, omega = run.omega.slice();
    run.step();
    return Math.hypot(run.u - u, ...run.omega.map((x, k) => x - omega[k])) / 0.5;
  };
  const free = length(1e9);
  for (const share of [0.1, 0.9]) assertAlmostEquals(length(share * free), share * free, 1e-13);
  for (const share of [1.1, 5]) assertAlmostEquals(length(share * free), free, 1e-13);
});

Deno.test("decay moves the fixed point of u to (1 - mu)/(1 + rate)", () => {
  const rate = 0.25;
  const model = { student: activation("x"), d: 1000, frozen: [0.4], batch: 1e13, step: 0.2 };
  const rule: RuleChoice = { name: "decay", rate };
  const run = new LinearChain({ ...model, rule }, 1, stream("7"), { u: 0.1, a: [1] });
  run.run(400);
  assertAlmostEquals(run.state.u[0], 0.6 / (1 + rate), 1e-6);
});

Deno.test("small steps with momentum are steps of eta/(1 - beta) without, the gap like eta", () => {
  const exit = (step: number, rule: RuleChoice) => {
    const model = { student: activation("x"), d: 1000, frozen: [0.5], batch: 1e13, step, rule };
    const run = new LinearChain(model, 1, stream("7"), { u: 0.01, a: [0.05] });
    return step * firstPassage(run, { radius: 0.5, maxSteps: 1e5 })[0];
  };
  const flow = new LoraFlow({ student: activation("x"), frozen: [0.5], u0: 0.01, a0: [0.05] });
  const gap = (step: number) =>
    5 * exit(step, { name: "momentum", beta: 0.8 }) / flow.exitTime() - 1;
  assertLess(Math.abs(gap(1e-3)), 0.02);
  assertAlmostEquals(Math.log2(gap(4e-3) / gap(2e-3)), 1, 0.1);
  assertLess(Math.abs(exit(5e-3, "sgd") / flow.exitTime() - 1), 0.02);
});

Deno.test("a schedule of the step counts from the first step, for each factor", () => {
  const seen: number[] = [];
  const step = [(t: number) => (seen.push(t), 0.4 / (1 + t)), 0.3] as const;
  const one = chain("sgd", { step });
  assertEquals(seen, [0]);
  one.run(3);
  assertEquals(seen, [0, 0, 1, 2]);
  // The same by chains of one step each.
  const again = new SingleIndexChain({ ...MODEL, step: [0.4, 0.3] }, 4, stream("7", "rules"), {
    u: 0.4,
  });
  again.step();
  const first = chain("sgd", { step });
  first.step();
  assertEquals([...first.state.u, ...first.state.a], [...again.state.u, ...again.state.a]);
});

Deno.test("an expression in t is the schedule that it writes, and travels as JSON", () => {
  const step = JSON.parse(JSON.stringify(["0.4 / sqrt(1 + t / 5)", "t < 3 ? 0.3 : 0.1"]));
  const written = [
    (t: number) => 0.4 / Math.sqrt(1 + t / 5),
    (t: number) => t < 3 ? 0.3 : 0.1,
  ] as const;
  assertEquals(
    after(chain("momentum", { step }), 9),
    after(chain("momentum", { step: written }), 9),
  );
  assertEquals(after(chain("sgd", { step: ["0.4", "0.3"] }), 9), after(chain("sgd"), 9));
});

Deno.test("stepScale divides the steps, those of a schedule too", () => {
  const plain = after(chain("sgd"), 10);
  const scaled = (step: SingleIndexModel["step"]) =>
    after(chain("sgd", { step, stepScale: 4 }), 10);
  assertEquals(scaled([1.6, 1.2]), plain);
  assertEquals(scaled([() => 1.6, () => 1.2]), plain);
});

Deno.test("warm-up may begin at 0, and then nothing moves", () => {
  const run = chain("sgd", { step: (t) => 0.1 * t }), before = [...run.state.u, ...run.state.h];
  run.step();
  assertClose([...run.state.u, ...run.state.h], before, 1e-15);
  run.step();
  assert(run.state.u.some((u, c) => u !== before[c]));
});

const DOORS: [string, (rule: unknown) => unknown][] = [
  ["run one-pass SGD", (rule) => chain(rule as RuleChoice)],
  [
    "run one-pass SGD",
    (rule) => new DirectSgd({ ...MODEL, rule: rule as RuleChoice }, stream("7")),
  ],
];

Deno.test("a rule that is none is named, with what there is, and Adam with the reason", () => {
  for (const [what, open] of DOORS) {
    const begin = `Cannot ${what} as`;
    const known = `${begin} rule must be one of sgd, momentum, decay, clipping, averaging or an ` +
      "object with a method step: current value is";
    for (const name of ["adam", "SGD", "toString"]) {
      assertThrows(() => open(name), RangeError, `${known} "${name}"`);
      assertThrows(() => open({ name }), RangeError, `${known} "${name}"`);
    }
    assertThrows(() => open("adam"), RangeError, "coordinates one by one");
    assertThrows(() => open({}), TypeError, `${begin} rule.name must be a string`);
    assertThrows(() => open({ beta: 0.9 }), TypeError, "rule.name must be a string");
    for (const [bad, shown] of [[7, "7"], [null, "null"], [true, "true"]]) {
      assertThrows(() => open(bad), TypeError, `rule must be a rule with a method step`);
      assertThrows(() => open(bad), TypeError, `current value is ${shown}`);
    }
  }
});

Deno.test("parameters of rules are named when they make no sense or are not known", () => {
  const open = (rule: unknown) => () => chain(rule as RuleChoice);
  for (const beta of [NaN, -0.1, 1.1, Infinity]) {
    const found = `rule.beta must lie in [0, 1]: current value is ${beta}`;
    assertThrows(open({ name: "momentum", beta }), RangeError, found);
  }
  assertThrows(open({ name: "momentum", beta: "0.9" }), TypeError, "rule.beta must lie in");
  for (const bad of [NaN, 0, -1, Infinity]) {
    for (const [name, key] of [["decay", "rate"], ["clipping", "norm"]]) {
      const found = `rule.${key} must be a finite number > 0: current value is ${bad}`;
      assertThrows(open({ name, [key]: bad }), RangeError, found);
    }
  }
  for (
    const [rule, keys, found] of [
      [{ name: "sgd", beta: 0.9 }, "name", '"beta"'],
      [{ name: "momentum", nesterov: true }, "name, beta", '"nesterov"'],
      [{ name: "decay", norm: 1 }, "name, rate, of", '"norm"'],
      [{ name: "averaging", rate: 1 }, "name, of", '"rate"'],
    ] as [Record<string, unknown>, string, string][]
  ) {
    const message = `rule ${rule.name} must have no other keys than ${keys}: current value has ` +
      found;
    assertThrows(open(rule), TypeError, message);
  }
  assertThrows(open({ name: "clipping", of: "adam" }), RangeError, 'current value is "adam"');
  const twice = { name: "averaging", of: { name: "averaging", of: "averaging" } };
  assertThrows(open(twice), RangeError, "rule.of must keep at most 1 vector");
  assertThrows(open({ name: "clipping", norm: 1, of: { name: "momentum", beta: 2 } }), RangeError);
});

Deno.test("what a rule keeps takes dimensions: d is refused when there is no room", () => {
  const least: [RuleChoice, number][] = [
    ["sgd", 3],
    ["momentum", 4],
    [{ name: "averaging", of: "momentum" }, 5],
  ];
  for (const [rule, d] of least) {
    const run = chain(rule, { d });
    run.run(5);
    assertEquals(run.status, "running");
    assertThrows(
      () => chain(rule, { d: d - 1 }),
      RangeError,
      `d must be an integer >= ${d}: current value is ${d - 1}`,
    );
  }
});

Deno.test("rules with memory: equal seeds give equal bits, whatever the blocks of copies", () => {
  const run = (seed: string) => {
    const model = { ...MODEL, rule: "momentum" as const, batch: 1500 };
    const copies = new SingleIndexChain(model, 5, stream(seed, "blocks"), { u: 0.4 });
    return after(copies, 4);
  };
  assertEquals(run("7"), run("7"));
  assert(run("7").every((x, i) => x !== run("8")[i] || x === 0));
});
