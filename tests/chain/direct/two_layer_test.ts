import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { DirectTwoLayer, type TwoLayerModel } from "lora-dynamics/chain/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { dot } from "../_given.ts";

/** One step as the law writes it, on a given input. */
function plainStep(model: TwoLayerModel, w: number[][], x: Float64Array, z: number): number[][] {
  const { output, teacherOutput, step, noise = 0 } = model;
  const student = activation(model.activation), teacher = activation(model.teacher ?? student);
  const pre = w.map((row) => dot(row, x));
  const f = dot(output, pre.map(student.f));
  const y = dot(teacherOutput, teacherOutput.map((_, m) => teacher.f(x[m]))) + Math.sqrt(noise) * z;
  return w.map((row, i) =>
    row.map((value, k) => value - step * (f - y) * output[i] * student.df(pre[i]) * x[k])
  );
}

Deno.test("DirectTwoLayer makes the steps of its law on the draws of its streams", () => {
  const name = fc.constantFrom("relu", "erf", "He2", "sigmoid");
  const size = (max: number) => fc.integer({ min: 1, max });
  fc.assert(
    fc.property(name, name, size(5), size(3), size(12), fc.boolean(), (s, t, K, M, more, noisy) => {
      const d = M + more, rng = stream("7", "two-layer", s, t, K, d);
      const weight = (label: string, n: number) =>
        Array.from(rng.stream(label).fillNormal(new Float64Array(n)));
      const model = {
        activation: activation(s),
        teacher: activation(t),
        d,
        output: weight("a", K),
        teacherOutput: weight("b", M),
        step: 0.05,
        noise: noisy ? 0.3 : 0,
      };
      const sgd = new DirectTwoLayer(model, rng);
      let w = Array.from({ length: K }, (_, i) => [...sgd.weights.subarray(i * d, (i + 1) * d)]);
      const data = rng.stream("data"), noise = rng.stream("noise");
      for (let k = 0; k < 5; k++) {
        w = plainStep(model, w, data.fillNormal(new Float64Array(d)), noisy ? noise.normal() : 0);
      }
      sgd.run(5);
      w.flat().forEach((value, i) =>
        assertAlmostEquals(sgd.weights[i], value, 1e-12 * (1 + Math.abs(value)))
      );
    }),
    { seed: 7, numRuns: 100 },
  );
});

Deno.test("DirectTwoLayer: equal seeds give equal bits, and the start is N(0, 1/d)", () => {
  const model = {
    activation: activation("erf"),
    d: 5000,
    output: [1, 1],
    teacherOutput: [1],
    step: 1e-3,
  };
  const [a, b] = [1, 2].map(() => new DirectTwoLayer(model, stream("7", "equal")));
  const start = a.weights.slice();
  assertAlmostEquals(start.reduce((sum, w) => sum + w * w, 0) / 2, 1, 4 * Math.sqrt(2 / 10000));
  a.run(10);
  for (let i = 0; i < 10; i++) b.step();
  assertEquals(a.weights, b.weights);
  // Labels have no noise unless it is asked for.
  const c = new DirectTwoLayer({ ...model, noise: 0 }, stream("7", "equal"));
  c.run(10);
  assertEquals(c.weights, a.weights);
});

Deno.test("DirectTwoLayer says what is wrong with a model", () => {
  const good: TwoLayerModel = {
    activation: activation("relu"),
    d: 5,
    output: [1],
    teacherOutput: [1, 1],
    step: 0.1,
  };
  const make = (change: Partial<TwoLayerModel>, start?: number[]) => () =>
    new DirectTwoLayer({ ...good, ...change }, stream("7"), start);
  assertThrows(make({ d: 1 }), RangeError, "d must be an integer >= 2: current value is 1");
  assertThrows(make({ d: 5.5 }), RangeError, "d must be an integer");
  assertThrows(make({ step: 0 }), RangeError, "step must be a finite number > 0");
  assertThrows(make({ noise: -1 }), RangeError, "noise must be a finite number >= 0");
  assertThrows(
    make({ lr: 1 } as Partial<TwoLayerModel>),
    TypeError,
    "Cannot run two-layer SGD as the model must have no other keys than activation, teacher, d, " +
      'output, teacherOutput, step, noise: current value has "lr"',
  );
  assertThrows(make({ output: [] }), TypeError, "output must be a list of at least one number");
  assertThrows(make({ output: [NaN] }), RangeError, "output[0] must be finite");
  assertThrows(make({}, [1, 2]), TypeError, "start must have 1 x 5 entries: current value has 2");
  assertThrows(make({}, [1, 2, 3, 4, Infinity]), RangeError, "start[4] must be finite");
  assertThrows(() => new DirectTwoLayer(good, stream("7")).run(-1), RangeError, "steps must be");
});
