import { assertAlmostEquals, assertEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import {
  adapt,
  type AdaptOptions,
  type Examples,
  mlp,
  type Network,
  type OptimizerName,
  train,
} from "lora-dynamics/nn/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

/** Normals of the reference implementation: mulberry32 and Box–Muller, the same in every language. */
function portableNormals(seed: number, n: number): Float64Array {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const out = new Float64Array(n);
  for (let i = 0; i < n; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform())), angle = 2 * Math.PI * uniform();
    out[i] = radius * Math.cos(angle);
    out[i + 1] = radius * Math.sin(angle);
  }
  return out;
}

/** A matrix `in × out` of the reference implementation as our `out × in`, times a factor. */
function set(network: Network, name: string, seed: number, factor: number): void {
  const { rows, columns, data } = network.parameters[name].value;
  const x = portableNormals(seed, rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) data[i * columns + j] = factor * x[j * rows + i];
  }
}

const text = new TextDecoder().decode(
  gunzipSync(Deno.readFileSync(new URL("../../data/digits.csv.gz", import.meta.url))),
);
const images = text.trim().split("\n").map((line) => line.split(",").map(Number));

/** The training images (number mod 5 below 4) with odd or even labels, pixels/16. */
function part(odd: number): Examples {
  const rows = images.filter((row, i) => row[64] % 2 === odd && i % 5 < 4);
  const x = Float64Array.from(rows.flatMap((row) => row.slice(0, 64).map((pixel) => pixel / 16)));
  return { count: rows.length, x, label: rows.map((row) => row[64]) };
}

// Mean final losses over three seeds: golden file lora-one.json, E9.
const golden: [AdaptOptions["method"], OptimizerName, number, number, Partial<AdaptOptions>?][] = [
  ["LoRA", "gd", 0.1, 0.0665218791028],
  ["LoRA+", "adam", 0.01, 0.00329767420438],
  // The reference implementation's PiSSA has the scale of rsLoRA.
  ["PiSSA", "gd", 0.03, 0.0671871403994, { rootScale: true }],
  ["LoRA-One script", "gd", 0.1, 0.020961985346, { gamma: 16 }],
];

Deno.test("from odd to even digits: final losses of the reference table, method by method", () => {
  const odd = part(1), even = part(0), rng = stream("7"), mean = golden.map(() => 0);
  assertEquals([odd.count, even.count], [720, 718]);
  for (const seed of [0, 1, 2]) {
    const base = mlp({ sizes: [64, 64, 10], rng, batch: 720 });
    set(base, "layer1.weight", 900 + seed, Math.sqrt(2 / 64));
    set(base, "layer2.weight", 910 + seed, Math.sqrt(1 / 64));
    [...train(base, odd, { steps: 300, every: 300, method: "adam", learningRate: 3e-3 })];
    golden.forEach(([method, rule, learningRate, , options], i) => {
      const start = { method, rank: 4, alpha: 8, rng, data: even, ...options };
      const network = adapt(base, start);
      if (method === "LoRA" || method === "LoRA+") {
        set(network, "layer1.A", 920 + 10 * seed, 1 / 8);
        set(network, "layer2.A", 921 + 10 * seed, 1 / 8);
      }
      const rows = [
        ...train(network, even, { steps: 150, every: 150, method: rule, learningRate }),
      ];
      mean[i] += rows[1].loss / 3;
    });
  }
  golden.forEach(([method, rule, rate, loss], i) =>
    assertAlmostEquals(mean[i], loss, 1e-6 * loss, `${method} ${rule} ${rate}`)
  );
});
