import { type Matrix, matrix, multiplyNT } from "lora-dynamics/linalg/mod.ts";
import { alignment } from "lora-dynamics/papers/lora_one/measures.ts";
import { covarianceOf, linearProblem } from "lora-dynamics/papers/lora_one/problems/linear.ts";
import {
  EigenDescent,
  eigenProblem,
  rotatedDirections,
} from "lora-dynamics/papers/lora_one/simulation/descent/eigenbasis.ts";

function scattered(rows: number, columns: number, c: number): Matrix {
  const data = Float64Array.from({ length: rows * columns }, (_, at) => {
    const i = Math.floor(at / columns) + 1, j = at % columns + 1;
    return Math.SQRT2 * Math.sin(c * (i * i) * j);
  });
  return matrix(rows, columns, data);
}

function cosines(first: number): Matrix {
  const data = Float64Array.from({ length: 400 }, (_, at) => {
    const i = Math.floor(at / 4) + 0.5, j = at % 4 + first;
    return Math.sqrt(0.02) * Math.cos(Math.PI * i * j / 100);
  });
  return matrix(100, 4, data);
}

/**
 * The toy experiment of lora-one, whole: `d = k = 100`, `r = 8`, `r* = 4`, 1500 steps at six scales,
 * angle, risk and loss every ten steps. One unit is all of it, the change of coordinates included.
 */
export function toy(): (n: number) => number {
  const covariance = covarianceOf(scattered(1600, 100, 0.1));
  const problem = linearProblem(covariance, multiplyNT(cosines(1), cosines(5)));
  const start = scattered(100, 8, 0.3);
  const experiment = () => {
    const eigen = eigenProblem(problem);
    const u = rotatedDirections(eigen);
    let total = 0;
    for (const variance of [1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6]) {
      const a = { ...start, data: start.data.map((x) => Math.sqrt(variance) * x) };
      const run = new EigenDescent(eigen, { a, b: matrix(8, 100) }, 1 / 64);
      let sine = 1, risk = NaN, loss = NaN;
      run.advance(1500, (t) => {
        if (t % 10 !== 0) return false;
        sine = Math.min(sine, alignment(run.rotated(), u));
        risk = run.risk();
        loss = run.loss();
      });
      total += sine + risk + loss;
    }
    return total;
  };
  return (n) => {
    let total = NaN;
    for (let k = 0; k < n; k++) total = experiment();
    return total;
  };
}
