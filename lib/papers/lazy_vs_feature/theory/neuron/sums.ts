/**
 * The sums that a table of a neuron's averages is made of.
 *
 * @module
 */
import { type Activation, gaussLegendre, panelsOf } from "../../../../gaussian/mod.ts";

/** What a table is made for. */
export interface TableOptions {
  /** Factor `w` of the base feature. */
  readonly width: number;
  /** Largest `|p|` and `|t|`. */
  readonly most: number;
  /** Standard deviations up to which the base feature is followed. */
  readonly reach: number;
}

/** A table with its distance of places along `p`. */
export interface SumOptions extends TableOptions {
  /** Distance of neighbouring places. */
  readonly step: number;
}

/** Functions of `(p, δ)`, `D = X/δ`: `E D`, `E DY`, `E D²`, `E D²Y`, `E DY²`, `E D²Y²`, `E YY*`. */
export const BOTH = 7;
/** Functions of `p`: `E Yⁿ`, `n = 1 … 4`. */
export const ONE = 4;

const RULE = gaussLegendre(16);
/** Longest panel, in units of `w`. */
const LONGEST = 2;
/** Divisions of the distance of places that are tried for an equally spaced rule, and what must agree. */
const DIVISIONS = [1, 2, 3, 4, 6, 8, 12, 16, 24];
const AGREED = 1e-11;

/** Nodes `z`, and their weights before the Gaussian. */
export interface Nodes {
  readonly z: Float64Array;
  readonly weight: Float64Array;
}

/**
 * Gauss–Legendre between the ends of the panels of `σ(z)` and of `σ(z − δ)`, on panels of at most two standard
 * deviations `w`.
 */
export function panelNodes(ends: readonly number[], d: number, width: number): Nodes {
  const high = ends[ends.length - 1];
  const shifted = d === 0
    ? []
    : ends.slice(1, -1).map((z) => z + d).filter((z) => Math.abs(z) < high);
  const all = [...ends, ...shifted].sort((x, y) => x - y);
  const z: number[] = [], weight: number[] = [];
  for (let i = 1; i < all.length; i++) {
    const length = all[i] - all[i - 1];
    if (!(length > 1e-13)) continue;
    const pieces = Math.ceil(length / (LONGEST * width)), half = length / pieces / 2;
    for (let piece = 0; piece < pieces; piece++) {
      const middle = all[i - 1] + (2 * piece + 1) * half;
      for (let n = 0; n < RULE.nodes.length; n++) {
        z.push(middle + half * RULE.nodes[n]);
        weight.push(half * RULE.weights[n]);
      }
    }
  }
  return { z: Float64Array.from(z), weight: Float64Array.from(weight) };
}

/** Ends of the panels of an activation up to a distance. */
export function endsUpTo(a: Activation, end: number): number[] {
  return [-end, ...panelsOf(a, end, "E σ").filter((z) => Math.abs(z) < end), end];
}

/**
 * `E g(wa + p)` for the functions of a table: equally spaced nodes where the activation is smooth and not too steep,
 * which converge exponentially; elsewhere Gauss–Legendre between the ends of its panels and of its copy's, shifted by δ.
 */
export class NeuronSums {
  readonly #a: Activation;
  readonly #options: SumOptions;
  readonly #ends: readonly number[];
  /** Equally spaced nodes; `undefined` where panels are needed. */
  readonly #equal: Nodes | undefined;
  /** Nodes per place, and weights by distance in nodes. */
  #division = 0;
  /** The activation and its slope at the equally spaced nodes. */
  #own: [Float64Array, Float64Array] | undefined;
  #bell = new Float64Array(0);

  constructor(a: Activation, options: SumOptions) {
    const { width, most, reach } = options, end = most + reach * width;
    this.#a = a;
    this.#options = options;
    this.#ends = endsUpTo(a, end);
    if (a.kinks.length === 0) this.#equal = this.#divide();
    if (this.#equal === undefined) return;
    const { z } = this.#equal, room = () => new Float64Array(z.length);
    this.#own = [room(), room()];
    a.fill(z, z.length, ...this.#own);
  }

  /** Functions of `p` alone. */
  single(places: Float64Array): Float64Array {
    const nodes = this.#equal ?? panelNodes(this.#ends, 0, this.#options.width),
      { length } = nodes.z;
    const f = new Float64Array(length), df = new Float64Array(length);
    this.#a.fill(nodes.z, length, f, df);
    const terms = new Float64Array(length * ONE);
    for (let n = 0, at = 0; n < length; n++) {
      for (let k = 0, power = df[n]; k < ONE; k++, power *= df[n]) terms[at++] = power;
    }
    return this.#average(nodes, terms, ONE, places);
  }

  /** Functions of both at one `δ ≠ 0` and some places. */
  both(d: number, places: Float64Array): Float64Array {
    const nodes = this.#equal ?? panelNodes(this.#ends, d, this.#options.width);
    return this.#average(nodes, this.#terms(nodes, d), BOTH, places);
  }

  /** The same at the places of the table, multiples of `stride` steps around 0. */
  column(d: number, places: Float64Array, stride: number): Float64Array {
    if (this.#equal === undefined) return this.both(d, places);
    const terms = this.#terms(this.#equal, d), bell = this.#bell;
    const division = stride * this.#division;
    const out = new Float64Array(BOTH * places.length), far = bell.length - 1;
    const centre = (this.#equal.z.length - 1) / 2, half = (places.length - 1) / 2;
    for (let i = 0; i < places.length; i++) {
      const middle = centre + (i - half) * division;
      let f0 = 0, f1 = 0, f2 = 0, f3 = 0, f4 = 0, f5 = 0, f6 = 0;
      for (let n = -far, at = BOTH * (middle - far); n <= far; n++, at += BOTH) {
        const g = bell[n < 0 ? -n : n];
        f0 += g * terms[at];
        f1 += g * terms[at + 1];
        f2 += g * terms[at + 2];
        f3 += g * terms[at + 3];
        f4 += g * terms[at + 4];
        f5 += g * terms[at + 5];
        f6 += g * terms[at + 6];
      }
      out.set([f0, f1, f2, f3, f4, f5, f6], BOTH * i);
    }
    return out;
  }

  #terms({ z }: Nodes, d: number): Float64Array {
    const { length } = z,
      room = () => new Float64Array(length),
      terms = new Float64Array(BOTH * length);
    const other = room(), star = room(), own = this.#equal?.z === z ? this.#own : undefined;
    const [f, df] = own ?? [room(), room()];
    if (own === undefined) this.#a.fill(z, length, f, df);
    this.#a.fill(z.map((x) => x - d), length, other, star);
    for (let n = 0, at = 0; n < length; n++) {
      const x = (f[n] - other[n]) / d, y = df[n], xx = x * x, yy = y * y;
      terms[at++] = x;
      terms[at++] = x * y;
      terms[at++] = xx;
      terms[at++] = xx * y;
      terms[at++] = x * yy;
      terms[at++] = xx * yy;
      terms[at++] = y * star[n];
    }
    return terms;
  }

  /** Equally spaced nodes that agree with panels where student and teacher are near and far; `undefined` if none do. */
  #divide(): Nodes | undefined {
    const { most, width, step, reach } = this.#options;
    const places = Float64Array.of(-0.4 * most, 0, 0.07 * most);
    const shifts = [0.03, 0.4, -1.1].map((share) => share * most);
    const wanted = shifts.map((d) => this.both(d, places)), size = new Float64Array(BOTH);
    for (const row of wanted) {
      row.forEach((x, at) => size[at % BOTH] = Math.max(size[at % BOTH], Math.abs(x)));
    }
    for (const division of DIVISIONS) {
      const apart = step / division, far = Math.ceil(reach * width / apart);
      const half = Math.round(most / apart) + far;
      const z = Float64Array.from({ length: 2 * half + 1 }, (_, i) => (i - half) * apart);
      const nodes = { z, weight: new Float64Array(z.length).fill(apart) };
      const agree = shifts.every((d, i) => {
        const found = this.#average(nodes, this.#terms(nodes, d), BOTH, places);
        return found.every((x, at) => Math.abs(x - wanted[i][at]) <= AGREED * size[at % BOTH]);
      });
      if (!agree) continue;
      this.#division = division;
      this.#bell = Float64Array.from(
        { length: far + 1 },
        (_, n) => apart * this.#density(n * apart),
      );
      return nodes;
    }
    return undefined;
  }

  #density(z: number): number {
    const { width } = this.#options, x = z / width;
    return Math.exp(-0.5 * x * x) / (width * Math.sqrt(2 * Math.PI));
  }

  /** Averages of functions that are given at nodes, at some places. */
  #average(
    { z, weight }: Nodes,
    terms: Float64Array,
    functions: number,
    places: Float64Array,
  ): Float64Array {
    const { width, reach } = this.#options, far = reach * width;
    const out = new Float64Array(places.length * functions);
    let from = 0;
    for (let i = 0; i < places.length; i++) {
      // Places increase for the most part.
      while (from > 0 && z[from - 1] >= places[i] - far) from--;
      while (from < z.length && z[from] < places[i] - far) from++;
      for (let n = from; n < z.length && z[n] < places[i] + far; n++) {
        const g = weight[n] * this.#density(z[n] - places[i]);
        for (let k = 0; k < functions; k++) out[i * functions + k] += g * terms[n * functions + k];
      }
    }
    return out;
  }
}
