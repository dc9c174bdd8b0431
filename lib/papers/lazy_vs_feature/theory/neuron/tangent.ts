/**
 * Moments of the tangent model at the base, for any activation.
 *
 * @module
 */
import { integratePanels } from "../../../../gaussian/mod.ts";
import type { Model } from "../../model.ts";
import { addCumulants, at, momentRoom, neuronGroups, toMoments } from "../moments/cumulants.ts";
import { reachOf } from "./neuron.ts";
import { endsUpTo, panelNodes } from "./sums.ts";

/** Moments of the gate `ψ₀` and of the label difference `Δ`, as `TangentConstants` names them. */
export type TangentMeans = Record<"P2" | "P4" | "P11" | "P31" | "D0" | "D2", number>;

/**
 * Given `s*` the neurons are independent, `X = λ(σ̃(z*) − σ̃(a))` and `Y = λĉσ̃′(a)`.
 *
 * Assumes: orthonormal base, Gaussian inputs. Source: ours.
 */
export function tangentMeans(model: Model): TangentMeans {
  const { activation, xi, r0 } = model, reach = reachOf(activation), width = 1 / r0;
  const ends = endsUpTo(activation, reach * width), groups = neuronGroups(model);
  const mu = momentRoom(), kappa = momentRoom(), total = momentRoom();
  const density = (z: number, w: number) =>
    Math.exp(-0.5 * (z / w) ** 2) / (w * Math.sqrt(2 * Math.PI));
  const neuron = (shift: number) => {
    const { z, weight } = panelNodes(ends, -shift, width), room = () => new Float64Array(z.length);
    const base = room(), slope = room(), teacher = room();
    activation.fill(z, z.length, base, slope);
    activation.fillValues(z.map((x) => x + shift), z.length, teacher);
    const weights = weight.map((x, n) => x * density(z[n], width));
    const x = teacher.map((value, n) => value - base[n]);
    return { x, slope, weights };
  };
  const integrands = (stars: Float64Array, out: Float64Array, size: Float64Array) => {
    const nodes = stars.length;
    stars.forEach((sStar, i) => {
      total.fill(0);
      for (const { lambda, hatC, c, count } of groups) {
        const { x, slope, weights } = neuron(xi * c * sStar / r0);
        mu.fill(0);
        for (let n = 0; n < x.length; n++) {
          const own = lambda * x[n], gate = lambda * hatC * slope[n] / r0;
          for (let a = 0, power = weights[n]; a <= 2; a++, power *= own) {
            for (let b = 0, term = power; a + b <= 4; b++, term *= gate) mu[at(a, b)] += term;
          }
        }
        addCumulants(mu, kappa, count, total);
      }
      toMoments(total, mu);
      const weight = density(sStar, 1);
      const values = [
        ...[mu[at(0, 2)], mu[at(0, 4)], sStar * mu[at(1, 1)], sStar * mu[at(1, 3)]],
        ...[mu[at(2, 0)], mu[at(2, 2)]],
      ];
      values.forEach((value, k) =>
        size[k * nodes + i] = Math.abs(out[k * nodes + i] = weight * value)
      );
    });
  };
  const points = [-1, -0.5, 0, 0.5, 1].map((share) => share * (reach - 0.8));
  const [P2, P4, P11, P31, D0, D2] = integratePanels(6, integrands, points, 1e-11).values;
  return { P2, P4, P11, P31, D0, D2 };
}
