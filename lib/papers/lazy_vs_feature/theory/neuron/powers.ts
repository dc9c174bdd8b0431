/**
 * Averages of high powers of one neuron's terms, node by node.
 *
 * @module
 */
import { type Activation, gaussLegendre, panelsOf } from "../../../../gaussian/mod.ts";
import { nodesFor } from "../moments/quadrature.ts";
import { reachOf } from "./neuron.ts";
import { type StraightPieces, straightPieces } from "./straight.ts";
import { panelNodes } from "./sums.ts";

/** Largest power of each term. */
export const POWER = 4;

/** Writes `E XⁱYʲ`, `i, j ≤ 4`, at `5i + j`, for `X = σ(wa + p) − σ(wa + t)` and `Y = σ′(wa + p)`. */
export type NeuronPowers = (p: number, t: number, out: Float64Array) => void;

/** Steps in units of `w` that are tried for an equally spaced rule, and what each must agree to with its half. */
const STEPS = [0.4, 0.28, 0.2, 0.14, 0.1, 0.07, 0.05, 0.035, 0.025, 0.018];
const AGREED = 1e-8;
/** Longest panel of 16 nodes for a power of a linear function, in standard deviations. */
const LONGEST = 4.5;
/** Places where a rule is tried. */
const PLACES = [[0.1, 0], [0.4, -0.7], [-0.3, -1.2], [1.5, 1.4]];

/** Nodes `z` with the weights of `z − p`. */
interface Window {
  readonly z: Float64Array;
  readonly weight: ArrayLike<number>;
}

/**
 * The powers of a neuron: exact for a polynomial, piece by piece for a piecewise linear activation; over equally spaced nodes where these converge; over Gauss–Legendre
 * between the ends of the panels of both activations elsewhere.
 */
export function neuronPowers(a: Activation, width: number): NeuronPowers {
  if (a.series) return polynomialPowers(a, width);
  const pieces = straightPieces(a), reach = reachOf(a), far = reach * width;
  if (pieces) return straightPowers(pieces, width, reach);
  const density = (x: number) =>
    Math.exp(-0.5 * (x / width) ** 2) / (width * Math.sqrt(2 * Math.PI));
  const equal = (step: number): NeuronPowers => {
    const half = Math.ceil(far / step), count = 2 * half + 1, z = new Float64Array(count);
    const weight = Float64Array.from(
      { length: count },
      (_, i) => step * density((i - half) * step),
    );
    return sumsOf(a, (p) => {
      for (let i = 0; i < count; i++) z[i] = p + (i - half) * step;
      return { z, weight };
    });
  };
  const panels = sumsOf(a, (p, t) => {
    const inside = panelsOf(a, Math.abs(p) + far, "E σ").filter((z) => Math.abs(z - p) < far);
    const shifted = panelsOf(a, Math.abs(t) + far, "E σ").map((z) => z + p - t)
      .filter((z) => Math.abs(z - p) < far);
    const ends = [p - far, ...inside, ...shifted, p + far].sort((x, y) => x - y);
    const { z, weight } = panelNodes(ends, 0, width);
    return { z, weight: weight.map((x, n) => x * density(z[n] - p)) };
  });
  if (a.kinks.length > 0) return panels;
  const found = STEPS.find((step) => {
    const [one, two] = [equal(step * width), equal(step * width / 2)];
    const x = new Float64Array(25), y = new Float64Array(25);
    return PLACES.every(([p, t]) => {
      one(p, t, x);
      two(p, t, y);
      return x.every((value, i) =>
        Math.abs(value - y[i]) <= AGREED * (Math.abs(y[i]) + 1e-3 * y[24])
      );
    });
  });
  return found === undefined ? panels : equal(found * width);
}

/** Between neighbouring kinks of student and teacher `X` is linear and `Y` constant: sums of `Xⁱ` are enough. */
function straightPowers(
  { kinks, values, slopes }: StraightPieces,
  w: number,
  reach: number,
): NeuronPowers {
  const { nodes, weights } = gaussLegendre(16), sums = new Float64Array(POWER + 1);
  return (p, t, out) => {
    out.fill(0);
    const of = (shift: number) =>
      kinks.map((b) => Math.min(reach, Math.max(-reach, (b - shift) / w)));
    const own = of(p), other = of(t), all = [-reach, ...own, ...other, reach].sort((x, y) => x - y);
    for (let piece = 1; piece < all.length; piece++) {
      const low = all[piece - 1], length = all[piece] - low;
      if (!(length > 1e-14)) continue;
      const middle = low + length / 2, i = own.filter((b) => b < middle).length;
      const j = other.filter((b) => b < middle).length, y = slopes[i], slope = w * (y - slopes[j]);
      const start = i === j ? y * (p - t) : values[i] - values[j] + y * p - slopes[j] * t;
      const panels = Math.ceil(length / LONGEST), half = length / panels / 2;
      sums.fill(0);
      for (let panel = 0; panel < panels; panel++) {
        for (let n = 0; n < nodes.length; n++) {
          const a = low + (2 * panel + 1 + nodes[n]) * half, x = start + slope * a;
          let term = half * weights[n] * Math.exp(-0.5 * a * a) / Math.sqrt(2 * Math.PI);
          for (let k = 0; k <= POWER; k++, term *= x) sums[k] += term;
        }
      }
      for (let k = 0, at = 0; k <= POWER; k++) {
        for (let l = 0, power = sums[k]; l <= POWER; l++, power *= y) out[at++] += power;
      }
    }
  };
}

function polynomialPowers(a: Activation, width: number): NeuronPowers {
  const { inner, rule } = nodesFor(a), { nodes, weights } = rule(Math.max(24, 2 * inner));
  const z = new Float64Array(nodes.length);
  return sumsOf(a, (p) => {
    for (let n = 0; n < z.length; n++) z[n] = width * nodes[n] + p;
    return { z, weight: weights };
  });
}

function sumsOf(a: Activation, nodes: (p: number, t: number) => Window): NeuronPowers {
  let x = new Float64Array(0), y = x, other = x;
  return (p, t, out) => {
    const { z, weight } = nodes(p, t), count = z.length;
    if (x.length < count) [x, y, other] = [0, 1, 2].map(() => new Float64Array(count));
    a.fill(z, count, x, y);
    for (let n = 0; n < count; n++) z[n] -= p - t;
    a.fillValues(z, count, other);
    out.fill(0);
    for (let n = 0; n < count; n++) {
      const own = x[n] - other[n], gate = y[n];
      for (let i = 0, power = weight[n], at = 0; i <= POWER; i++, power *= own) {
        for (let j = 0, term = power; j <= POWER; j++, term *= gate) out[at++] += term;
      }
    }
  };
}
