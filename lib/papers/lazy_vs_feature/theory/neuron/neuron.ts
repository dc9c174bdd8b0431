/**
 * One neuron of student and teacher, averaged over its own base feature.
 *
 * @module
 */
import type { Activation } from "../../../../gaussian/mod.ts";
import type { NeuronMeans } from "./means.ts";
import { StraightNeuron, straightPieces } from "./straight.ts";
import { NeuronTable } from "./table.ts";

/** How far out Gaussian variables are followed where the activation does not grow; beyond: e^{−34}. */
const REACHES = [8.3, 9, 10, 11, 12, 14, 16, 18, 20];

/**
 * Distance, in standard deviations, beyond which fourth powers of the activation have no mass.
 *
 * @throws {RangeError} If there is none.
 */
export function reachOf(a: Activation): number {
  let reach = reaches.get(a);
  if (reach === undefined) reaches.set(a, reach = findReach(a));
  return reach;
}

const reaches = new WeakMap<Activation, number>();

function findReach({ f, name }: Activation): number {
  for (const reach of REACHES) {
    let inside = 0, outside = 0;
    for (let i = 0; i <= 40; i++) {
      for (const z of [-reach * i / 40, reach * i / 40]) {
        const mass = f(z) ** 4 * Math.exp(-z * z / 2);
        inside = Math.max(inside, mass);
        if (i === 40) outside = Math.max(outside, mass);
      }
    }
    if (outside <= 1e-12 * inside) return reach;
  }
  throw new RangeError(
    "Cannot average over a neuron as the activation must not grow so fast that fourth powers have " +
      `mass beyond ${REACHES.at(-1)} standard deviations: current value is ${name}`,
  );
}

const known = new WeakMap<Activation, Map<string, NeuronMeans>>();
/** Tables of an activation that are kept: at a large κ a steep one has 10⁸ bytes and more. */
const MOST = 2;

/**
 * The averages of a neuron whose base feature is multiplied by `width`, for `|p|` and `|t|` up to `most`:
 * closed forms for a piecewise linear activation, a table for any other.
 */
export function neuronMeans(a: Activation, width: number, most: number): NeuronMeans {
  let own = known.get(a);
  if (own === undefined) known.set(a, own = new Map());
  // Tables go up to powers of 2^{1/4}, so that a flow, whose ranges move, asks for few.
  const end = 2 ** (Math.ceil(4 * Math.log2(most)) / 4), key = `${width} ${end}`;
  let means = own.get(key);
  if (means === undefined) {
    const pieces = straightPieces(a);
    means = pieces === undefined
      ? new NeuronTable(a, { width, most: end, reach: reachOf(a) })
      : new StraightNeuron(pieces, width);
    if (own.size >= MOST) own.clear();
    own.set(key, means);
  }
  return means;
}

const symmetric = new WeakMap<Activation, boolean>();

/** Whether an activation is seen to be odd or even: then `(a, s, s*)` and its opposite have the same averages. */
export function isSymmetric(a: Activation): boolean {
  let known = symmetric.get(a);
  if (known === undefined) {
    const same = (sign: number) =>
      [0, 0.1, 0.5, 1, 1.7, 2.3, 3, 6].every((z) =>
        Math.abs(a.f(-z) - sign * a.f(z)) <= 1e-13 * Math.abs(a.f(z))
      );
    symmetric.set(a, known = a.odd === true || same(1) || same(-1));
  }
  return known;
}
