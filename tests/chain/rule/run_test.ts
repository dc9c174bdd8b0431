import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { type ChainRule, type Move, SingleIndexChain } from "lora-dynamics/chain/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { Numbers } from "../../../lib/chain/rule/numbers.ts";
import { RuleRun } from "../../../lib/chain/rule/run.ts";

const STEP = { u: 0.5, omega: 0.25 };

/** A rule whose move is given. */
const giving = (move: unknown, change: Partial<ChainRule> = {}): ChainRule => ({
  name: "mine",
  memory: 1,
  step: () => move as Move,
  ...change,
});

/** One step of both factors, two numbers each. */
function step(rule: ChainRule, t = 0) {
  const u = Numbers.zero(2, rule.memory), omega = Numbers.zero(2, rule.memory);
  u.point.set([1, 2]);
  omega.point.set([3, 4]);
  u.gradient.set([10, 20]);
  omega.gradient.set([30, 40]);
  omega.factor = 2;
  omega.batch = 4;
  const finite = new RuleRun("try", rule).step(t, STEP, { u, omega });
  return { u, omega, finite };
}

Deno.test("a rule sees all inner products of its point, its memory and the gradient", () => {
  const seen: unknown[] = [];
  const { finite } = step({
    name: "looks",
    memory: 1,
    step(now, gradient) {
      seen.push(structuredClone({ ...now, gradient }));
      return { u: {}, omega: {}, memory: [{ u: {}, omega: {} }] };
    },
  }, 5);
  const nothing = { square: 0, point: 0, memory: [0] };
  assertEquals(seen, [{
    t: 5,
    step: STEP,
    point: {
      u: { square: 5, point: 5, memory: [0] },
      omega: { square: 25, point: 25, memory: [0] },
    },
    memory: [{ u: nothing, omega: nothing }],
    gradient: {
      u: { square: 500, point: 50, memory: [0] },
      // The gradient in omega is half of the sum (factor over batch).
      omega: { square: 2500 / 4, point: 250 / 2, memory: [0] },
    },
  }]);
  assertEquals(finite, true);
});

Deno.test("a move combines point, memory and gradient; what is left out counts 0", () => {
  const { u, omega } = step(giving({
    u: { point: 2, gradient: 0.1 },
    omega: { gradient: -1 },
    memory: [{ u: { point: 1 }, omega: { point: 0.5, gradient: 1 } }],
  }));
  assertEquals([[...u.point], [...u.memory[0]]], [[3, 6], [1, 2]]);
  assertEquals([[...omega.point], [...omega.memory[0]]], [[-15, -20], [16.5, 22]]);
});

Deno.test("rows of unit length are normalised one by one, after the move", () => {
  const vectors = [[3, 4, 6, 8], [1, 0, 0, 1]].map((x) => Float64Array.from(x));
  const rows = new Numbers(vectors, 2);
  assertEquals(rows.move(Float64Array.of(1, 0)), true);
  assertEquals([...rows.point], [0.6, 0.8, 0.6, 0.8]);
  rows.point.set([0, 0, 1, 1]);
  assertEquals(rows.move(Float64Array.of(1, 0)), false);
  assertAlmostEquals(rows.point[3], Math.SQRT1_2, 1e-15);
});

Deno.test("a point that is not finite is reported, wherever it is", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    const memory = [{ u: {}, omega: {} }];
    assertEquals(step(giving({ u: { point: value }, omega: {}, memory })).finite, false);
    assertEquals(step(giving({ u: {}, omega: { gradient: value }, memory })).finite, false);
    assertEquals(step(giving({ u: {}, omega: {}, memory })).finite, true);
  }
});

Deno.test("a move of the wrong shape is named, not filled up", () => {
  const fine = { u: { point: 1 }, omega: { point: 1 } }, memory = [{ u: {}, omega: {} }];
  const refuse = (move: unknown, message: string) =>
    assertThrows(() => step(giving(move)), TypeError, message);
  const begin = 'Cannot try as the move of rule "mine" must';
  refuse(undefined, `${begin} be an object: current value is undefined`);
  refuse({ ...fine, memory, lr: 1 }, `${begin} have no other keys than u, omega, memory`);
  refuse(fine, `${begin} give 1 new vectors of memory: current value has 0`);
  refuse(
    { ...fine, memory: {} },
    `${begin} give 1 new vectors of memory: current value has no list`,
  );
  refuse({ ...fine, memory: [...memory, ...memory] }, "must give 1 new vectors of memory");
  refuse({ u: 1, omega: {}, memory }, 'u in the move of rule "mine" must be an object');
  refuse({ u: {}, memory }, 'omega in the move of rule "mine" must be an object');
  const keys = "must have no other keys than point, memory, gradient: current value has";
  refuse({ u: { grad: -1 }, omega: {}, memory }, `u in the move of rule "mine" ${keys} "grad"`);
  refuse(
    { ...fine, memory: [{ u: {}, omega: { Point: 1 } }] },
    `memory[0].omega in the move of rule "mine" ${keys} "Point"`,
  );
  refuse({ ...fine, memory: [null] }, 'memory[0].u in the move of rule "mine" must be an object');
  refuse(
    { u: { point: "1" }, omega: {}, memory },
    'point of u in the move of rule "mine" must be finite: current value is "1"',
  );
  refuse(
    { u: {}, omega: { memory: ["1"] }, memory },
    'memory[0] of omega in the move of rule "mine" must be finite: current value is "1"',
  );
  refuse(
    { u: { memory: [1, 2] }, omega: {}, memory },
    'memory of u in the move of rule "mine" must be a list of at most 1 numbers',
  );
  refuse({ u: { memory: 1 }, omega: {}, memory }, "must be a list of at most 1 numbers");
});

Deno.test("a rule that says what it sees is asked no more often, and may not look further", () => {
  let asked = 0;
  const move = { u: { point: 1 }, omega: { point: 1 } };
  const count = (sees: ChainRule["sees"]) => {
    asked = 0;
    const rule = giving(undefined, { memory: 0, sees, step: () => (asked++, move) });
    const model = { student: activation("x"), d: 9, frozen: [0.5], batch: 2, step: 0.1, rule };
    new SingleIndexChain(model, 7, stream("7")).run(4);
    return asked;
  };
  assertEquals([count("step"), count("time"), count("all"), count(undefined)], [1, 4, 28, 28]);
  // So it is for rules with memory, whose copies are moved one by one.
  const kept = { ...move, memory: [{ u: {}, omega: {} }] };
  const remember = (sees: ChainRule["sees"]) => {
    asked = 0;
    const rule = giving(undefined, { sees, step: () => (asked++, kept) });
    const model = { student: activation("x"), d: 9, frozen: [0.5], batch: 2, step: 0.1, rule };
    new SingleIndexChain(model, 7, stream("7")).run(4);
    return asked;
  };
  assertEquals([remember("step"), remember("time"), remember("all")], [1, 4, 28]);
  const looks =
    (sees: ChainRule["sees"], look: (...given: Parameters<ChainRule["step"]>) => unknown) => () =>
      step(giving(undefined, { sees, memory: 0, step: (...given) => (look(...given), move) }));
  looks("time", ({ t, step }) => [t, step.u])();
  looks("step", ({ step }) => step.omega)();
  for (const sees of ["step", "time"] as const) {
    const end = `current value of sees is "${sees}"`;
    const begin = 'Cannot make a step as rule "mine" must say what it looks at, here';
    const refuse = (look: (...given: Parameters<ChainRule["step"]>) => unknown, seen: string) =>
      assertThrows(looks(sees, look), TypeError, `${begin} ${seen}: ${end}`);
    refuse((now) => now.point.u, "the point");
    refuse((now) => now.memory[0], "the memory");
    refuse((_, gradient) => gradient.u, "the gradient");
    refuse((_, { omega }) => omega.square, "the gradient");
    if (sees === "step") refuse(({ t }) => t, "the time");
  }
});

Deno.test("a reader's object that is no rule is named", () => {
  const open = (rule: unknown) => () => {
    const model = { student: activation("x"), d: 9, frozen: [0.5], batch: 2, step: 0.1 };
    return new SingleIndexChain({ ...model, rule: rule as ChainRule }, 1, stream("7"));
  };
  const fine = giving({ u: {}, omega: {} });
  open(fine)();
  const wanted = "rule must be a rule with a method step(now, gradient)";
  assertThrows(open({ ...fine, step: 0.1 }), TypeError, wanted);
  assertThrows(open({ ...fine, name: 3 }), TypeError, "rule.name must be a string");
  for (const memory of [3, -1, 0.5, NaN]) {
    const found = `rule.memory must be an integer from 0 to 2: current value is ${memory}`;
    assertThrows(open({ ...fine, memory }), RangeError, found);
  }
  assertThrows(open({ ...fine, memory: undefined }), TypeError, "rule.memory must be an integer");
  assertThrows(
    open({ ...fine, sees: "u" }),
    RangeError,
    "rule.sees must be one of step, time, all",
  );
});
