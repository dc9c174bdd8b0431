/**
 * The loads of `deno task bench`: our side of each, and the peers it is held against.
 *
 * @module
 */
import { DirectSgd, DirectTwoLayer, SingleIndexChain } from "lora-dynamics/chain/mod.ts";
import { activation, type ActivationLike, erf } from "lora-dynamics/gaussian/mod.ts";
import { lowRankGradient, lowRankStep, useBackend, workspace } from "lora-dynamics/linalg/mod.ts";
import { mlp, optimizer, type Precision } from "lora-dynamics/nn/mod.ts";
import { solveBatch, solveOde } from "lora-dynamics/ode/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";
import { standard } from "lora-dynamics/papers/lazy_vs_feature/model.ts";
import { FineTuningChain } from "lora-dynamics/papers/lazy_vs_feature/simulation/chain.ts";
import { problems } from "../ode/problems.ts";
import { stiff } from "../ode/stiff_problems.ts";
import { toy } from "./toy.ts";

/** Does a load `n` times and returns a number that peers can compare. */
export type Run = (n: number) => number;

/** A peer of a load and what is to be reached against it. */
export interface Peer {
  /** Library, as `peers.py` knows it; `"ours"` for another load of ours. */
  readonly library: string;
  /** The load by the peer's name for it. */
  readonly load: string;
  /** Name in the table. */
  readonly name: string;
  /** Least ratio of CPU times, peer over ours; null where the comparison is for information. */
  readonly target: number | null;
  /** Units of ours that one unit of the peer does; 1 when not given. */
  readonly units?: number;
  /** Whether the peer's number is ours to `tolerance`; true when not given. */
  readonly comparable?: boolean;
}

/** One kind of work. */
export interface Load {
  /** Letter of the family and what is done. */
  readonly name: string;
  /** Makes our side ready. */
  readonly ours: () => Run;
  /** What ours needs beside the library. */
  readonly needs?: string;
  /** Repetitions after which both sides' numbers are compared, and how far they may differ. */
  readonly compare: { readonly n: number; readonly tolerance: number };
  /** What it is held against. */
  readonly peers: readonly Peer[];
}

const D = 1000, MU = 0.5, STEP = 1e-3;
const model = { student: activation("x"), frozen: [MU], batch: 1, step: STEP };

/** One unit is a step. */
export function direct(d = D): Run {
  const start = new Float64Array(d).fill(Math.sqrt(0.75 / (d - 1)));
  start[0] = 0.5;
  return (n) => {
    const sgd = new DirectSgd({ ...model, d }, stream("7", "bench"), 0.5, start);
    sgd.run(n);
    return sgd.omega[0];
  };
}

const COPIES = 1000;

/** One unit is a step of one copy. */
export function chain(d: number, copies = COPIES): Run {
  return (n) => {
    const runs = new SingleIndexChain({ ...model, d }, copies, stream("7", "bench"), {
      u: 0.5,
      a: [0.5],
    });
    runs.run(Math.ceil(n / copies));
    let mean = 0;
    for (let c = 0; c < copies; c++) mean += runs.state.m(c) / copies;
    return mean;
  };
}

/** One unit is a step of one copy of the chain with a GELU, written in one of two ways. */
function geluChain(gelu: ActivationLike): Run {
  const student = activation(gelu);
  return (n) => {
    const runs = new SingleIndexChain({ ...model, student, d: 1e3 }, COPIES, stream("7", "bench"), {
      u: 0.5,
      a: [0.5],
    });
    runs.run(Math.ceil(n / COPIES));
    let mean = 0;
    for (let c = 0; c < COPIES; c++) mean += runs.state.m(c) / COPIES;
    return mean;
  };
}

const DENSITY = 1 / Math.sqrt(2 * Math.PI);
const HAND_WRITTEN = {
  name: "GELU",
  f: (z: number) => 0.5 * z * (1 + erf(z * Math.SQRT1_2)),
  df: (z: number) => 0.5 * (1 + erf(z * Math.SQRT1_2)) + z * DENSITY * Math.exp(-0.5 * z * z),
};

/** One unit is a step of model S of lazy-vs-feature, from `m = 0` at its best late step. */
function fineTuningChain(d: number): Run {
  const model = standard(), run = { n: d - model.k, alpha: 0.2, m0: 0 };
  return (n) => {
    const chain = new FineTuningChain(model, run, stream("7", "bench"));
    chain.run(n);
    return chain.m;
  };
}

function wave(i: number, j: number, a: number, b: number): number {
  return Math.sin(a * i + b * j + 0.5);
}

function lowRank(n: number, r: number): Run {
  const { u, v, target } = workspace({ u: [n, r], v: [n, r], target: [n, n] });
  for (let i = 0; i < n * n; i++) {
    target.data[i] = wave(Math.floor(i / n), i % n, 1.3, 0.7) / n;
  }
  return (count) => {
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < r; k++) {
        u.data[i * r + k] = 0.1 * wave(i, k, 0.9, 1.1);
        v.data[i * r + k] = 0.1 * wave(k, i, 0.4, 1.7);
      }
    }
    for (let k = 0; k < count; k++) lowRankStep(u, v, target, 0.5 / n);
    return lowRankGradient(u, v, target).loss;
  };
}

/** The same with OpenBLAS. */
function native(make: () => Run): () => Run {
  return () => {
    useBackend("openblas");
    useBackend("compiled");
    const run = make();
    return (n) => {
      useBackend("openblas");
      try {
        return run(n);
      } finally {
        useBackend("compiled");
      }
    };
  };
}

const ARENSTORF = [0.994, 0, 0, -2.00158510637908252240537862224];

function arenstorf(): Run {
  const options = { method: "dopri5", rtol: 1e-6, atol: 1e-8 } as const;
  return (n) => {
    let end = NaN;
    for (let k = 0; k < n; k++) {
      end = solveOde(problems["Arenstorf"], 0, 17.0652165601579625588917206249, ARENSTORF, options)
        .y[0];
    }
    return end;
  };
}

function stiffLoad(name: string, t1: number, y0: number[], atol: number): Run {
  return (n) => {
    let end = NaN;
    const options = { method: "radau5", rtol: 1e-6, atol } as const;
    for (let k = 0; k < n; k++) end = solveOde(stiff[name].f, 0, t1, y0, options).y[0];
    return end;
  };
}

/** One unit is one of 1000 systems: `u̇ = (1 − μ) m − u`, `ṁ = (1 − μ) u (1 − m²)`. */
function many(): Run {
  const params = Array.from({ length: 1000 }, (_, i) => [0.05 + 0.9 * i / 999]);
  return (n) => {
    let sum = 0;
    for (let k = 0; k < Math.ceil(n / 1000); k++) {
      const { y } = solveBatch({
        f: (_t, y, dy, count, p) => {
          for (let k = 0; k < count; k++) {
            const gap = 1 - p[k], u = y[k], m = y[count + k];
            dy[k] = gap * m - u;
            dy[count + k] = gap * u * (1 - m * m);
          }
        },
        t1: 30,
        y0s: [[0.01, 0.1]],
        params,
        rtol: 1e-6,
        atol: 1e-9,
      });
      sum = 0;
      for (let i = 0; i < 1000; i += 50) sum += y[2 * i + 1];
    }
    return sum;
  };
}

function twoLayer(width: number): Run {
  const start = new Float64Array(width * D);
  for (let i = 0; i < width; i++) start[i * D] = start[i * D + i + 1] = 0.5;
  const output = new Array<number>(width).fill(1 / width);
  const relu = activation("relu");
  return (n) => {
    const network = { activation: relu, d: D, output, teacherOutput: [1], step: STEP };
    const sgd = new DirectTwoLayer(network, stream("7", "bench"), start);
    sgd.run(n);
    let mean = 0;
    for (let i = 0; i < width; i++) mean += sgd.weights[i * D] / width;
    return mean;
  };
}

const EXAMPLES = 5000;

/** One unit is an epoch. */
function perceptron(batch: number, precision: Precision): Run {
  const x = new Float64Array(EXAMPLES * 784);
  for (let i = 0; i < EXAMPLES; i++) {
    for (let j = 0; j < 784; j++) x[i * 784 + j] = Math.sin(0.37 * i + 1.3 * j + 0.001 * i * i);
  }
  const label = Int32Array.from({ length: EXAMPLES }, (_, i) => 7 * i % 10);
  const network = mlp({ sizes: [784, 128, 10], rng: stream("7"), batch, precision });
  const rows = Int32Array.from({ length: EXAMPLES }, (_, i) => i);
  return (epochs) => {
    for (const [name, a, b] of [["layer1", 0.9, 1.1], ["layer2", 0.4, 1.7]] as const) {
      const { value } = network.parameters[`${name}.weight`];
      for (let i = 0; i < value.data.length; i++) {
        const row = Math.floor(i / value.columns);
        value.data[i] = wave(row, i % value.columns, a, b) / Math.sqrt(value.columns);
      }
      network.parameters[`${name}.bias`].value.data.fill(0);
    }
    const rule = optimizer(network, { learningRate: 0.05 });
    let loss = NaN;
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (let at = 0; at < EXAMPLES; at += batch) {
        loss = network.lossAndGradient(
          { count: EXAMPLES, x, label },
          rows.subarray(at, at + batch),
        );
        rule.step();
      }
    }
    return loss;
  };
}

const numpy = (load: string, target: number | null): Peer => ({
  library: "numpy",
  load,
  name: "NumPy",
  target,
});

function ode(problem: string, method: string, target: number | null): Peer {
  return { library: "scipy", load: `${problem} ${method}`, name: `SciPy ${method}`, target };
}

/** All loads, by family letter. */
export const LOADS: readonly Load[] = [
  {
    name: "a: direct one-pass SGD, d = 1000, batch 1",
    ours: () => direct(),
    compare: { n: 4000, tolerance: 0.15 },
    peers: [
      numpy("direct", 4),
      { library: "torch", load: "direct", name: "PyTorch", target: 8 },
      { library: "jax", load: "direct", name: "JAX", target: null },
      { library: "numba", load: "direct", name: "Numba", target: 0.95 },
    ],
  },
  {
    name: "a': exact chain, d = 10^3, step of a copy",
    ours: () => chain(1e3),
    compare: { n: 400 * COPIES, tolerance: 0.02 },
    peers: [
      { ...numpy("direct", 400), name: "NumPy, direct SGD", comparable: false },
      { library: "numba", load: "chain", name: "Numba, same chain", target: 1.2, units: COPIES },
      {
        library: "ours",
        load: "a': exact chain, d = 10^9",
        name: "ours at d = 10^9",
        target: 0.9,
        comparable: false,
      },
    ],
  },
  {
    name: "a'': fine-tuning chain, h₃, k = 8, d = 10^3",
    ours: () => fineTuningChain(1e3),
    compare: { n: 25_000, tolerance: 0.08 },
    peers: [
      { ...numpy("fine-tuning", null), name: "NumPy, direct SGD" },
      { library: "numba", load: "fine-tuning chain", name: "Numba, same chain", target: 1 },
      {
        library: "ours",
        load: "a'': fine-tuning chain, d = 10^9",
        name: "ours at d = 10^9",
        target: 0.9,
        comparable: false,
      },
    ],
  },
  ...([[64, 2, 2], [128, 4, 0.85], [512, 8, 0.85]] as const).flatMap(([n, r, target]) => {
    const load = { compare: { n: 50, tolerance: 1e-9 } };
    const name = `b: gradient step of ½‖UVᵀ − A‖², n = ${n}, r = ${r}`;
    return [
      {
        ...load,
        name,
        ours: () => lowRank(n, r),
        peers: [
          numpy(`low-rank ${n} ${r}`, target),
          { ...numpy(`low-rank multiplied out ${n} ${r}`, null), name: "NumPy, multiplied out" },
        ],
      },
      {
        ...load,
        name: `${name}, OpenBLAS`,
        ours: native(() => lowRank(n, r)),
        needs: "OpenBLAS",
        peers: [numpy(`low-rank ${n} ${r}`, 1)],
      },
    ];
  }),
  {
    name: "b': toy experiment of lora-one, six runs of 1500 steps, all columns",
    ours: toy,
    compare: { n: 1, tolerance: 1e-8 },
    peers: [
      { ...numpy("toy", 2), name: "NumPy, as the formulas say" },
      { ...numpy("toy, eigenbasis", null), name: "NumPy, in our coordinates" },
    ],
  },
  {
    name: "c: Arenstorf orbit, rtol 1e-6",
    ours: arenstorf,
    compare: { n: 1, tolerance: 0.01 },
    peers: [
      ode("arenstorf", "RK45", 50),
      ode("arenstorf", "DOP853", null),
      ode("arenstorf", "LSODA", 20),
    ],
  },
  {
    name: "c': Robertson, rtol 1e-6",
    ours: () => stiffLoad("Robertson", 1e11, [1, 0, 0], 1e-12),
    compare: { n: 1, tolerance: 1e-10 },
    peers: [ode("robertson", "Radau", 75), ode("robertson", "LSODA", 5)],
  },
  {
    name: "c': van der Pol, mu = 1000, rtol 1e-6",
    ours: () => stiffLoad("van der Pol mu=1000", 2000, [2, 0], 1e-8),
    compare: { n: 1, tolerance: 1e-3 },
    peers: [ode("van-der-pol", "Radau", 75), ode("van-der-pol", "LSODA", 5)],
  },
  {
    name: "c'': one of 1000 two-variable systems, rtol 1e-6",
    ours: many,
    compare: { n: 1, tolerance: 1e-4 },
    peers: [
      { library: "jax", load: "many", name: "JAX vmap of odeint", target: 1.2, units: 1000 },
      {
        library: "jax",
        load: "many by hand",
        name: "JAX vmap of a solver written for it",
        target: 0.5,
        units: 1000,
      },
      { library: "scipy", load: "many", name: "SciPy RK45", target: 100, units: 20 },
    ],
  },
  ...([[4, 4.5], [16, 3.5], [64, 3]] as const).map(([k, target]) => ({
    name: `d: two-layer SGD, d = 1000, k = ${k}`,
    ours: () => twoLayer(k),
    compare: { n: 3000, tolerance: 0.05 },
    peers: [numpy(`two-layer ${k}`, target)],
  })),
  ...([[32, 1], [128, 0.8]] as const).flatMap(([batch, target]) => {
    const name = `e: perceptron 784-128-10, epoch of 5000, batch ${batch}`;
    const compare = { n: 1, tolerance: 0.01 };
    const peer = { library: "torch", load: `perceptron ${batch}`, name: "PyTorch, f32" };
    const single = () => perceptron(batch, "single");
    return [
      {
        name: `${name}, f64`,
        ours: () => perceptron(batch, "double"),
        compare,
        peers: [{ ...peer, target: null }],
      },
      { name: `${name}, f32`, ours: single, compare, peers: [{ ...peer, target: null }] },
      {
        name: `${name}, f32, OpenBLAS`,
        ours: native(single),
        needs: "OpenBLAS",
        compare,
        peers: [{ ...peer, target }],
      },
    ];
  }),
  {
    name: "f: exact chain, activation z (1 + erf(z/√2))/2 as an expression, step of a copy",
    ours: () => geluChain("z * (1 + erf(z / sqrt(2))) / 2"),
    compare: { n: 400 * COPIES, tolerance: 1e-9 },
    peers: [
      {
        library: "ours",
        load: "f: exact chain, hand-written GELU",
        name: "ours, function and slope by hand",
        target: 0.5,
      },
    ],
  },
];

/** Loads of ours that others are held against. */
export const OWN_PEERS: Readonly<Record<string, () => Run>> = {
  "a': exact chain, d = 10^9": () => chain(1e9),
  "a'': fine-tuning chain, d = 10^9": () => fineTuningChain(1e9),
  "f: exact chain, hand-written GELU": () => geluChain(HAND_WRITTEN),
};
