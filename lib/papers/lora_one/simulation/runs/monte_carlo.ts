/**
 * The closed forms of the ReLU model beside samples.
 *
 * @module
 */
import { add, frobeniusNorm, type Matrix, matrix, multiply } from "../../../../linalg/mod.ts";
import { stream } from "../../../../random/mod.ts";
import {
  activationProblem,
  populationGradient,
  sampleGradients,
} from "../../problems/activation.ts";

/** Relative deviation of the sampled gradient from the population's, and the sampled risk ± error. */
export function monteCarlo(N: number, seed = "7"): { gradient: number; risk: number; se: number } {
  const problem = activationProblem(2, 3), goal = add(problem.weight, problem.target);
  const rng = stream(seed, "closed forms"), batch = 20_000, d = goal.rows;
  const mean = matrix(d, d);
  let sum = 0, squares = 0;
  const relu = (z: Matrix) => ({ ...z, data: z.data.map((value) => Math.max(0, value)) });
  for (let done = 0; done < N; done += batch) {
    const x = matrix(batch, d, rng.fillNormal(new Float64Array(batch * d)));
    const j = sampleGradients(problem, x)(problem.weight);
    mean.data.forEach((value, i) => mean.data[i] = value + j.data[i] * batch / N);
    const gap = add(relu(multiply(x, problem.weight)), relu(multiply(x, goal)), -1);
    for (let at = 0; at < gap.data.length; at += d) {
      const risk = gap.data.subarray(at, at + d).reduce((total, value) => total + value ** 2, 0);
      sum += risk;
      squares += risk * risk;
    }
  }
  const exact = populationGradient(problem.weight, goal);
  const risk = sum / N;
  return {
    gradient: frobeniusNorm(add(mean, exact, -1)) / frobeniusNorm(exact),
    risk,
    se: Math.sqrt((squares / N - risk * risk) / N),
  };
}
