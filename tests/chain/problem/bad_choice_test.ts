import { assertThrows } from "@std/assert";
import {
  CommitteeChain,
  type CommitteeModel,
  DirectSgd,
  LinearChain,
  SingleIndexChain,
  type SingleIndexModel,
} from "lora-dynamics/chain/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

const MODEL: SingleIndexModel = { student: "x", d: 9, frozen: [0.5], batch: 4, step: 0.1 };
type Change = Record<string, unknown>;

const CHAINS: [string, (change: Change) => unknown][] = [
  ["run one-pass SGD", (change) => new SingleIndexChain({ ...MODEL, ...change }, 2, stream("7"))],
  ["run one-pass SGD", (change) => new DirectSgd({ ...MODEL, ...change }, stream("7"))],
  ["run linear one-pass SGD", (change) => new LinearChain({ ...MODEL, ...change }, 2, stream("7"))],
];

Deno.test("doors of single-index SGD name losses that make no sense", () => {
  for (const [what, open] of CHAINS) {
    const known =
      `Cannot ${what} as loss must be one of square, absolute, huber, log-cosh, quantile, ` +
      "logistic, hinge, an expression in p and y, or { name, slope }: current value is";
    assertThrows(() => open({ loss: "hubert" }), RangeError, `${known} "hubert"`);
    assertThrows(() => open({ loss: { name: "l2" } }), RangeError, `${known} "l2"`);
    assertThrows(() => open({ loss: 3 }), TypeError, `${known} 3`);
    assertThrows(() => open({ loss: null }), TypeError, `${known} null`);
    assertThrows(() => open({ loss: () => 1 }), TypeError, `${known} a function`);
    assertThrows(
      () => open({ loss: { name: "huber", width: 2 } }),
      TypeError,
      `Cannot ${what} as loss huber must have no other keys than name, delta: current value has "width"`,
    );
    for (const delta of [0, -1, NaN, Infinity]) {
      const message = `loss.delta must lie in (0, Infinity): current value is ${delta}`;
      assertThrows(() => open({ loss: { name: "huber", delta } }), RangeError, message);
    }
    assertThrows(() => open({ loss: "p - z" }), SyntaxError, "the variable must be p or y");
    assertThrows(() => open({ loss: "(p - y" }), SyntaxError, "there must be )");
    assertThrows(
      () => open({ loss: { slope: 3 } }),
      TypeError,
      "loss.slope must be a function of p",
    );
    assertThrows(
      () => open({ loss: { name: "own", value: () => 1 } }),
      TypeError,
      "loss.slope must be given where loss.value is a function: it is missing",
    );
    assertThrows(() => open({ loss: { slope: () => 1 } }), TypeError, "loss.name must be a string");
    assertThrows(
      () => open({ loss: { name: "own", slope: () => NaN } }),
      RangeError,
      "the slope of the loss own must be finite: current value at p = 0.31, y = -0.83 is NaN",
    );
    assertThrows(
      () => open({ loss: { name: "own", slope: "p + y", value: "(p - y)^2 / 2" } }),
      RangeError,
      "the slope of the loss own must be that of its value: current value is",
    );
  }
});

Deno.test("doors of single-index SGD name laws of label noise that make no sense", () => {
  for (const [what, open] of CHAINS) {
    const known = `Cannot ${what} as noiseLaw must be one of normal, signs, uniform, laplace, ` +
      "student t, or { name, draw(rng) }: current value is";
    assertThrows(() => open({ noiseLaw: "gauss" }), RangeError, `${known} "gauss"`);
    assertThrows(() => open({ noiseLaw: () => 0 }), TypeError, `${known} a function`);
    assertThrows(() => open({ noiseLaw: { draw: 3 } }), TypeError, "a law with a method draw(rng)");
    assertThrows(() => open({ noiseLaw: { draw: () => 0 } }), TypeError, "noiseLaw.name must be");
    for (const degrees of [2, 0, NaN]) {
      const message =
        `noiseLaw.degrees must lie in (2, 1000000000000000): current value is ${degrees}`;
      assertThrows(() => open({ noiseLaw: { name: "student t", degrees } }), RangeError, message);
    }
  }
  const noiseLaw = { name: "own", draw: () => NaN };
  for (const [, open] of CHAINS.slice(0, 2)) {
    assertThrows(
      () => open({ noiseLaw }),
      RangeError,
      "Cannot draw label noise as a draw of the law own must be finite: current value is NaN",
    );
  }
});

Deno.test("doors of single-index SGD name laws of the inputs that make no sense", () => {
  for (const [what, open] of CHAINS) {
    const known =
      `Cannot ${what} as inputs must be one of normal, student t, mixture, sphere, signs, ` +
      "uniform, { name, radius(rng) }, { name, length(rng, d) } or, for DirectSgd, " +
      "{ name, fill(rng, x) }: current value is";
    assertThrows(() => open({ inputs: "rademacher" }), RangeError, `${known} "rademacher"`);
    assertThrows(() => open({ inputs: [1] }), TypeError, `${known} [1]`);
    assertThrows(
      () => open({ inputs: { name: "mixture", ratio: 1 } }),
      RangeError,
      "inputs.ratio must lie in (1, Infinity): current value is 1",
    );
    assertThrows(
      () => open({ inputs: { name: "own", radius: () => 1, fill: () => {} } }),
      TypeError,
      `Cannot ${what} as inputs must have one of radius, length, fill: current value has radius, fill`,
    );
    assertThrows(
      () => open({ inputs: { name: "own", radius: 2 } }),
      TypeError,
      "whose radius is a",
    );
    assertThrows(() => open({ inputs: { radius: () => 1 } }), TypeError, "inputs.name must be a");
    assertThrows(
      () => open({ inputs: { name: "own", radius: () => 1, mean: 2 } }),
      TypeError,
      'inputs must have no other keys than name, radius, length, fill: current value has "mean"',
    );
  }
  for (const [, open] of CHAINS.slice(0, 2)) {
    for (const [kind, bad] of [["radius", 0], ["radius", NaN], ["length", -1]] as const) {
      assertThrows(
        () => open({ inputs: { name: "own", [kind]: () => bad } }),
        RangeError,
        `Cannot draw inputs as a ${kind} of the law own must be a finite number > 0: ` +
          `current value is ${bad}`,
      );
    }
  }
});

Deno.test("chains refuse inputs that depend on the axes and say what runs them", () => {
  const own = { name: "own", fill: (_: unknown, x: Float64Array) => x.fill(1) };
  for (const inputs of ["signs", "uniform", own]) {
    const name = typeof inputs === "string" ? inputs : inputs.name;
    for (const [what, open] of [CHAINS[0], CHAINS[2]]) {
      assertThrows(
        () => open({ inputs }),
        RangeError,
        `Cannot ${what} as inputs must look the same from all sides, or what they do outside frame ` +
          `and omega is no chi-square: current value is ${name}, which DirectSgd runs`,
      );
    }
    new DirectSgd({ ...MODEL, inputs }, stream("7")).run(2);
  }
});

Deno.test("LinearChain names what it has no Wishart matrix for, and what runs it", () => {
  const open = CHAINS[2][1], begin = "Cannot run linear one-pass SGD as";
  for (
    const [key, choice, wanted, name] of [
      ["loss", "absolute", "square", "absolute"],
      ["loss", { name: "square again", slope: "p - y" }, "square", "square again"],
      ["noiseLaw", "signs", "normal", "signs"],
      ["inputs", "mixture", "normal", "mixture (share = 0.1, ratio = 3)"],
      ["inputs", "sphere", "normal", "sphere"],
    ]
  ) {
    assertThrows(
      () => open({ [key as string]: choice }),
      RangeError,
      `${begin} ${key} must be ${wanted}: current value is ${name}, which SingleIndexChain runs`,
    );
  }
  open({ loss: "square", noiseLaw: { name: "normal" }, inputs: "normal", noise: 0.1 });
});

Deno.test("committees have no loss, label noise or inputs to choose", () => {
  const model = {
    activation: "relu",
    d: 20,
    frozen: [1, 1],
    rank: 1,
    batch: 4,
    step: 0.3,
    scale: 2,
  };
  for (const key of ["loss", "noiseLaw", "inputs"]) {
    assertThrows(
      () => new CommitteeChain({ ...model, [key]: "normal" } as CommitteeModel, stream("7")),
      TypeError,
      `current value has "${key}"`,
    );
  }
});
