import { assertThrows } from "@std/assert";
import {
  ChainState,
  CommitteeChain,
  type CommitteeModel,
  DirectCommittee,
  DirectSgd,
  firstPassage,
  LinearChain,
  SingleIndexChain,
  type SingleIndexModel,
  type SingleIndexStart,
  windowExit,
} from "lora-dynamics/chain/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { type Stream, stream } from "lora-dynamics/random/mod.ts";

const MODEL: SingleIndexModel = {
  student: activation("x"),
  d: 50,
  frozen: [0.5],
  batch: 10,
  step: 0.1,
};
const COMMITTEE: CommitteeModel = {
  activation: activation("relu"),
  d: 20,
  frozen: [0.5, 0.5, 1],
  rank: 2,
  batch: 4,
  step: 0.3,
};

/** Every door of single-index SGD, with the words its messages begin with. */
const DOORS: [string, string, (change: object, rng?: Stream) => unknown][] = [
  [
    "SingleIndexChain",
    "Cannot run one-pass SGD as",
    (change, rng = stream("7")) => new SingleIndexChain({ ...MODEL, ...change }, 2, rng),
  ],
  [
    "LinearChain",
    "Cannot run linear one-pass SGD as",
    (change, rng = stream("7")) => new LinearChain({ ...MODEL, ...change }, 2, rng),
  ],
  [
    "DirectSgd",
    "Cannot run one-pass SGD as",
    (change, rng = stream("7")) => new DirectSgd({ ...MODEL, ...change }, rng),
  ],
];

const COMMITTEE_DOORS: [string, (change: object, rng?: Stream) => unknown][] = [
  [
    "CommitteeChain",
    (change, rng = stream("7")) => new CommitteeChain({ ...COMMITTEE, ...change }, rng),
  ],
  [
    "DirectCommittee",
    (change, rng = stream("7")) => new DirectCommittee({ ...COMMITTEE, ...change }, rng),
  ],
];

for (const [name, begin, open] of DOORS) {
  Deno.test(`${name} names sizes that make no sense`, () => {
    for (const bad of [NaN, Infinity, -Infinity, 0, -3, 1, 2.5]) {
      const found = `current value is ${bad}`;
      assertThrows(
        () => open({ d: bad }),
        RangeError,
        `${begin} d must be an integer >= 2: ${found}`,
      );
      if (bad === 1) continue;
      assertThrows(() => open({ batch: bad }), RangeError, `${begin} batch must be an integer >= `);
      assertThrows(() => open({ batch: bad }), RangeError, found);
    }
    assertThrows(() => open({ d: 2, frozen: [0.5, 0.1] }), RangeError, "d must be an integer >= 3");
    assertThrows(
      () => open({ d: "50" }),
      TypeError,
      'd must be an integer >= 2: current value is "50"',
    );
    assertThrows(() => open({ d: undefined }), TypeError, "current value is undefined");
  });

  Deno.test(`${name} names step sizes and label noise that make no sense`, () => {
    for (const bad of [NaN, Infinity, -Infinity, 0, -0.1]) {
      const found = `must be a finite number > 0: current value is ${bad}`;
      assertThrows(() => open({ step: bad }), RangeError, `${begin} step of u ${found}`);
      assertThrows(() => open({ step: [bad, 0.1] }), RangeError, `${begin} step of u ${found}`);
      assertThrows(() => open({ step: [0.1, bad] }), RangeError, `${begin} step of omega ${found}`);
      if (bad === 0) continue;
      const noise = `${begin} noise must be a finite number >= 0: current value is ${bad}`;
      assertThrows(() => open({ noise: bad }), RangeError, noise);
    }
    assertThrows(() => open({ step: [0.1] }), TypeError, "step of omega");
    assertThrows(() => open({ step: true }), TypeError, "step of u must be a finite number > 0");
    assertThrows(() => open({ step: undefined }), TypeError, "current value is undefined");
  });

  Deno.test(`${name} names a frozen weight that is none`, () => {
    const wanted = `${begin} frozen must be a list of at least one number: current value is`;
    assertThrows(() => open({ frozen: [] }), TypeError, `${wanted} an empty list`);
    assertThrows(() => open({ frozen: 0.5 }), TypeError, `${wanted} 0.5`);
    assertThrows(() => open({ frozen: undefined }), TypeError, `${wanted} undefined`);
    for (const bad of [NaN, Infinity, -Infinity]) {
      const found = `${begin} frozen[1] must be finite: current value is ${bad}`;
      assertThrows(() => open({ frozen: [0.5, bad] }), RangeError, found);
    }
    assertThrows(
      () => open({ frozen: ["0.5"] }),
      TypeError,
      'frozen[0] must be finite: current value is "0.5"',
    );
  });

  Deno.test(`${name} names an activation that is none, and a seed that is no stream`, () => {
    const wanted = "must be a name, an expression in z, a function or an activation";
    for (const bad of [undefined, 3, null]) {
      const found = `${begin} student ${wanted}: current value is ${bad}`;
      assertThrows(() => open({ student: bad }), TypeError, found);
    }
    assertThrows(() => open({ teacher: "gelu" }), SyntaxError, "current value is gelu");
    assertThrows(() => open({ teacher: { f: 3 } }), TypeError, "f must be a function");
    for (const rng of ["7", 7, null, {}]) {
      const found = `rng must be a stream such as stream("7"): current value is ${
        JSON.stringify(rng)
      }`;
      assertThrows(() => open({}, rng as unknown as Stream), TypeError, found);
    }
  });
}

for (const [name, begin, open] of DOORS) {
  Deno.test(`${name} lists its keys when one is not known, and takes no word for a truth`, () => {
    const keys =
      "student, teacher, d, frozen, batch, step, stepScale, noise, sphere, rule, loss, " +
      "noiseLaw, inputs";
    const found = (key: string) =>
      `${begin} the model must have no other keys than ${keys}: current value has "${key}"`;
    for (const key of ["mu", "lr", "momentum", "Step"]) {
      assertThrows(() => open({ [key]: 0.9 }), TypeError, found(key));
    }
    for (const bad of ["false", 0, 1, null]) {
      const wanted = `${begin} sphere must be true or false: current value is ${
        JSON.stringify(bad)
      }`;
      assertThrows(() => open({ sphere: bad }), TypeError, wanted);
    }
    for (const bad of [NaN, 0, -1, Infinity]) {
      const wanted = `${begin} stepScale must be a finite number > 0: current value is ${bad}`;
      assertThrows(() => open({ stepScale: bad }), RangeError, wanted);
    }
  });

  Deno.test(`${name} takes one step size or two, and names what a schedule gives at its step`, () => {
    for (const step of [[0.1, 0.2, 0.3], [0.1, 0.1, undefined]]) {
      const wanted = `${begin} step must be one step size or [step of u, step of omega]: ` +
        "current value has 3 entries";
      assertThrows(() => open({ step }), TypeError, wanted);
    }
    assertThrows(() => open({ step: [] }), TypeError, "step of u must be a finite number > 0");
    const given = (value: unknown) => () => value as number;
    for (const bad of [NaN, -1e-9, Infinity, "0.1", undefined]) {
      const message = `must be a finite number >= 0: current value is ${
        bad === "0.1" ? '"0.1"' : bad
      }`;
      assertThrows(
        () => open({ step: given(bad) }),
        Error,
        `${begin} step of u at t = 0 ${message}`,
      );
      assertThrows(
        () => open({ step: [0.1, given(bad)] }),
        Error,
        `${begin} step of omega at t = 0 ${message}`,
      );
    }
    assertThrows(() => open({ step: "0.1 / z" }), SyntaxError, "the variable must be t");
    assertThrows(() => open({ step: [0.1, ""] }), SyntaxError, "there must be something in it");
    assertThrows(() => open({ step: "1 / t" }), RangeError, `${begin} step of u at t = 0 must be`);
    const run = open({ step: "0.2 - 0.1 t" }) as DirectSgd;
    run.run(3);
    assertThrows(() => run.step(), RangeError, `${begin} step of u at t = 3 must be a finite`);
  });
}

Deno.test("activation() and stream() name what they do not know", () => {
  assertThrows(() => activation("gelu"), SyntaxError, "current value is gelu");
  assertThrows(() => stream(7 as unknown as string), TypeError, "must be a string");
});

Deno.test("chains name starts that make no sense", () => {
  for (const Chain of [SingleIndexChain, LinearChain]) {
    const open = (start: SingleIndexStart, change = {}) => () =>
      new Chain({ ...MODEL, ...change }, 2, stream("7"), start);
    const begin = "Cannot start a chain as";
    for (const bad of [NaN, Infinity, -Infinity]) {
      const found = `must be finite: current value is ${bad}`;
      assertThrows(open({ u: bad }), RangeError, `${begin} start.u ${found}`);
      assertThrows(open({ a: [bad] }), RangeError, `${begin} start.a[0] ${found}`);
    }
    for (const bad of [NaN, Infinity, -0.1]) {
      const found = `start.h must be a finite number >= 0: current value is ${bad}`;
      assertThrows(open({ a: [0.5], h: bad }), RangeError, `${begin} ${found}`);
    }
    const shape = `${begin} start.a must have one entry per frame direction (1): current value is`;
    assertThrows(open({ a: [0.1, 0.2] }), TypeError, `${shape} [0.1,0.2]`);
    assertThrows(open({ a: [] }), TypeError, `${shape} []`);
    assertThrows(open({ a: 0.1 as unknown as number[] }), TypeError, `${shape} 0.1`);
    const ball = `${begin} |start.a|^2 must be <= 1: current value is 1.44`;
    assertThrows(open({ a: [1.2] }), RangeError, ball);
    assertThrows(open({ a: [1.2] }, { sphere: false }), RangeError, ball);
    assertThrows(open({ h: 0.5 }), TypeError, `${begin} start.a must be given with start.h`);
    assertThrows(open({ a: [0.5], h: 0.5 }), RangeError, "|start.a|^2 + start.h^2 must be 1");
    const keys = `${begin} start must have no other keys than u, a, h: current value has`;
    assertThrows(open({ m: 0.5, u0: 1 } as SingleIndexStart), TypeError, `${keys} "m", "u0"`);
    assertThrows(open([0.5] as SingleIndexStart), TypeError, `${begin} start must be an object`);
    open({ a: [0.5], h: 0.5 }, { sphere: false })();
    open({ a: [0.6], h: 0.8 })();
  }
});

Deno.test("chains name numbers of copies and steps that make no sense", () => {
  for (const bad of [NaN, 0, -1, 1.5, Infinity]) {
    for (const Chain of [SingleIndexChain, LinearChain]) {
      assertThrows(
        () => new Chain(MODEL, bad, stream("7")),
        RangeError,
        `Cannot start a chain as copies must be an integer >= 1: current value is ${bad}`,
      );
    }
    if (bad === 0) continue;
    const found = `steps must be an integer >= 0: current value is ${bad}`;
    const runners = [
      new SingleIndexChain(MODEL, 1, stream("7")),
      new LinearChain(MODEL, 1, stream("7")),
      new DirectSgd(MODEL, stream("7")),
      new CommitteeChain(COMMITTEE, stream("7")),
      new DirectCommittee(COMMITTEE, stream("7")),
    ];
    for (const chain of runners) assertThrows(() => chain.run(bad), RangeError, found);
  }
  assertThrows(() => new ChainState(0, 1, 10, {}, stream("7")), RangeError, "copies");
});

Deno.test("DirectSgd names starts that make no sense", () => {
  const open = (u0?: number, omega?: Float64Array) => () =>
    new DirectSgd(MODEL, stream("7"), u0, omega);
  assertThrows(open(NaN), RangeError, "u0 must be finite: current value is NaN");
  const shape = "omega must be a Float64Array of 50 entries: current value is";
  assertThrows(open(0.1, new Float64Array(49)), TypeError, `${shape} one of 49`);
  assertThrows(open(0.1, [1] as unknown as Float64Array), TypeError, `${shape} [1]`);
  const long = new Float64Array(50).fill(4 / Math.sqrt(50));
  assertThrows(
    open(0.1, long),
    RangeError,
    "|omega|^2 must be 1 on the sphere: current value is 16",
  );
  new DirectSgd({ ...MODEL, sphere: false }, stream("7"), 0.1, long).run(1);
});

for (const [name, open] of COMMITTEE_DOORS) {
  Deno.test(`${name} names sizes, steps, rows and activations that make no sense`, () => {
    const begin = "Cannot run committee SGD as";
    for (const bad of [NaN, Infinity, 0, -1, 1.5]) {
      for (const key of ["rank", "batch"]) {
        const found = `${begin} ${key} must be an integer >= 1: current value is ${bad}`;
        assertThrows(() => open({ [key]: bad }), RangeError, found);
      }
    }
    for (const bad of [NaN, Infinity, 6, 7.5]) {
      const found = `${begin} d must be an integer >= 7: current value is ${bad}`;
      assertThrows(() => open({ d: bad }), RangeError, found);
    }
    open({ d: 7 });
    for (const bad of [NaN, Infinity, 0, -1]) {
      for (const [key, name] of [["step", "step of u"], ["scale", "scale"]]) {
        const found = `${begin} ${name} must be a finite number > 0: current value is ${bad}`;
        assertThrows(() => open({ [key]: bad }), RangeError, found);
      }
    }
    assertThrows(() => open({ frozen: [] }), TypeError, "frozen must be a list");
    assertThrows(() => open({ frozen: [1, NaN] }), RangeError, "frozen[1] must be finite");
    assertThrows(() => open({ activation: 3 }), TypeError, "activation must be a name, an");
    assertThrows(() => open({}, "7" as unknown as Stream), TypeError, "rng must be a stream");
    assertThrows(
      () => open({ noise: 0.1 }),
      TypeError,
      `${begin} the model must have no other keys than activation, d, frozen, rank, batch, step, ` +
        'scale, sphere, rule: current value has "noise"',
    );
    assertThrows(() => open({ sphere: "false" }), TypeError, "sphere must be true or false");
    assertThrows(() => open({ step: [1, 2, 3] }), TypeError, "step must be one step size or");
    // Each row has a vector of memory, and what is left outside all of them a Wishart matrix.
    open({ d: 9, rule: "momentum" });
    assertThrows(() => open({ d: 8, rule: "momentum" }), RangeError, "d must be an integer >= 9");
  });
}

Deno.test("firstPassage() and windowExit() name what makes no sense", () => {
  const chain = new LinearChain(MODEL, 1, stream("7"));
  for (const radius of [NaN, 0, 1, -0.5, 1.5, Infinity]) {
    const found = `radius must lie in (0, 1): current value is ${radius}`;
    assertThrows(() => firstPassage(chain, { radius, maxSteps: 5 }), RangeError, found);
  }
  for (const maxSteps of [NaN, 0, -1, 1.5, Infinity]) {
    const found = `maxSteps must be an integer >= 1: current value is ${maxSteps}`;
    assertThrows(() => firstPassage(chain, { radius: 0.5, maxSteps }), RangeError, found);
  }
  const options = { radius: 0.5, maxSteps: 5 };
  const keys = "options must have no other keys than radius, maxSteps: current value has";
  assertThrows(
    () => firstPassage(chain, { ...options, maxStep: 9 } as typeof options),
    TypeError,
    `${keys} "maxStep"`,
  );
  const wanted = "chain must be a chain with copies, m(c) and step(): current value is";
  for (const [bad, shown] of [["x", '"x"'], [null, "null"], [{ copies: 1 }, '{"copies":1}']]) {
    assertThrows(
      () => firstPassage(bad as unknown as LinearChain, options),
      TypeError,
      `Cannot measure a first passage as ${wanted} ${shown}`,
    );
  }
  assertThrows(
    () => firstPassage({ copies: 0, m: () => 0, step: () => {} }, options),
    RangeError,
    "chain.copies must be an integer >= 1: current value is 0",
  );
  for (const [curve, found] of [[[NaN, 0.5], "overlap[0]"], [[0.5, Infinity], "overlap[1]"]]) {
    assertThrows(
      () => windowExit(curve as number[], 0.5),
      RangeError,
      `Cannot measure a window exit as ${found} must be finite`,
    );
  }
  assertThrows(() => windowExit(["0.5"] as unknown as number[], 0.5), TypeError, "overlap[0]");
  for (const bad of [NaN, Infinity]) {
    assertThrows(() => windowExit([0.1], bad), RangeError, "level must be finite");
    assertThrows(() => windowExit([0.1], 0.5, bad), RangeError, "halfWidth must be a finite");
  }
  assertThrows(
    () => windowExit([0.1], 0.5, -0.1),
    RangeError,
    "halfWidth must be a finite number >= 0",
  );
});
