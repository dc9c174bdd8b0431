import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { SingleIndexChain } from "lora-dynamics/chain/mod.ts";
import { summary } from "lora-dynamics/experiment/mod.ts";
import { activation, gaussianExpectation } from "lora-dynamics/gaussian/mod.ts";
import {
  gradientNoise,
  noiseSetting,
  searchMatrix,
  stepScale,
} from "lora-dynamics/papers/pre_training_hurts/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

function assertClose(x: number, y: number, rel: number, where: string): void {
  assertAlmostEquals(x, y, rel * Math.abs(y), where);
}

Deno.test("gradientNoise() of the linear target is (1 - mu)^2 + Delta", () => {
  for (const labelNoise of [0, 0.5]) {
    const noise = gradientNoise(0.3, activation("x"), { labelNoise });
    assertClose(noise, 0.49 + labelNoise, 1e-13, `Delta ${labelNoise}`);
  }
});

Deno.test("gradientNoise() of ReLU is ((1 - mu)^2 + Delta)/2", () => {
  const noise = gradientNoise(0.3, activation("relu"), { labelNoise: 0.2 });
  assertClose(noise, (0.49 + 0.2) / 2, 1e-12, "ReLU");
});

Deno.test("gradientNoise() is the variance of one step of u from rest (2e5 samples, 4 s.e.)", () => {
  for (const [name, labelNoise] of [["erf", 0], ["relu", 0.3], ["sigmoid", 0], ["He2", 0.5]]) {
    const student = activation(name as string), noise = labelNoise as number, mu = 0.5;
    const step = 1 / stepScale(student);
    const model = { student, d: 20, frozen: [mu], batch: 4, step, noise };
    const rng = stream("7", "gradient noise", name);
    const chain = new SingleIndexChain(model, 50_000, rng, { u: 0, a: [0] });
    chain.step();
    const squares = chain.state.u.map((u) => 4 * u * u);
    const { mean, se } = summary(squares);
    const predicted = gradientNoise(mu, student, { labelNoise: noise });
    assertLess(Math.abs(mean - predicted), 4 * se, name as string);
    // Control: another strength is found out.
    assertGreater(Math.abs(mean - gradientNoise(0.35, student)), 4 * se, `${name}, control`);
  }
});

Deno.test("gradientNoise() with a teacher of its own is the plain Gaussian integral", () => {
  const student = activation("erf"), teacher = activation("sigmoid");
  const plain = gaussianExpectation((z) =>
    (student.f(0.4 * z) - teacher.f(z)) ** 2 * student.df(0.4 * z) ** 2
  );
  assertClose(gradientNoise(0.4, student, { teacher }), plain, 1e-13, "erf on sigmoid");
});

Deno.test("noiseSetting() gathers matrix, noise, steps and dimension", () => {
  const setting = noiseSetting(0.6, "erf", { d: 300, step: [0.2, 0.5], labelNoise: 0.3 });
  assertEquals(setting.matrix, searchMatrix(0.6, "erf"));
  assertEquals([setting.step, setting.ratio, setting.d], [0.2, 2.5, 300]);
  assertEquals(setting.noise, gradientNoise(0.6, "erf", { labelNoise: 0.3 }));
  const other = noiseSetting(0.6, "erf", { d: 300, step: 0.2, teacher: "sigmoid" });
  assertEquals([other.ratio, other.matrix], [1, searchMatrix(0.6, "erf", "sigmoid")]);
  assertEquals(other.noise, gradientNoise(0.6, "erf", { teacher: "sigmoid" }));
});

Deno.test("gradientNoise() names strengths and label noise that make no sense", () => {
  for (const bad of [NaN, Infinity]) {
    assertThrows(() => gradientNoise(bad, activation("x")), RangeError, "mu must be finite");
  }
  // (μz − z)² with z ~ N(0, 1), on either side of the target, at it and without pre-training.
  for (const mu of [-0.5, 0, 1, 1.3]) {
    assertClose(gradientNoise(mu, "x"), (1 - mu) ** 2, 1e-13, `${mu}`);
  }
  for (const bad of [NaN, -0.1, Infinity]) {
    const wanted = `labelNoise must be a finite number >= 0: current value is ${bad}`;
    assertThrows(() => gradientNoise(0.5, "x", { labelNoise: bad }), RangeError, wanted);
  }
});
