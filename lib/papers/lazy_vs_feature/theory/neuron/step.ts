/**
 * Averages of one step from those of single neurons: given `(s, s*)` the neurons of an orthonormal base are
 * independent, so their cumulants add.
 *
 * @module
 */
import { type Activation, integratePanels } from "../../../../gaussian/mod.ts";
import type { Model } from "../../model.ts";
import { type NeuronGroup, neuronGroups } from "../moments/cumulants.ts";
import { type NeuronMeans, PLACES } from "./means.ts";
import { isSymmetric, neuronMeans, reachOf } from "./neuron.ts";
import type { Line } from "./frame.ts";
import { type Bandwidth, planeMeans } from "./plane.ts";

/** Averages of one step, and what moves both factors. */
export interface StepMeans {
  /** `E γ²`. */
  readonly V: number;
  /** `E γ s`. */
  readonly gammaS: number;
  /** `E γ s*`. */
  readonly gammaStar: number;
  /** `½ E e²`. */
  readonly loss: number;
  /** `ξ² E ψ̂²`. */
  readonly gate2: number;
  /** `Φ′ = ξ² E ψ̂ ψ*`, the product of the gates of student and teacher. */
  readonly slope: number;
  /** `∂L/∂ĉ`. */
  readonly gradient: readonly number[];
  /** Measured error, relative to the averages of absolute values. */
  readonly error: number;
}

/** A model's neurons with equal weights, what each sees, and its averages. */
function neuronsOf(model: Model, nu: number): {
  groups: NeuronGroup[];
  lines: Line[];
  neuron: NeuronMeans;
  reach: number;
} {
  const { activation, xi, r0 } = model, reach = reachOf(activation) - 0.8;
  const groups = neuronGroups(model), size = xi / r0;
  const lines = groups.map(({ hatC, c }) => ({ along: size * hatC, across: size * c }));
  const largest = lines.map(({ along, across }) =>
    Math.max(Math.abs(along) * Math.sqrt(nu), Math.abs(across))
  );
  const neuron = neuronMeans(activation, 1 / r0, reach * Math.max(...largest));
  return { groups, lines, neuron, reach };
}

/** Averages before the gradients of the groups. */
const FIRST = 6;
const bandwidths = new WeakMap<Activation, Map<number, Bandwidth>>();
/** What is resolved at first, in units of 1/z. */
const START: Bandwidth = { across: 2, along: 1 };

function bandwidthOf({ activation, r0 }: Model): Bandwidth {
  let own = bandwidths.get(activation);
  if (own === undefined) bandwidths.set(activation, own = new Map());
  let width = own.get(r0);
  if (width === undefined) own.set(r0, width = { ...START });
  return width;
}

/**
 * Averages of one step at overlap `m` and squared length `ν`, for any activation.
 *
 * Assumes: orthonormal base, Gaussian inputs. Source: ours.
 */
export function stepMeans(model: Model, m: number, nu: number): StepMeans {
  const { activation, xi, r0 } = model, { groups, lines, neuron, reach } = neuronsOf(model, nu);
  const mean = new Float64Array(PLACES), own = groups.map(() => [0, 0]);
  const square = xi * xi, gate = 1 / r0;
  const functions = (s: number, sStar: number, out: Float64Array) => {
    let k10 = 0, k01 = 0, k20 = 0, k11 = 0, k02 = 0, k21 = 0, k12 = 0, k22 = 0, both = 0, star = 0;
    for (let g = 0; g < groups.length; g++) {
      const { lambda, hatC, c, count } = groups[g], { along, across } = lines[g];
      neuron.fill(along * s, across * sStar, mean);
      const x = mean[0], y = mean[1], xx = mean[2], xy = mean[3], yy = mean[4];
      const xxy = mean[5], xyy = mean[6], xxyy = mean[7], yt = mean[8], t = mean[9];
      const l = lambda, b = lambda * hatC * gate, x2 = x * x, y2 = y * y, c11 = xy - x * y;
      k10 += count * l * x;
      k01 += count * b * y;
      k20 += count * l * l * (xx - x2);
      k11 += count * l * b * c11;
      k02 += count * b * b * (yy - y2);
      k21 += count * l * l * b * (xxy - 2 * x * xy - y * xx + 2 * x2 * y);
      k12 += count * l * b * b * (xyy - 2 * y * xy - x * yy + 2 * x * y2);
      k22 += count * l * l * b * b *
        (xxyy - 2 * y * xxy - 2 * x * xyy - xx * yy - 2 * xy * xy + 2 * y2 * xx + 2 * x2 * yy +
          8 * x * y * xy - 6 * x2 * y2);
      const teacher = lambda * c * gate;
      both += count * b * teacher * (yt - y * t);
      star += count * teacher * t;
      own[g][0] = lambda * gate * lambda * c11;
      own[g][1] = lambda * gate * y;
    }
    const error2 = k20 + k10 * k10, error = k11 + k10 * k01;
    out[0] = square *
      (k22 + 2 * k21 * k01 + 2 * k12 * k10 + k20 * k02 + 2 * k11 * k11 + k20 * k01 * k01 +
        k02 * k10 * k10 + 4 * k11 * k10 * k01 + k10 * k10 * k01 * k01);
    out[1] = xi * error * s;
    out[2] = xi * error * sStar;
    out[3] = error2 / 2;
    out[4] = square * (k02 + k01 * k01);
    out[5] = square * (both + k01 * star);
    for (let g = 0; g < own.length; g++) out[FIRST + g] = xi * s * (own[g][0] + k10 * own[g][1]);
  };
  const even = isSymmetric(activation);
  const { means, error } = planeMeans(
    FIRST + groups.length,
    functions,
    { m, nu, lines, cuts: neuron.cuts, even, width: 1 / r0, reach },
    bandwidthOf(model),
  );
  const [V, gammaS, gammaStar, loss, gate2, slope] = means;
  const at = (i: number) =>
    groups.findIndex(({ lambda, hatC, c }) =>
      lambda === model.lambda[i] && hatC === model.hatC[i] && c === model.c[i]
    );
  const gradient = model.hatC.map((_, i) => means[FIRST + at(i)]);
  return {
    V,
    gammaS,
    gammaStar,
    loss,
    gate2,
    slope,
    gradient,
    error: Math.max(error, neuron.error),
  };
}

/**
 * `ξ² E ψ̂²` and `ξ⁴ E ψ̂⁴` of the gate of a student of squared length `ν`.
 *
 * Assumes: orthonormal base, Gaussian inputs. Source: ours.
 */
export function gateMeans(model: Model, nu: number): { gate2: number; gate4: number } {
  const { groups, lines, neuron, reach } = neuronsOf(model, nu), { xi, r0 } = model;
  const length = Math.sqrt(nu), powers = new Float64Array(4), square = xi * xi;
  const integrands = (s: Float64Array, out: Float64Array, size: Float64Array) => {
    for (let i = 0; i < s.length; i++) {
      let k1 = 0, k2 = 0, k3 = 0, k4 = 0;
      groups.forEach(({ lambda, hatC, count }, g) => {
        neuron.gates(lines[g].along * length * s[i], powers);
        const [m1, m2, m3, m4] = powers, b = lambda * hatC / r0, b2 = b * b;
        k1 += count * b * m1;
        k2 += count * b2 * (m2 - m1 * m1);
        k3 += count * b2 * b * (m3 - 3 * m1 * m2 + 2 * m1 ** 3);
        k4 += count * b2 * b2 * (m4 - 4 * m1 * m3 - 3 * m2 * m2 + 12 * m1 * m1 * m2 - 6 * m1 ** 4);
      });
      const weight = Math.exp(-0.5 * s[i] * s[i]) / Math.sqrt(2 * Math.PI);
      out[i] = weight * square * (k2 + k1 * k1);
      out[s.length + i] = weight * square * square *
        (k4 + 4 * k3 * k1 + 3 * k2 * k2 + 6 * k2 * k1 * k1 + k1 ** 4);
    }
    out.forEach((x, i) => size[i] = Math.abs(x));
  };
  const points = Array.from({ length: 9 }, (_, i) => reach * (i / 4 - 1));
  const [gate2, gate4] = integratePanels(2, integrands, points, 1e-11).values;
  return { gate2, gate4 };
}
