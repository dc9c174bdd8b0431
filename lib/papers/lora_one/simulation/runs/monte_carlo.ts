/**
 * The closed forms of the ReLU model beside samples.
 *
 * @module
 */
import { add, frobeniusNorm, matrix } from "../../../../linalg/mod.ts";
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
  const relu = (x: number) => Math.max(0, x);
  for (let done = 0; done < N; done += batch) {
    const x = matrix(batch, d, rng.fillNormal(new Float64Array(batch * d)));
    const j = sampleGradients(problem, x)(problem.weight);
    mean.data.forEach((value, i) => mean.data[i] = value + j.data[i] * batch / N);
    for (let n = 0; n < batch; n++) {
      let risk = 0;
      for (let c = 0; c < d; c++) {
        let now = 0, wanted = 0;
        for (let i = 0; i < d; i++) {
          now += x.data[n * d + i] * problem.weight.data[i * d + c];
          wanted += x.data[n * d + i] * goal.data[i * d + c];
        }
        risk += (relu(now) - relu(wanted)) ** 2;
      }
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
