import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { sweep } from "lora-dynamics/experiment/mod.ts";
import { matrix } from "lora-dynamics/linalg/mod.ts";
import * as cr from "lora-dynamics/papers/convergence_rate/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import golden from "../../golden/convergence-rate.json" with { type: "json" };

type Row = {
  t: number;
  J: number;
  grad2: number;
  v2: number;
  eta: number;
  g: number;
  gamma: number;
};

Deno.test("the reference problems have the entries of the golden file", () => {
  const { m00, m53, norm2 } = golden.quad_entries, { data } = cr.referenceTarget();
  assertAlmostEquals(data[0], m00, 1e-14);
  assertAlmostEquals(data[5 * 5 + 3], m53, 1e-14);
  assertAlmostEquals(data.reduce((sum, x) => sum + x * x, 0), norm2, 1e-13);
  assertAlmostEquals(cr.referenceSoftmax().loss.smoothness, golden.softmax_L, 1e-14);
});

for (const [name, rows] of Object.entries(golden.trajectories) as [string, Row[]][]) {
  Deno.test(`descend() follows the golden trajectory ${name}`, () => {
    const [problem, ruleText] = name.split("/");
    const [, ruleName, alpha] = /^(adapt2|[a-z]+)_?([\d.]*)$/.exec(ruleText)!;
    const { loss, start } = problem === "quad" ? cr.referenceQuadratic() : cr.referenceSoftmax();
    const run = new cr.Descent(loss, start);
    const plain = ruleName as cr.RuleName;
    const rule = alpha ? { name: plain, alpha: Number(alpha) } : plain;
    let next = 0;
    const visit = ({ t, eta }: cr.Moment) => {
      const row = rows[next];
      if (t !== row?.t) return;
      next++;
      const rel = t <= 100 ? 1e-9 : 1e-7, label = (key: string) => `${key} at ${t}`;
      const same = (key: keyof Row, value: number) =>
        assertAlmostEquals(value, row[key], rel * Math.abs(row[key]) + 1e-12, label(key));
      same("J", run.loss);
      same("grad2", run.gradient2);
      same("v2", run.v2);
      same("eta", eta);
      same("g", run.g);
      same("gamma", run.gamma);
    };
    cr.descend(run, { steps: rows.at(-1)!.t + 1, rule, visit });
    assertEquals(next, rows.length);
  });
}

Deno.test("constantSteps() repeats the table of constant steps, step by step", async () => {
  // The reference counts evaluations of the gradient: one more than steps.
  const { rows } = await cr.constantSteps();
  const entry = (scale: number, rule: string) =>
    rows.find((row) => row.scale === scale && row.rule === rule)!;
  for (const row of golden.table) {
    for (const [eta, [state, steps]] of Object.entries(row.const)) {
      const ours = entry(row.sigma, `const ${Number(eta)}`);
      const word = state === "conv" ? "converged" : state === "div" ? "diverged" : "slow";
      assertEquals(ours.state, word, `σ = ${row.sigma}, η = ${eta}`);
      if (word === "converged") assertEquals(ours.steps + 1, steps);
    }
    for (const name of ["paper", "simple"] as const) {
      const [state, steps, monotone] = row[name], ours = entry(row.sigma, name);
      if (state === "conv") {
        assertEquals([ours.state, ours.steps], ["converged", (steps as number) - 1]);
      } else assertEquals(ours.state, "slow");
      assertEquals(ours.monotone, monotone as boolean);
    }
  }
});

Deno.test("linearRates() ends where the reference does", async () => {
  const { rows: { ends } } = await cr.linearRates();
  for (const [key, wanted] of Object.entries(golden.linear)) {
    const [name, rule] = key.split("/");
    if (name === "lazy") continue; // the reference does not end within its steps
    const end = ends.find((row) => row.case === name && row.rule === rule)!;
    assertAlmostEquals(end.v2, wanted.vT2, 1e-9);
    assertAlmostEquals(end.eta, wanted.eta_inf, 1e-11);
    assertAlmostEquals(end.curvature, wanted.hess_min_pos!, 1e-8);
  }
});

Deno.test("gradients of all losses agree with central differences, and L bounds their change", () => {
  const rng = stream("7", "losses");
  for (const kind of cr.KINDS) {
    for (let copy = 0; copy < 20; copy++) {
      const loss = cr.lossFamily(kind).make([1 + rng.integer(6), 1 + rng.integer(6)], rng);
      const shape = [loss.rows, loss.columns] as const;
      const x = cr.normals(shape, rng, 1), d = cr.normals(shape, rng, 1);
      const zero = matrix(...shape), gradient = matrix(...shape), other = matrix(...shape);
      const at = (h: number) =>
        loss.evaluate({ ...x, data: x.data.map((v, i) => v + h * d.data[i]) }, zero);
      loss.evaluate(x, gradient);
      const slope = (at(1e-5) - at(-1e-5)) / 2e-5;
      const exact = gradient.data.reduce((sum, g, i) => sum + g * d.data[i], 0);
      const scale = Math.hypot(...gradient.data) * Math.hypot(...d.data) + 1e-12;
      assertLess(Math.abs(slope - exact) / scale, 1e-6, kind);
      const y = { ...x, data: x.data.map((v, i) => v + 2 * d.data[i]) };
      loss.evaluate(y, other);
      const change = Math.hypot(...gradient.data.map((g, i) => g - other.data[i]));
      const bound = 2 * loss.smoothness * Math.hypot(...d.data);
      assertLess(change, bound * (1 + 1e-12), kind);
      assert(loss.evaluate(y, other) >= loss.low, kind);
    }
  }
});

Deno.test("a minibatch of a softmax loss is the mean over its examples", () => {
  const features = cr.normals([7, 3], stream("7", "f"), 1), labels = [0, 1, 2, 0, 1, 2, 0];
  const loss = new cr.SoftmaxLoss({
    features,
    labels,
    weights: matrix(3, 3),
    bias: [0.1, 0, -0.2],
  });
  const x = cr.normals([3, 3], stream("7", "x"), 1), gradient = matrix(3, 3), sum = matrix(3, 3);
  let mean = 0;
  for (const i of [5, 1, 3]) {
    loss.select([i]);
    mean += loss.evaluate(x, gradient) / 3;
    gradient.data.forEach((g, k) => sum.data[k] += g / 3);
  }
  loss.select([5, 1, 3]);
  assertAlmostEquals(loss.evaluate(x, gradient), mean, 1e-14);
  gradient.data.forEach((g, k) => assertAlmostEquals(g, sum.data[k], 1e-15));
});

Deno.test("runs on digits give the same bits with one worker and with two", async () => {
  const cells = [{
    ...{ schedule: "adapt 20", rule: { name: "adapt" as const, alpha: 20 }, rank: 2 },
    ...{ start: "lora", startedBy: "lora" as const, batch: 64, epochs: 1 },
  }];
  const run = (workers: number) =>
    sweep({ name: "bits", run: cr.digitsRun, cells, seeds: ["1", "2"], workers, store: new Map() });
  assertEquals(await run(2), await run(0));
});

Deno.test("a diverging run ends with a status, not with an exception or a hang", () => {
  const { loss, start } = cr.tableProblem(3);
  const { status, steps } = cr.descend(new cr.Descent(loss, start), { steps: 10_000, rule: 1 });
  assert(status.startsWith("diverged: "), status);
  assertLess(steps, 100);
  const flat = cr.descend(new cr.Descent(loss, { b: matrix(8, 2), a: matrix(2, 6) }), {
    steps: 10,
  });
  assertEquals([flat.status, flat.steps], ["stationary", 0]);
});

Deno.test("bad input is named: rules, shapes, ranks, steps, labels", () => {
  const { loss, start } = cr.referenceQuadratic();
  const range = (run: () => unknown, text: string) => assertThrows(run, RangeError, text);
  range(
    () => cr.rateRule("adam"),
    "one of paper, printed, simple, cubic, const, adapt, adapt2, norm",
  );
  range(
    () => cr.rateRule("adapt"),
    "alpha of adapt must be a finite number > 0: current value is NaN",
  );
  range(() => cr.rateRule(0), "the rate must be a finite number > 0: current value is 0");
  range(
    () => cr.rateRule({ name: "simple", alpha: 2 }),
    "alpha must be left out for simple, which has none: current value is 2",
  );
  const descend = (options: object) => () =>
    cr.descend(new cr.Descent(loss, start), options as cr.DescentOptions);
  range(descend({ steps: 0 }), "steps must be an integer >= 1");
  range(
    descend({ steps: 5, rule: () => -1 }),
    "the learning rate of step 0 must be a finite number >= 0: current value is -1",
  );
  assertThrows(descend({ steps: 5, rules: "paper" }), TypeError, 'current value has "rules"');
  assertThrows(descend({ steps: 5, batch: () => [0] }), TypeError, "a loss with a method select");
  range(descend({ steps: 5, momentum: 1 }), "momentum must lie in (0, 1)");
  assertThrows(
    () => new cr.Descent(loss, start).moveTo(cr.sineStart(loss, 1, 1)), // it would move a part only
    TypeError,
    `b must be ${start.b.rows} x ${start.b.columns}: current value is ${start.b.rows} x 1`,
  );
  range(
    () => cr.loraStart(loss, 6, stream("7")),
    "r must be an integer from 1 to 5: current value is 6",
  );
  range(() => cr.powerLaw(1), "no lower bound");
  range(
    () => cr.balancedRun(cr.logistic, 0.5, [10, 5]),
    "times[1] must be greater than times[0] = 10",
  );
  range(() => cr.balancedRun({ slope: () => NaN, smoothness: 1 }, 1, [5]), "the slope at x = 1");
  range(() => cr.constantRun({ a0: 1, eta: -1, steps: 5 }), "eta must be a finite number > 0");
  const cliff = {
    name: "cliff",
    value: (z: number) => z * z / 2,
    slope: (z: number) => z < -3 ? NaN : z,
  };
  range(
    () => cr.constantRun({ a0: 2, y: -2, eta: 1, steps: 9, loss: cliff }),
    "the slope at z = -6 must be finite",
  );
  range(() => cr.quadratic(matrix(1, 1, [NaN])), "target[0] must be finite");
  assertThrows(
    () => new cr.Descent(loss, { b: matrix(6, 2), a: matrix(3, 5) }),
    TypeError,
    "current shapes are 6 x 2 and 3 x 5",
  );
  const features = matrix(2, 1, [1, 2]), weights = matrix(2, 1);
  range(() => new cr.SoftmaxLoss({ features, labels: [0, 2], weights }), "labels[1]");
  assertThrows(
    () => new cr.SoftmaxLoss({ features, labels: [0], weights }),
    TypeError,
    "2 x 1, 1, 2 x 1 and none",
  );
});
