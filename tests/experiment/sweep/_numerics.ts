/** A task that runs through the numerical rooms; the tests of workers import it. */
import { SingleIndexChain } from "lora-dynamics/chain/mod.ts";
import { task } from "lora-dynamics/experiment/mod.ts";
import { activation } from "lora-dynamics/gaussian/mod.ts";
import { adapterStep, matrix, svd } from "lora-dynamics/linalg/mod.ts";
import { mlp, optimizer } from "lora-dynamics/nn/mod.ts";
import { solveOde } from "lora-dynamics/ode/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

/** One number from each room, with all its bits. */
export const numerics = task(import.meta.url, "numerics", ({ i }: { i: number }, { seed }) => {
  const rng = stream(String(seed), "numerics", i);
  const normals = (n: number, name: string) => rng.stream(name).fillNormal(new Float64Array(n));
  const pull = 10 ** i;
  const stiff = solveOde(
    (t, y, dy) => {
      dy[0] = pull * (Math.cos(t) - y[0]);
    },
    0,
    3,
    [0],
    { method: "radau5" },
  );
  const model = { student: activation("erf"), d: 1000, frozen: [0.5], batch: 1 + i, step: 0.1 };
  const chain = new SingleIndexChain(model, 3, rng.stream("chain"));
  chain.run(50);
  const b = matrix(9, 3, normals(27, "b")), a = matrix(3, 7, normals(21, "a"));
  for (let k = 0; k < 20; k++) adapterStep(b, a, matrix(9, 7, normals(63, "target")), 0.01);
  const network = mlp({ sizes: [5, 4, 2], rng: rng.stream("network"), activation: "tanh" });
  const data = { count: 6, x: normals(30, "x"), label: [0, 1, 0, 1, 1, 0] };
  const rule = optimizer(network, { learningRate: 0.1, method: "adam" });
  let loss = NaN;
  for (let k = 0; k < 10; k++) {
    loss = network.lossAndGradient(data);
    rule.step();
  }
  const top = svd(b).values[0];
  return { stiff: stiff.y[0], chain: chain.state.m(1), adapter: a.data[5], top, loss };
});
