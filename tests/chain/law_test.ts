import {
  CommitteeChain,
  DirectCommittee,
  DirectSgd,
  LinearChain,
  SingleIndexChain,
  type SingleIndexModel,
} from "lora-dynamics/chain/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { assertOneLaw, assertOtherLaw, type Sample, without } from "./_law.ts";

const RUNS = 2500;
const TIMES = [2, 12];

function sampleChain(chain: SingleIndexChain | LinearChain): Sample {
  const sample: Sample = {};
  for (const at of TIMES) {
    chain.run(at - chain.steps);
    const { u, a, h, p } = chain.state;
    sample[`u ${at}`] = [...u];
    sample[`h ${at}`] = [...h];
    for (let j = 0; j < p; j++) sample[`a${j} ${at}`] = [...u.keys()].map((c) => a[c * p + j]);
    sample[`u m ${at}`] = Array.from(u, (x, c) => x * a[c * p]);
  }
  return sample;
}

function sampleDirect(model: SingleIndexModel, u0: number): Sample {
  const sample: Sample = {}, rng = stream("7", "direct");
  const keep = (name: string, value: number) => (sample[name] ??= []).push(value);
  for (let run = 0; run < RUNS; run++) {
    const sgd = new DirectSgd(model, rng.stream(run), u0);
    let made = 0;
    for (const at of TIMES) {
      sgd.run(at - made);
      made = at;
      keep(`u ${at}`, sgd.u);
      keep(`h ${at}`, sgd.h);
      model.frozen.forEach((_, j) => keep(`a${j} ${at}`, sgd.omega[j]));
      keep(`u m ${at}`, sgd.u * sgd.omega[0]);
    }
  }
  return sample;
}

const SMALL = { d: 8, batch: 3, step: 0.6 };
const MODELS: [string, SingleIndexModel][] = [
  ["erf, label noise", { ...SMALL, student: activation("erf"), frozen: [0.5], noise: 0.2 }],
  ["ReLU, misaligned", { ...SMALL, student: activation("relu"), frozen: [0.6, 0.4] }],
  ["sigmoid, free, two steps", {
    ...SMALL,
    student: activation("sigmoid"),
    frozen: [0.6, 0.4],
    sphere: false,
    step: [5, 3],
  }],
  ["erf, d = p + 1", { ...SMALL, student: activation("erf"), frozen: [0.6, 0.4], d: 3 }],
  ["erf on sigmoid", {
    ...SMALL,
    student: activation("erf"),
    teacher: activation("sigmoid"),
    frozen: [0.5],
  }],
];

for (const [name, model] of MODELS) {
  Deno.test(`SingleIndexChain has the law of DirectSgd (2500 runs each): ${name}`, () => {
    const chain = new SingleIndexChain(model, RUNS, stream("7", "chain", name), { u: 0.5 });
    assertOneLaw(sampleChain(chain), sampleDirect(model, 0.5), name);
  });
}

Deno.test("control: a chain that drops the chi-square remainder is found out", () => {
  const [name, model] = MODELS[0];
  const rng = without("remainder", stream("7", "chain", name));
  const broken = new SingleIndexChain(model, RUNS, rng, { u: 0.5 });
  assertOtherLaw(sampleChain(broken), sampleDirect(model, 0.5), name);
});

Deno.test("control: a chain in two dimensions fewer is found out", () => {
  const [name, model] = MODELS[0];
  const chain = new SingleIndexChain({ ...model, d: 6 }, RUNS, stream("7", "chain"), { u: 0.5 });
  assertOtherLaw(sampleChain(chain), sampleDirect(model, 0.5), name);
});

for (const noise of [0, 0.5]) {
  Deno.test(`LinearChain has the law of SingleIndexChain (2500 runs each), label noise ${noise}`, () => {
    const model = {
      ...SMALL,
      d: 20,
      student: activation("x"),
      frozen: [0.6, 0.4],
      noise,
      batch: 4,
      step: 0.4,
    };
    const fast = new LinearChain(model, RUNS, stream("7", "fast"), { u: 0.8 });
    const slow = new SingleIndexChain(model, RUNS, stream("7", "slow"), { u: 0.8 });
    const reference = sampleChain(slow);
    assertOneLaw(sampleChain(fast), reference, "linear");
    const rng = without("remainder", stream("7", "fast"));
    const broken = sampleChain(new LinearChain(model, RUNS, rng, { u: 0.8 }));
    assertOtherLaw(broken, reference, "control");
  });
}

Deno.test("label noise changes the law: a chain without it is found out", () => {
  const [, model] = MODELS[0];
  const sample = (noise: number) => {
    const rng = stream("7", "noise", noise);
    return sampleChain(new SingleIndexChain({ ...model, noise }, RUNS, rng, { u: 0.5 }));
  };
  assertOtherLaw(sample(0), sample(0.2), "noise");
});

Deno.test("a frame direction that nothing points to does not change the law (2500 runs each)", () => {
  const [, model] = MODELS[0];
  const sample = (frozen: number[]) => {
    const rng = stream("7", "frame", frozen.length);
    const chain = new SingleIndexChain({ ...model, frozen }, RUNS, rng, { u: 0.5 });
    chain.run(8);
    const { u, a, h, p } = chain.state;
    const rest = Array.from(h, (x, c) => Math.hypot(x, ...a.subarray(c * p + 1, (c + 1) * p)));
    return { u: [...u], m: [...u.keys()].map((c) => a[c * p]), rest };
  };
  assertOneLaw(sample([0.5]), sample([0.5, 0]), "p = 2");
  assertOneLaw(sample([0.5]), sample([0.5, 0, 0, 0]), "p = 4");
  assertOtherLaw(sample([0.5]), sample([0.5, 0.4]), "control");
});

Deno.test("CommitteeChain has the law of DirectCommittee (1000 runs each), and its control has not", () => {
  const model = {
    activation: activation("relu"),
    d: 11,
    frozen: [0.5, 0.5, 1],
    rank: 2,
    batch: 4,
    step: 1.5,
  };
  const K = 3, r = 2;
  const sample = (make: (run: number) => CommitteeChain | DirectCommittee): Sample => {
    const kept: Sample = {};
    const keep = (name: string, value: number) => (kept[name] ??= []).push(value);
    for (let run = 0; run < 1000; run++) {
      const sgd = make(run);
      sgd.u.fill(0.4);
      sgd.run(8);
      const a = (j: number, k: number) =>
        sgd instanceof CommitteeChain ? sgd.a[j * K + k] : sgd.v[j][k];
      for (let j = 0; j < r; j++) {
        for (let k = 0; k < K; k++) {
          keep(`u${k}${j}`, sgd.u[k * r + j]);
          keep(`a${j}${k}`, a(j, k));
        }
      }
      // What of the rows' inner product lies outside the teacher's span.
      let inner = 0;
      if (sgd instanceof CommitteeChain) {
        for (let l = 0; l < r; l++) inner += sgd.h[l] * sgd.h[r + l];
      } else {
        for (let k = K; k < model.d; k++) inner += sgd.v[0][k] * sgd.v[1][k];
      }
      keep("inner product outside", inner);
    }
    return kept;
  };
  const rng = stream("7", "committee");
  const direct = sample((run) => new DirectCommittee(model, rng.stream("direct", run)));
  const chain = sample((run) => new CommitteeChain(model, rng.stream("chain", run)));
  assertOneLaw(chain, direct, "committee");
  const broken = sample((run) =>
    new CommitteeChain(model, without("remainder", rng.stream("chain", run)))
  );
  assertOtherLaw(broken, direct, "control");
});
