/**
 * Points and weights for averages over the features of a correlated base and both projections: a product
 * rule where the base has few directions, shifted lattices otherwise.
 *
 * @module
 */
import { matrix, symmetricEigen } from "../../../../linalg/mod.ts";
import { stream } from "../../../../random/mod.ts";
import type { Model } from "../../model.ts";
import { gentleNodes } from "./quadrature.ts";

/** Most points of a product rule. */
const MOST = 1.5e6;
/** Shifts of the lattice, from whose scatter its error follows, and points of each. */
const SHIFTS = 8, POINTS = 16_384;

/** Standard normal points in some dimensions, in groups of equal weight. */
export interface NormalPoints {
  /** Groups: one of a product rule, eight of shifted lattices. */
  readonly groups: number;
  /** Visits the points of a group; the array is used again. */
  readonly visit: (group: number, see: (z: Float64Array, weight: number) => void) => void;
}

function product(nodes: Float64Array, weights: Float64Array, dim: number): NormalPoints {
  const n = nodes.length, z = new Float64Array(dim);
  const visit: NormalPoints["visit"] = (_, see) => {
    for (let at = 0; at < n ** dim; at++) {
      let weight = 1;
      for (let j = 0, left = at; j < dim; j++, left = Math.floor(left / n)) {
        z[j] = nodes[left % n];
        weight *= weights[left % n];
      }
      see(z, weight);
    }
  };
  return { groups: 1, visit };
}

/** Kronecker lattices of the generalised golden ratio, made normal by Box and Muller. */
function lattices(dim: number): NormalPoints {
  const pairs = Math.ceil(dim / 2),
    u = new Float64Array(2 * pairs),
    z = new Float64Array(2 * pairs);
  // The root of x^(2 pairs + 1) = 1 + x, to the last bit or so.
  let ratio = 2;
  for (let before = Infinity; ratio < before;) {
    [before, ratio] = [ratio, (1 + ratio) ** (1 / (2 * pairs + 1))];
  }
  const step = Float64Array.from(u, (_, j) => ratio ** -(j + 1) % 1);
  const visit: NormalPoints["visit"] = (group, see) => {
    const rng = stream("lattice", group), shift = Float64Array.from(u, () => rng.uniform());
    for (let at = 0; at < POINTS; at++) {
      for (let j = 0; j < u.length; j++) u[j] = (shift[j] + (at + 0.5) * step[j]) % 1;
      for (let j = 0; j < pairs; j++) {
        const radius = Math.sqrt(-2 * Math.log1p(-u[2 * j])), angle = 2 * Math.PI * u[2 * j + 1];
        z[2 * j] = radius * Math.cos(angle);
        z[2 * j + 1] = radius * Math.sin(angle);
      }
      see(z, 1 / POINTS);
    }
  };
  return { groups: SHIFTS, visit };
}

/** A root of the base's Gram matrix with as many columns as it has directions. */
export function thinRoot({ gram, k }: Model): { root: Float64Array; rank: number } {
  if (gram === undefined) {
    return {
      root: Float64Array.from({ length: k * k }, (_, at) => +(at % (k + 1) === 0)),
      rank: k,
    };
  }
  const { values, vectors } = symmetricEigen(matrix(k, k, Float64Array.from(gram)));
  let rank = 0;
  while (rank < k && values[rank] > 1e-10 * values[0]) rank++;
  const root = new Float64Array(k * rank);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < rank; j++) {
      root[i * rank + j] = vectors.data[i * k + j] * Math.sqrt(values[j]);
    }
  }
  return { root, rank };
}

/**
 * Points for `extra` variables beside the directions of a base: exact for polynomial activations of up to
 * about five directions, right to 1e-5 for gentle ones of two, else lattices of 131 072 points.
 *
 * @param richer Factor on the nodes, for powers above the fourth of the activation and its slope.
 */
export function pointsFor(
  { activation }: Model,
  rank: number,
  extra: number,
  richer = 1,
): NormalPoints {
  const counts = gentleNodes(activation), dim = rank + extra;
  const inner = counts === undefined ? Infinity : Math.ceil(richer * counts.inner);
  if (counts === undefined || inner ** dim > MOST) return lattices(dim);
  const { nodes, weights } = counts.rule(inner);
  return product(Float64Array.from(nodes), Float64Array.from(weights), dim);
}
