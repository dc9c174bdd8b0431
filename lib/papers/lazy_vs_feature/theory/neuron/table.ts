/**
 * Averages of a neuron with any activation: a table that is as good as what it tabulates.
 *
 * @module
 */
import type { Activation } from "../../../../gaussian/mod.ts";
import { stream } from "../../../../random/mod.ts";
import type { NeuronMeans } from "./means.ts";
import { BOTH, NeuronSums, ONE, type TableOptions } from "./sums.ts";

/** Nodes of local interpolation in `p`, and their distance in units of `w`: right to 2e-11 of what a Gaussian smooths. */
const ALONG = 16, STEP = 0.2;
/** Multiples of that distance that are tried. */
const STRIDES = [16, 8, 4, 2, 1];
/** Chebyshev nodes of a panel in `δ`. */
const ACROSS = 10;
/** Size of the last two Chebyshev coefficients of a panel, relative to the largest value, that is accepted. */
const SETTLED = 2e-11;
/** Panels of `δ` are not halved below this length: there `D` has no digits left. */
const SHORTEST = 1e-6;
/** Panels of `δ` shorter than this, in units of `w`, mark a place where averages change fast. */
const FAST = 0.25;

/** `(−1)^j C(15, j)`, barycentric weights of equally spaced nodes. */
const BINOMIAL = [1, -15, 105, -455, 1365, -3003, 5005, -6435];
BINOMIAL.push(...BINOMIAL.toReversed().map((x) => -x));
const ANGLES = Array.from({ length: ACROSS }, (_, i) => Math.PI * (i + 0.5) / ACROSS);
const NODES = ANGLES.map((angle) => -Math.cos(angle));
const SINES = ANGLES.map((angle, i) => (i % 2 ? -1 : 1) * Math.sin(angle));

interface Panel {
  readonly low: number;
  readonly high: number;
  /** Values at `(node, place along p, function)`. */
  readonly values: Float64Array;
}

/**
 * Smooth in `p` on the scale of `w`, for the base feature smooths; in `δ = p − t` as steep as the activation.
 * Divided by `δ`, differences keep their digits where student and teacher meet.
 */
export class NeuronTable implements NeuronMeans {
  readonly cuts: readonly number[];
  readonly error: number;
  readonly #width: number;
  readonly #step: number;
  readonly #start: number;
  readonly #count: number;
  readonly #single: Float64Array;
  readonly #panels: readonly Panel[];
  readonly #ends: Float64Array;
  readonly #along = new Float64Array(ALONG);
  readonly #across = new Float64Array(ACROSS);
  readonly #found = new Float64Array(BOTH);

  constructor(a: Activation, { width, most, reach }: TableOptions) {
    this.#width = width;
    const finest = STEP * width, end = most + STRIDES[0] * finest * ALONG / 2;
    const sums = new NeuronSums(a, { width, most: end, reach, step: finest });
    const stride = STRIDES.find((stride) => isFine(sums, stride * finest, most)) ?? 1;
    const step = this.#step = stride * finest, half = Math.ceil(most / step) + ALONG / 2 - 1;
    this.#start = -half * step;
    this.#count = 2 * half + 1;
    const places = Float64Array.from({ length: this.#count }, (_, i) => (i - half) * step);
    this.#single = sums.single(places);
    const differences = a.kinks.flatMap((b) => a.kinks.map((c) => b - c));
    const first = [...new Set([0, ...differences, ...range(2 * most)])].sort((x, y) => x - y);
    this.#panels = settle(
      first.filter((x) => Math.abs(x) <= 2 * most),
      (d) => sums.column(d, places, stride),
      places.length,
    );
    this.#ends = Float64Array.from(this.#panels, ({ low }) => low);
    const fast = this.#panels.filter(({ low, high }) => high - low < FAST * width)
      .flatMap(({ low, high }) => [low, high]);
    this.cuts = a.kinks.length === 0 ? [] : [...new Set([...differences, ...fast])];
    this.error = this.#measure(sums, most);
  }

  fill(p: number, t: number, out: Float64Array): void {
    const d = p - t, found = this.#found, single = this.#single;
    let base = this.#locate(p);
    const along = this.#along;
    let slope = 0, square = 0;
    for (let i = 0; i < ALONG; i++) {
      const at = ONE * (base + i);
      slope += along[i] * single[at];
      square += along[i] * single[at + 1];
    }
    this.#interpolate(d, base);
    const dd = d * d;
    out[0] = d * found[0];
    out[1] = slope;
    out[2] = dd * found[2];
    out[3] = d * found[1];
    out[4] = square;
    out[5] = dd * found[3];
    out[6] = d * found[4];
    out[7] = dd * found[5];
    out[8] = found[6];
    base = this.#locate(t);
    let star = 0;
    for (let i = 0; i < ALONG; i++) star += along[i] * single[ONE * (base + i)];
    out[9] = star;
  }

  gates(p: number, out: Float64Array): void {
    const base = this.#locate(p), along = this.#along, single = this.#single;
    out.fill(0);
    for (let i = 0; i < ALONG; i++) {
      for (let n = 0; n < ONE; n++) out[n] += along[i] * single[ONE * (base + i) + n];
    }
  }

  /** Weights along `p`, and the first place that has one. */
  #locate(p: number): number {
    const place = (p - this.#start) / this.#step;
    const base = Math.min(this.#count - ALONG, Math.max(0, Math.floor(place) - ALONG / 2 + 1));
    weigh(place - base, this.#along);
    return base;
  }

  /** Functions of both at the located `p` and at `δ`. */
  #interpolate(d: number, base: number): void {
    const ends = this.#ends, across = this.#across, along = this.#along, found = this.#found;
    let low = 0, high = ends.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (ends[middle] <= d) low = middle;
      else high = middle;
    }
    const panel = this.#panels[low], { values } = panel;
    const x = (2 * d - panel.low - panel.high) / (panel.high - panel.low);
    let sum = 0, exact = -1;
    for (let j = 0; j < ACROSS; j++) {
      const gap = x - NODES[j];
      if (gap === 0) exact = j;
      sum += across[j] = SINES[j] / gap;
    }
    let f0 = 0, f1 = 0, f2 = 0, f3 = 0, f4 = 0, f5 = 0, f6 = 0;
    for (let j = 0; j < ACROSS; j++) {
      const weight = exact < 0 ? across[j] / sum : Number(j === exact);
      let at = BOTH * (j * this.#count + base);
      for (let i = 0; i < ALONG; i++, at += BOTH) {
        const w = weight * along[i];
        f0 += w * values[at];
        f1 += w * values[at + 1];
        f2 += w * values[at + 2];
        f3 += w * values[at + 3];
        f4 += w * values[at + 4];
        f5 += w * values[at + 5];
        f6 += w * values[at + 6];
      }
    }
    found[0] = f0;
    found[1] = f1;
    found[2] = f2;
    found[3] = f3;
    found[4] = f4;
    found[5] = f5;
    found[6] = f6;
  }

  /** Largest error of all functions at some places between the nodes, relative to their largest values. */
  #measure(sums: NeuronSums, most: number): number {
    const rng = stream("places between the nodes"), size = new Float64Array(BOTH);
    for (const { values } of this.#panels) {
      for (let i = 0; i < values.length; i++) {
        size[i % BOTH] = Math.max(size[i % BOTH], Math.abs(values[i]));
      }
    }
    let worst = 0;
    for (let n = 0; n < 8; n++) {
      // Half of them near 0, where steep functions change.
      const d = most * (2 * rng.uniform() - 1) * (n % 2 ? 1 : 0.1 * rng.uniform());
      const p = 0.5 * most * (2 * rng.uniform() - 1), wanted = sums.both(d, Float64Array.of(p));
      this.#interpolate(d, this.#locate(p));
      this.#found.forEach((x, i) => worst = Math.max(worst, Math.abs(x - wanted[i]) / size[i]));
    }
    return worst;
  }
}

/** Weights of interpolation at `x` from the values at 0, 1, 2, … */
function weigh(x: number, along: Float64Array): void {
  let sum = 0;
  for (let j = 0; j < ALONG; j++) {
    const gap = x - j;
    if (gap === 0) {
      along.fill(0);
      along[j] = 1;
      return;
    }
    sum += along[j] = BINOMIAL[j] / gap;
  }
  for (let j = 0; j < ALONG; j++) along[j] /= sum;
}

/** Whether places at this distance are enough: where `w` is small the activation itself is smoother. */
function isFine(sums: NeuronSums, step: number, most: number): boolean {
  const along = new Float64Array(ALONG), size = new Float64Array(BOTH);
  weigh(ALONG / 2 - 0.5, along);
  const gaps = [0.02, 0.3, -0.9].flatMap((share) =>
    [-0.61, -0.2, -0.03, 0.01, 0.07, 0.35, 0.83].map((place) => {
      const low = place * most, d = share * most;
      // The place in the middle comes last.
      const places = Float64Array.from(
        { length: ALONG + 1 },
        (_, j) => low + (j < ALONG ? j : ALONG / 2 - 0.5) * step,
      );
      const values = sums.both(d, places), wanted = values.slice(BOTH * ALONG);
      return wanted.map((x, k) => {
        size[k] = Math.max(size[k], Math.abs(x));
        return x - along.reduce((sum, weight, j) => sum + weight * values[BOTH * j + k], 0);
      });
    })
  );
  return gaps.every((row) => row.every((x, k) => Math.abs(x) <= SETTLED * size[k]));
}

/** Ends of the panels to start with: about one apart. */
function range(most: number): number[] {
  const count = 2 * Math.ceil(most);
  return Array.from({ length: count + 1 }, (_, i) => most * (2 * i / count - 1));
}

/** Panels that are halved until the last coefficients of all functions are small. */
function settle(
  ends: readonly number[],
  column: (d: number) => Float64Array,
  places: number,
): Panel[] {
  const size = new Float64Array(BOTH), row = BOTH * places;
  const panel = (low: number, high: number): Panel => {
    const values = new Float64Array(ACROSS * row);
    NODES.forEach((x, j) => values.set(column((low + high + x * (high - low)) / 2), j * row));
    values.forEach((x, i) => size[i % BOTH] = Math.max(size[i % BOTH], Math.abs(x)));
    return { low, high, values };
  };
  const last = [ACROSS - 2, ACROSS - 1].map((degree) =>
    ANGLES.map((angle) => Math.cos(degree * angle) * 2 / ACROSS)
  );
  const settled = ({ values }: Panel) => {
    for (let at = 0; at < row; at++) {
      let left = 0, right = 0;
      for (let j = 0; j < ACROSS; j++) {
        left += last[0][j] * values[j * row + at];
        right += last[1][j] * values[j * row + at];
      }
      if (Math.abs(left) + Math.abs(right) > SETTLED * size[at % BOTH]) return false;
    }
    return true;
  };
  const halved = (own: Panel): Panel[] => {
    if (settled(own) || own.high - own.low < SHORTEST) return [own];
    const middle = (own.low + own.high) / 2;
    return [...halved(panel(own.low, middle)), ...halved(panel(middle, own.high))];
  };
  return ends.slice(1).map((high, i) => panel(ends[i], high)).flatMap(halved);
}
