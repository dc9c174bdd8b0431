/**
 * Claims about the flow: golden points, late rate, traps, times; and one step of the exact chain.
 *
 * Expected numbers without another source are the reference values of the specification, computed by
 * an independent implementation.
 *
 * @module
 */
import { type Draws, SingleIndexChain } from "../../../chain/mod.ts";
import { agree, type Claim, slope } from "../../../experiment/mod.ts";
import { activation } from "../../../gaussian/mod.ts";
import { stepScale } from "../step_scale.ts";
import { fullFineTuningTime, LoraFlow, scratchTime, strongPretraining } from "../theory/mod.ts";

const paper = "pre-training-hurts";

/** `u₀` and `m₀` of the golden flows. */
const GOLDEN_START = { u0: 1e-6, a0: [10 ** -1.5] };

/** One golden point of the flow: its problem, its time and the values there. */
const FLOW_POINTS = [
  { student: "x", frozen: [0.5], t: 20, u: 0.4122449241, m: 0.8823899428, loss: 0.02809255122 },
  { student: "x", frozen: [0.9], t: 500, u: 0.0975653367, m: 0.9761224246, loss: 2.359261609e-4 },
  { student: "He2", frozen: [0.5], t: 6, u: 0.3869936899, m: 0.4350444638, loss: 0.5226142803 },
  { student: "He3", frozen: [0.2], t: 300, u: -0.01366888104, m: 0.1286121234, loss: 3.117362083 },
  { student: "erf", frozen: [0.5], t: 150, u: 0.2052463223, m: 0.8226278966, loss: 0.01536859775 },
  { student: "relu", frozen: [0.5], t: 40, u: 0.4328580877, m: 0.9013526418, loss: 0.01137237753 },
];

function c8(): Claim {
  return {
    id: "C8",
    paper,
    source: { whose: "ours" },
    statement:
      "Golden points (u, m, L) of the summary-statistics flow, spherical, misaligned, free",
    falsifier:
      "A coordinate or loss of a flow that differs from the independent integration by more " +
      "than 1e-8",
    evidence: { seeds: 0, sizes: "eight flows at one time each, rtol 1e-12", draws: "nothing" },
    check: () => {
      const measured: Record<string, number> = {}, expected: Record<string, number> = {};
      for (const { student, frozen, t, u, m, loss } of FLOW_POINTS) {
        const flow = new LoraFlow({ student: activation(student), frozen, ...GOLDEN_START });
        const [point] = flow.path([t], { rtol: 1e-12 });
        const name = `${student} ${frozen[0]}`;
        Object.assign(expected, { [`${name} u`]: u, [`${name} m`]: m, [`${name} L`]: loss });
        for (const key of ["u", "m"] as const) measured[`${name} ${key}`] = point[key];
        measured[`${name} L`] = point.loss;
      }
      const x = activation("x");
      const tilted = new LoraFlow({
        student: x,
        frozen: [0.6, 0.4],
        u0: 1e-6,
        a0: [10 ** -1.5, 0],
      });
      const [point] = tilted.path([20], { rtol: 1e-12 });
      Object.assign(expected, {
        "misaligned u": 0.5278602923,
        "misaligned m": 0.6878176297,
        "misaligned n": -0.679761847,
        "misaligned L": 0.01056188318,
      });
      Object.assign(measured, {
        "misaligned u": point.u,
        "misaligned m": point.m,
        "misaligned n": point.n,
        "misaligned L": point.loss,
      });
      const free = new LoraFlow({ student: x, frozen: [0.5], ...GOLDEN_START, sphere: false });
      const y = free.solve(40, { rtol: 1e-12 }).y;
      Object.assign(expected, {
        "free u": 0.4550658587,
        "free a": 1.0986261679,
        "free h": 0.0102702973,
        "free u^2 - |omega|^2": -1,
      });
      Object.assign(measured, {
        "free u": y[0],
        "free a": y[1],
        "free h": y[2],
        "free u^2 - |omega|^2": y[0] ** 2 - y[1] ** 2 - y[2] ** 2,
      });
      return agree(measured, expected, { abs: 1e-8 });
    },
  };
}

function c9(): Claim {
  const names = ["x", "He3", "erf", "relu"];
  return {
    id: "C9",
    paper,
    source: { whose: "ours" },
    statement: "Late rate of 1 - m is 2 kappa (1 - mu)^2 (mu = 0.5)",
    falsifier:
      "A fitted decay rate of 1 - m that is more than 1 % away from 2 kappa (1 - mu)^2 for one " +
      "of the four activations",
    evidence: {
      seeds: 0,
      sizes: "mu = 0.5, x, He_3, erf, ReLU, from 1 - m = 1e-6 on",
      draws: "nothing",
    },
    check: () => {
      const measured: Record<string, number> = {}, expected: Record<string, number> = {};
      for (const name of names) {
        const student = activation(name);
        const rate = strongPretraining(student).kappa / 2;
        const flow = new LoraFlow({ student, frozen: [0.5], ...GOLDEN_START });
        const start = flow.exitTime(1 - 1e-6, 1e6, { rtol: 1e-12 });
        const times = [1, 2, 3, 4].map((i) => start + i / rate);
        const path = flow.path(times, { rtol: 1e-12 });
        measured[name] = -slope(times, path.map(({ m }) => Math.log(1 - m)));
        expected[name] = rate;
      }
      return agree(measured, expected, { rel: 0.01 });
    },
  };
}

function c10(): Claim {
  const times = {
    0.1: 933.86,
    0.2: 563.6806,
    0.3: 5435.355,
    0.325: 94337.06,
    0.35: 1516.0034,
    0.4: 136.3659,
    0.5: 23.15377,
    0.7: 10.19018,
  };
  return {
    id: "C10",
    paper,
    source: { whose: "ours" },
    statement:
      "He_3 below mu_c erases the pre-trained weight (s = 0, u = -mu, L = 3), above it learns",
    falsifier:
      "An end point off s = 0 below mu_c = 0.3207, or off s = 1 above it, by more than 1e-6, " +
      "or an exit time off by more than 1e-4 of it",
    evidence: {
      seeds: 0,
      sizes: "He_3, eight mu from 0.1 to 0.7, u0 = 1e-6, m0 = 1000^-1/2",
      draws: "nothing",
    },
    check: () => {
      const measured: Record<string, number> = {}, expected: Record<string, number> = {};
      const bounds: Record<string, number> = {};
      for (const [key, exit] of Object.entries(times)) {
        const mu = Number(key), trapped = mu < 0.3207;
        const flow = new LoraFlow({
          student: activation("He3"),
          frozen: [mu],
          u0: 1e-6,
          a0: [1000 ** -0.5],
        });
        const t = flow.exitTime(0.5);
        const [end] = flow.path([t + 5000]);
        const found = { T: t, s: end.s, u: end.u, m: end.m, L: end.loss };
        const wanted = {
          T: exit,
          s: trapped ? 0 : 1,
          u: trapped ? -mu : 1 - mu,
          m: 1,
          L: trapped ? 3 : 0,
        };
        for (const name of ["T", "s", "u", "m", "L"] as const) {
          measured[`${mu} ${name}`] = found[name];
          expected[`${mu} ${name}`] = wanted[name];
          bounds[`${mu} ${name}`] = name === "T" ? 1e-4 * exit : 1e-6;
        }
      }
      return agree(measured, expected, {
        bounds,
        text: "end points abs 1e-6, exit time T rel 1e-4",
      });
    },
  };
}

/** Draws that hand out given numbers: the normals of one step, and one χ². */
function given(normals: number[], chi2: number): Draws {
  const draws: Draws = {
    stream: () => draws,
    normal: () => normals[0],
    chiSquare: () => chi2,
    fillNormal: (out) => {
      out.set(normals.slice(0, out.length));
      return out;
    },
    fillChiSquare: (out) => out.fill(chi2),
  };
  return draws;
}

function c14(): Claim {
  const erf = { frozen: [0.5], a: [0.2], step: 0.6, normals: [0.5, -1.2, 0.7, 0.1] };
  const relu = {
    frozen: [0.6, 0.4],
    a: [0.2, -0.3],
    step: 0.6,
    normals: [0.5, -1.2, -0.4, 0.9, 0.7, 0.1],
  };
  const cases = [
    {
      name: "erf",
      ...erf,
      expected: [0.3113578423686531, 0.22010886656700143, 0.9754753133004391],
    },
    {
      name: "erf free",
      ...erf,
      expected: [0.3113578423686531, 0.2225825306137221, 0.9864380620920257],
    },
    {
      name: "He3",
      ...erf,
      step: 0.2,
      expected: [0.3006148799687068, 0.20076099194872565, 0.9796402523946041],
    },
    {
      name: "He3 free",
      ...erf,
      step: 0.2,
      expected: [0.3006148799687068, 0.20079986346365514, 0.9798299311779517],
    },
    {
      name: "relu",
      ...relu,
      expected: [
        0.32569649090618924,
        0.20250115031132407,
        -0.30068973522913905,
        0.9319758404864479,
      ],
    },
    {
      name: "relu free",
      ...relu,
      expected: [
        0.32569649090618924,
        0.20441562679483108,
        -0.30353250143586485,
        0.9407868809524644,
      ],
    },
  ];
  return {
    id: "C14",
    paper,
    source: { whose: "ours" },
    statement:
      "One step of the exact chain from given draws (erf, He_3, ReLU; on the sphere and free)",
    falsifier:
      "A coordinate after one step that differs from the reference's for the same draws by " +
      "more than 1e-12",
    evidence: {
      seeds: 0,
      sizes: "six single steps from given draws, d = 100, b = 2",
      draws: "nothing",
    },
    check: () => {
      const measured: Record<string, number> = {}, expected: Record<string, number> = {};
      for (const test of cases) {
        const [student, free] = test.name.split(" ");
        const sigma = activation(student);
        const chain = new SingleIndexChain(
          {
            student: sigma,
            stepScale: stepScale(sigma),
            d: 100,
            frozen: test.frozen,
            batch: 2,
            step: test.step,
            sphere: free === undefined,
          },
          1,
          given(test.normals, 45),
          { u: 0.3, a: test.a },
        );
        chain.step();
        const { u, a, h } = chain.state;
        [u[0], ...a, h[0]].forEach((value, i) => {
          measured[`${test.name} ${i}`] = value;
          expected[`${test.name} ${i}`] = test.expected[i];
        });
      }
      return agree(measured, expected, { abs: 1e-12 });
    },
  };
}

/** Search times of E9 at `d = 10³, 10⁶, 10⁹`, and full fine-tuning from 0.5 to 0.75. */
const SEARCH_TIMES = {
  1: {
    scratch: [0.5176728203177402, 0.5483061436697185, 0.5492745212100253],
    lora: [14.705844005473194, 31.384698098027858, 48.061496570004586],
    strong: [294.1294071765849, 642.9874746805126, 991.795300995456],
    full: 0.6931479132091426,
  },
  2: {
    scratch: [2.904071245770138, 6.3584486357352485, 9.812326769717295],
    lora: [6.423918433072576, 11.93634003435494, 17.432151845746436],
    strong: [45.64492704745923, 87.55191373332259, 129.41800303715024],
    full: 0.44997078604330276,
  },
  3: {
    scratch: [30.140448935433085, 998.5482868113693, 31621.32517884063],
    lora: [23.153767928086218, 54.30195055911043, 85.50995409020632],
    strong: [26.216391201654336, 46.64084369394325, 67.03208536719521],
    full: 0.8391522561065706,
  },
  4: {
    scratch: [500.9040555552052, 500004.34241413977, 499999989.3276209],
    lora: [26.403956992610127, 53.67736639600527, 80.88265662024739],
    strong: [20.588971836126635, 35.32161172155841, 50.0247276072795],
    full: 1.2439301191648502,
  },
};

function c24(): Claim {
  return {
    id: "C24",
    paper,
    source: { whose: "ours" },
    statement:
      "Search times from scratch, with LoRA at mu = 0.5 and 0.9, and of full fine-tuning, k = 1..4",
    falsifier:
      "A search time that differs from the reference's by more than 1e-4 of it at one k, d and " +
      "start",
    evidence: { seeds: 0, sizes: "k = 1 ... 4, d = 1e3, 1e6, 1e9", draws: "nothing" },
    check: () => {
      const measured: Record<string, number> = {}, expected: Record<string, number> = {};
      for (const [k, row] of Object.entries(SEARCH_TIMES)) {
        const student = activation(k === "1" ? "x" : `He${k}`);
        [1e3, 1e6, 1e9].forEach((d, i) => {
          const name = `k=${k} d=${d}`;
          const lora = (mu: number) =>
            new LoraFlow({ student, frozen: [mu], u0: d ** -2, a0: [d ** -0.5] }).exitTime(0.5);
          Object.assign(expected, {
            [`${name} scratch`]: row.scratch[i],
            [`${name} LoRA 0.5`]: row.lora[i],
            [`${name} LoRA 0.9`]: row.strong[i],
          });
          Object.assign(measured, {
            [`${name} scratch`]: scratchTime(Number(k), d ** -0.5, 0.5),
            [`${name} LoRA 0.5`]: lora(0.5),
            [`${name} LoRA 0.9`]: lora(0.9),
          });
        });
        expected[`k=${k} full`] = row.full;
        measured[`k=${k} full`] = fullFineTuningTime(student, 0.5, 0.75);
      }
      return agree(measured, expected, { rel: 1e-4 });
    },
  };
}

function c25(): Claim {
  const lora = {
    0: 11.010653129,
    0.2: 15.0978204869,
    0.5: 31.9305553771,
    0.8: 156.8235416733,
    0.9: 544.3382343401,
    0.95: 1874.2232286351,
  };
  return {
    id: "C25",
    paper,
    source: { whose: "ours" },
    statement:
      "Linear target: time to loss 1e-4 with LoRA grows with mu, of full fine-tuning falls",
    falsifier:
      "A time to loss 1e-4 that differs from the reference's (LoRA) or the closed form (full) " +
      "by more than 1e-5 of it",
    evidence: { seeds: 0, sizes: "linear target, six mu from 0 to 0.95", draws: "nothing" },
    check: () => {
      const measured: Record<string, number> = {}, expected: Record<string, number> = {};
      const student = activation("x");
      for (const [key, time] of Object.entries(lora)) {
        const mu = Number(key);
        const flow = new LoraFlow({ student, frozen: [mu], ...GOLDEN_START });
        expected[`LoRA ${key}`] = time;
        measured[`LoRA ${key}`] = flow.timeToLoss(1e-4);
        // s' = 1 − s, L = (1 − s)²/2: the closed form checks the integrator's answer.
        expected[`full ${key}`] = Math.log((1 - mu) / Math.sqrt(2e-4));
        measured[`full ${key}`] = fullFineTuningTime(student, mu, 1 - Math.sqrt(2e-4));
      }
      return agree(measured, expected, { rel: 1e-5 });
    },
  };
}

/** The claims of this file, in the order of the specification. */
export const flowClaims: readonly Claim[] = [c8(), c9(), c10(), c14(), c24(), c25()];
