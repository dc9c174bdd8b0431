/** The bridge from data to Problem 2. */
import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import {
  add,
  type Matrix,
  matrix,
  multiply,
  multiplyNT,
  svd,
  transpose,
} from "lora-dynamics/linalg/mod.ts";
import {
  AdapterFlow,
  type Adapters,
  type BridgeOptions,
  type BridgeRow,
  bridgeRun,
  commonBases,
  digitsBridge,
  growthModes,
  linearBridge,
  loss,
  plainBridge,
  type Problem,
  startAdapters,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };

const digits = { change: 90, splitSeed: "1234", components: 30, hidden: 9, kept: 0 };
const reference = golden.linearDigits;

Deno.test("the digits' bridge has the reference's spectra, rates, loss and accuracies", () => {
  const { problem, pretrained, best, accuracy } = digitsBridge(digits);
  svd(pretrained, 9).values.forEach((x, i) =>
    assertAlmostEquals(x, golden.digits.singularValues[i], 1e-10)
  );
  svd(problem.target, 9).values.forEach((x, i) =>
    assertAlmostEquals(x, golden.digits.targetValues[i], 1e-10)
  );
  const { rates1, rates2 } = growthModes(problem);
  assertAlmostEquals(rates1[0], reference.lambda1, 1e-9);
  assertAlmostEquals(rates2[0], reference.lambda2, 1e-9);
  assertAlmostEquals(accuracy(pretrained), reference.acc_pre_on_rotated_test, 1e-12);
  assertAlmostEquals(accuracy(best), reference.acc_target_test, 1e-12);
  assertLess(commonBases(problem).defect21, 1e-12); // Assumption 2.1, by the balanced split
  assert(digitsBridge(digits).problem === problem, "made once");
});

/** Some examples of 5 inputs with 3 targets, where inputs are far from white. */
function data(count: number, seed: number, kind: "classes" | "targets" = "targets") {
  const draws = portable(seed), mix = matrix(5, 5, portable(1).normals(25));
  const x = multiply(matrix(count, 5, draws.normals(5 * count)), mix);
  for (let i = 0; i < count; i++) x.data[5 * i + 2] += 4;
  const y = matrix(count, 3, draws.normals(3 * count));
  return { x, y: kind === "targets" ? y : Array.from({ length: count }, (_, i) => i % 3) };
}

const white = (x: Matrix, components: number) => {
  // By another path: the singular value decomposition of the centred inputs.
  const n = x.rows, mean = new Float64Array(x.columns);
  x.data.forEach((value, i) => mean[i % x.columns] += value / n);
  const centred = { ...x, data: x.data.map((value, i) => value - mean[i % x.columns]) };
  const { u } = svd(centred, components);
  return { ...u, data: u.data.map((value) => value * Math.sqrt(n)) };
};

Deno.test("the squared loss of the network is the problem's plus the remainder, at any adapters", () => {
  for (const components of [5, 4]) {
    const training = data(40, 5), n = 40, before = data(30, 6);
    const { problem, remainder, best } = linearBridge({ ...training, before, components });
    const { rows: h } = problem.w1!, draws = portable(3);
    const adapters: Adapters = {
      b1: matrix(h, 2, draws.normals(2 * h)),
      a1: matrix(2, components, draws.normals(2 * components)),
      b2: matrix(3, 2, draws.normals(6)),
      a2: matrix(2, h, draws.normals(2 * h)),
    };
    const { b1, a1, b2, a2 } = adapters;
    const map = multiply(
      add(problem.w2, multiply(b2!, a2!)),
      add(problem.w1!, multiply(b1, a1)),
    );
    // White inputs are determined up to the sign of each component: take those of the best map.
    const x = white(training.x, components), y = training.y as Matrix;
    const raw = multiply(transpose(y), x);
    for (let j = 0; j < components; j++) {
      const sign = Math.sign(raw.data[j] * best.data[j]);
      for (let i = 0; i < n; i++) x.data[i * components + j] *= sign;
    }
    let square = 0;
    const outputs = multiplyNT(x, map).data;
    outputs.forEach((value, i) => square += 0.5 * (value - y.data[i]) ** 2 / n);
    assertAlmostEquals(loss(problem, adapters) + remainder, square, 1e-10 * square);
  }
});

Deno.test("the first map is the least-squares one of what came before; balanced, at most of its rank", () => {
  const training = data(40, 5), before = data(30, 6);
  const { problem, pretrained } = linearBridge({ ...training, before });
  const { w2, w1 } = problem;
  const left = multiply(transpose(w2), w2), right = multiplyNT(w1!, w1!);
  left.data.forEach((x, i) => assertAlmostEquals(x, right.data[i], 1e-12));
  // No change of the map lowers the loss: its gradient vanishes. Whitening is affine in the inputs.
  const all = linearBridge({ x: before.x, y: before.y, before });
  all.best.data.forEach((x, i) => assertAlmostEquals(x, all.pretrained.data[i], 1e-10));
  assertEquals([pretrained.rows, pretrained.columns], [3, 5]);
  const narrow = linearBridge({ ...training, before, hidden: 2 });
  assertEquals([
    narrow.problem.w2.columns,
    svd(narrow.pretrained).values.filter((x) => x > 1e-12).length,
  ], [2, 2]);
  svd(pretrained, 2).values.forEach((x, i) =>
    assertAlmostEquals(x, svd(narrow.pretrained).values[i], 1e-12)
  );
});

Deno.test("only the singular values that are kept are left of the target", () => {
  const training = data(40, 5), before = data(30, 6);
  const whole = svd(linearBridge({ ...training, before }).problem.target);
  const { target } = linearBridge({ ...training, before, kept: 2 }).problem, part = svd(target);
  [0, 1].forEach((j) => assertAlmostEquals(part.values[j], whole.values[j], 1e-12));
  assertLess(part.values[2], 1e-12);
  const one = svd(linearBridge({ ...training, before, kept: 1 }).problem.target).values;
  assertAlmostEquals(one[0], whole.values[0], 1e-12);
  assertLess(one[1], 1e-12);
  // The part itself, not another of the same values.
  const { u, values, v } = whole;
  const scaled = { ...u, data: u.data.map((x, i) => i % 3 < 2 ? x * values[i % 3] : 0) };
  multiplyNT(scaled, v).data.forEach((x, i) => assertAlmostEquals(target.data[i], x, 1e-12));
});

Deno.test("classes are one-hot less their mean; accuracy is that of the test examples", () => {
  const given = data(40, 5, "classes"), before = data(30, 6, "classes");
  const rows = matrix(40, 3);
  rows.data.fill(-1 / 3);
  for (let i = 0; i < 40; i++) rows.data[3 * i + i % 3] += 1;
  const one = linearBridge({ ...given, before });
  const other = linearBridge({ x: given.x, y: rows, before });
  assertEquals(one.problem.target, other.problem.target);
  assertEquals(one.accuracy(one.best), other.accuracy(other.best));
  // The same examples as a test, and one that is right by construction.
  const tested = linearBridge({ ...given, before, test: given });
  assertEquals(tested.accuracy(tested.best), one.accuracy(one.best));
  const single = (k: number) => {
    const { accuracy, best } = linearBridge({
      ...{ ...given, before, test: { x: [[0, 0, 0, 0, 9]], y: [k] } },
    });
    return accuracy(best);
  };
  assertEquals([single(0), single(1), single(2)].toSorted(), [0, 0, 1]);
});

/** The problem in NumPy's signs of components and hidden vectors, in which the reference drew. */
function signed({ w2, w1, target }: Problem): Problem {
  const { components, hidden } = reference.signs;
  const byColumn = (x: Matrix, signs: readonly number[]) => (
    { ...x, data: x.data.map((value, i) => value * signs[i % x.columns]) }
  );
  const rows = byColumn(w1!, components);
  return {
    w2: byColumn(w2, hidden),
    w1: {
      ...rows,
      data: rows.data.map((value, i) => value * hidden[Math.floor(i / rows.columns)]),
    },
    target: byColumn(target, components),
  };
}

Deno.test("the random starts give the reference's mean losses, draw by draw", () => {
  const whole = signed(digitsBridge(digits).problem);
  const part = signed(digitsBridge({ ...digits, kept: 2 }).problem);
  const tables = [[whole, reference.rows, 2], [part, reference.rank2_rows, 1]] as const;
  for (const [problem, rows, places] of tables) {
    for (const start of ["gauss", "zeroB"] as const) {
      const wanted = rows.find((row) => row.scheme === start && row.alpha === 0.1)!;
      const mean = new Float64Array(places);
      for (let seed = 600; seed < 606; seed++) {
        const draws = portable(seed), options = { r: 6, start, alpha: 0.1, draws, perFactor: true };
        const flow = new AdapterFlow(problem, startAdapters(problem, options));
        const times = wanted.t.slice(0, places);
        const { losses } = flow.solve(times, { rtol: 1e-8, method: "dop853" });
        losses.forEach((x, i) => mean[i] += x / 6);
      }
      mean.forEach((x, i) => assertLess(Math.abs(x / wanted.L_mean[i] - 1), 1e-5));
    }
  }
});

Deno.test("a run gives losses, test accuracy and the power of its start", () => {
  const { problem } = digitsBridge(digits);
  const cell = {
    ...{ source: { digits }, start: "spectral", startedBy: "spectral", alpha: 0.1, r: 6 } as const,
    ...{ perFactor: true, times: [2, 10, 400], rtol: 1e-9 },
  };
  const rows = bridgeRun(cell, { seed: "600" }) as BridgeRow[];
  const wanted = reference.rows.find((row) => row.scheme === "spectral" && row.alpha === 0.1)!;
  rows.forEach(({ at, loss, accuracy, power }) => {
    const i = wanted.t.indexOf(at);
    assertLess(Math.abs(loss / wanted.L_mean[i] - 1), 1e-6);
    assertAlmostEquals(accuracy, wanted.test_acc_mean[i], 1e-9);
    assertAlmostEquals(power, 2 * 0.1 ** 2, 1e-12);
  });
  // Scaled by their sides, α²·½(1/h + 1/n) for each of r columns on average; else α² for each.
  const powers = (perFactor: boolean) =>
    Array.from({ length: 40 }, (_, i) =>
      (bridgeRun({
        ...{ ...cell, startedBy: "gauss", start: "gauss", perFactor, times: [1e-3] },
      }, { seed: String(i) }) as BridgeRow[])[0].power / 0.01).reduce((a, b) => a + b, 0) / 40;
  const spread = 4 * Math.sqrt(2 / 6 / 40); // χ²₆, 40 draws
  assertLess(Math.abs(powers(true) / (3 * (1 / 9 + 1 / 30)) - 1), spread);
  assertLess(Math.abs(powers(false) / 6 - 1), spread);
  assertEquals(problem.name, "digits");
});

Deno.test("own data as JSON build the same bridge", () => {
  const options: BridgeOptions = {
    ...data(40, 5),
    before: data(30, 6, "classes"),
    test: data(7, 8),
  };
  const plain = plainBridge(options), text = JSON.parse(JSON.stringify(plain));
  assertEquals(linearBridge(text).problem, linearBridge(options).problem);
  assertEquals(
    linearBridge(text).accuracy(linearBridge(text).best),
    linearBridge(options).accuracy(linearBridge(options).best),
  );
});

Deno.test("mistakes about own data are named", () => {
  const good = data(40, 5), before = data(30, 6);
  const constant = {
    ...good,
    x: { ...good.x, data: good.x.data.map((x, i) => i % 5 === 3 ? 0.25 : x) },
  };
  const large = { ...constant, x: { ...constant.x, data: constant.x.data.map((x) => 1e6 * x) } };
  const cases: [() => unknown, string][] = [
    [() => linearBridge({ ...large, before: large, components: 5 }), "components must be <= 4"],
    [() => linearBridge({ ...good, before, kept: 0 }), "kept must be an integer"],
    [() => linearBridge({ ...good, before, hidden: 0 }), "hidden must be an integer"],
    [() => linearBridge({ ...good, before, rank: 3 } as never), 'current value has "rank"'],
    [
      () => linearBridge({ ...constant, before, components: 5 }),
      "components must be <= 4, the number of directions in which x varies (constant columns: [3]): current value is 5",
    ],
    [
      () => linearBridge({ ...good, before: data(3, 6) }),
      "before.x must vary in all 5 components",
    ],
    [() => linearBridge({ ...good, before, components: 0 }), "components must be an integer"],
    [() => linearBridge({ x: good.x, y: [0, 1], before }), "y must be a list of 40 classes"],
    [
      () => linearBridge({ x: good.x, y: before.y, before }),
      "current shapes are 40 x 5 and 30 x 3",
    ],
    [
      () =>
        linearBridge({ x: good.x, y: Array.from({ length: 40 }, (_, i) => 2 * (i % 2)), before }),
      "class 1 has none",
    ],
    [
      () => linearBridge({ ...good, before: { x: [[1, 2]], y: [[1, 2, 3]] } }),
      "before.x and before.y must be finite, as many rows, and as wide as x and y, 5 and 3",
    ],
    [() => linearBridge({ ...good, before, test: { x: good.x, y: [[1]] } }), "test.x and test.y"],
    [
      () => linearBridge({ ...good, before, test: { x: [[1, 2, 3, 4, 5]], y: [3] } }),
      "test.y[0] must be an integer",
    ],
    [() => linearBridge({ ...good, before, hidden: 4 }), "hidden must be an integer"],
    [() => linearBridge({ ...good, before, kept: 4 }), "kept must be an integer"],
    [() => linearBridge({ x: good.x, y: [[NaN]], before }), "must be finite"],
  ];
  for (const [call, message] of cases) assertThrows(call, Error, message);
});
