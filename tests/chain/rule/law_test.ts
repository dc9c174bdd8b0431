/** Chain and direct SGD under one and the same rule have one law; what is broken is found out. */
import {
  CommitteeChain,
  type CommitteeModel,
  DirectCommittee,
  DirectSgd,
  LinearChain,
  type RuleChoice,
  SingleIndexChain,
  type SingleIndexModel,
} from "lora-dynamics/chain/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { dot } from "../_given.ts";
import { assertOneLaw, assertOtherLaw, type Sample, without } from "../_law.ts";
import { RULES } from "../_rules.ts";

const RUNS = 1500, TIMES = [2, 7];

/** Every inner product of ω and the memory, and all coordinates in the frame. */
function sampleChain(chain: SingleIndexChain | LinearChain): Sample {
  const sample: Sample = {}, { u, a, h, p, memory } = chain.state;
  const keep = (name: string, value: (c: number) => number) =>
    sample[`${name} ${chain.steps}`] = Array.from(u, (_, c) => value(c));
  for (const at of TIMES) {
    chain.run(at - chain.steps);
    keep("u", (c) => u[c]);
    keep("h", (c) => h[c]);
    keep("u m", (c) => u[c] * a[c * p]);
    for (let j = 0; j < p; j++) keep(`a${j}`, (c) => a[c * p + j]);
    memory.forEach((kept, i) => {
      const k = 1 + memory.length, rest = (c: number) => kept.rest.subarray(c * k, (c + 1) * k);
      keep(`memory ${i} u`, (c) => kept.u[c]);
      for (let j = 0; j < p; j++) keep(`memory ${i} a${j}`, (c) => kept.a[c * p + j]);
      keep(`memory ${i} size`, (c) => dot(rest(c), rest(c)));
      keep(`memory ${i} along`, (c) => rest(c)[0] * h[c]);
    });
  }
  return sample;
}

function sampleDirect(model: SingleIndexModel, u0: number): Sample {
  const sample: Sample = {}, rng = stream("7", "direct");
  const p = model.frozen.length;
  for (let run = 0; run < RUNS; run++) {
    const sgd = new DirectSgd(model, rng.stream(run), u0);
    const keep = (name: string, value: number) =>
      (sample[`${name} ${sgd.steps}`] ??= []).push(value);
    for (const at of TIMES) {
      sgd.run(at - sgd.steps);
      const { u, h, omega, memory } = sgd;
      keep("u", u);
      keep("h", h);
      keep("u m", u * omega[0]);
      for (let j = 0; j < p; j++) keep(`a${j}`, omega[j]);
      memory.forEach((kept, i) => {
        const rest = kept.omega.subarray(p);
        keep(`memory ${i} u`, kept.u);
        for (let j = 0; j < p; j++) keep(`memory ${i} a${j}`, kept.omega[j]);
        keep(`memory ${i} size`, dot(rest, rest));
        keep(`memory ${i} along`, dot(rest, omega.subarray(p)));
      });
    }
  }
  return sample;
}

const MODEL: SingleIndexModel = {
  student: activation("erf"),
  teacher: activation("sigmoid"),
  d: 8,
  frozen: [0.6, 0.4],
  batch: 3,
  step: 1,
  noise: 0.2,
};

/** The steps of the paths are small; here the law must have room to differ. */
const large = (step: SingleIndexModel["step"]) => step === RULES[0].step ? [1, 0.8] as const : step;

RULES.forEach(({ name, rule, step }, i) => {
  // The paths are tested on the sphere and free; here the rules take turns.
  const sphere = i % 2 === 0, kind = sphere ? "on the sphere" : "free";
  Deno.test(`the chain has the law of DirectSgd (${RUNS} runs each), ${kind}: ${name}`, () => {
    const model = { ...MODEL, rule, step: large(step), sphere };
    const chain = new SingleIndexChain(model, RUNS, stream("7", "chain", name), { u: 0.5 });
    assertOneLaw(sampleChain(chain), sampleDirect(model, 0.5), name);
  });
});

const MOMENTUM: RuleChoice = { name: "momentum", beta: 0.8 };

Deno.test("controls: forgotten directions, another dimension and another rule are found out", () => {
  // Two directions outside the frame: one is ω's, the other all that the memory can have.
  const model = { ...MODEL, d: 4, rule: MOMENTUM, step: [1, 0.8] as const };
  const direct = sampleDirect(model, 0.5);
  const chain = (change: Partial<SingleIndexModel>, forgotten = "nothing") => {
    const rng = without(forgotten, stream("7", "chain"));
    return sampleChain(new SingleIndexChain({ ...model, ...change }, RUNS, rng, { u: 0.5 }));
  };
  assertOneLaw(chain({}), direct, "no change");
  assertOtherLaw(chain({}, "memory"), direct, "memory");
  assertOtherLaw(chain({ d: 6 }), direct, "dimension");
  assertOtherLaw(chain({ d: 6 }), chain({ d: 6 }, "remainder"), "remainder");
  assertOtherLaw(chain({ rule: { name: "momentum", beta: 0.5 } }), direct, "beta");
});

for (const noise of [0, 0.4]) {
  Deno.test(`LinearChain has the law of SingleIndexChain under a rule, label noise ${noise}`, () => {
    const student = activation("x"), rule: RuleChoice = { name: "clipping", norm: 1, of: MOMENTUM };
    const model = { ...MODEL, student, teacher: student, d: 5, batch: 4, step: 0.4, rule, noise };
    const sample = (Chain: typeof LinearChain | typeof SingleIndexChain, forgotten = "nothing") => {
      const rng = without(forgotten, stream("7", Chain.name));
      return sampleChain(new Chain(model, RUNS, rng, { u: 0.8 }));
    };
    const reference = sample(SingleIndexChain);
    assertOneLaw(sample(LinearChain), reference, "linear");
    assertOtherLaw(sample(LinearChain, "memory"), reference, "control");
  });
}

const COMMITTEE: CommitteeModel = {
  activation: activation("relu"),
  d: 9,
  frozen: [0.5, 0.5, 1],
  rank: 2,
  batch: 4,
  step: [1.5, 1.2],
};

function sampleCommittee(make: (run: number) => CommitteeChain | DirectCommittee): Sample {
  const kept: Sample = {}, K = 3, r = 2;
  const keep = (name: string, value: number) => (kept[name] ??= []).push(value);
  for (let run = 0; run < 1000; run++) {
    const sgd = make(run);
    sgd.u.fill(0.4);
    sgd.run(6);
    const chain = sgd instanceof CommitteeChain;
    const a = (j: number, k: number) => chain ? sgd.a[j * K + k] : sgd.v[j][k];
    for (let j = 0; j < r; j++) {
      for (let k = 0; k < K; k++) {
        keep(`u${k}${j}`, sgd.u[k * r + j]);
        keep(`a${j}${k}`, a(j, k));
      }
    }
    // Outside the teacher's span: length of a row, and the inner product of both.
    const outside = (i: number, j: number) =>
      chain
        ? dot(sgd.h.subarray(i * r, (i + 1) * r), sgd.h.subarray(j * r, (j + 1) * r))
        : dot(sgd.v[i].subarray(K), sgd.v[j].subarray(K));
    keep("length outside", outside(0, 0));
    keep("inner product outside", outside(0, 1));
    sgd.memory.forEach((memory, i) => {
      keep(`memory ${i} u`, memory.u[1]);
      keep(`memory ${i} a`, "a" in memory ? memory.a[K + 1] : memory.v[1][1]);
    });
  }
  return kept;
}

const DECAY: RuleChoice = { name: "decay", rate: 0.4 };

for (
  const [name, rule, sphere, control] of [
    ["momentum on the sphere", MOMENTUM, true, { forgotten: "memory" }],
    ["clipped momentum, free", { name: "clipping", norm: 0.6, of: MOMENTUM }, false, {
      forgotten: "remainder",
    }],
    ["decay, free", DECAY, false, { rule: { name: "decay", rate: 0.3 } }],
  ] as [string, RuleChoice, boolean, { forgotten?: string; rule?: RuleChoice }][]
) {
  Deno.test(`CommitteeChain has the law of DirectCommittee (1000 runs each): ${name}`, () => {
    const model = { ...COMMITTEE, rule, sphere }, rng = stream("7", "committee");
    const direct = sampleCommittee((run) => new DirectCommittee(model, rng.stream("direct", run)));
    const chain = (own: RuleChoice, forgotten: string) =>
      sampleCommittee((run) => {
        const draws = without(forgotten, rng.stream("chain", run));
        return new CommitteeChain({ ...model, rule: own }, draws);
      });
    assertOneLaw(chain(rule, "nothing"), direct, name);
    const wrong = chain(control.rule ?? rule, control.forgotten ?? "nothing");
    assertOtherLaw(wrong, direct, "control");
  });
}
