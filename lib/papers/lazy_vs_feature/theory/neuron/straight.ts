/**
 * Averages of a neuron with a piecewise linear activation, in closed form.
 *
 * @module
 */
import { type Activation, erf, gaussLegendre } from "../../../../gaussian/mod.ts";
import type { NeuronMeans } from "./means.ts";

/** `σ(z) = value + slope·z` between kinks. */
export interface StraightPieces {
  /** Kinks, in increasing order. */
  readonly kinks: readonly number[];
  /** Values at 0 of the lines, one more than kinks. */
  readonly values: readonly number[];
  /** Their slopes. */
  readonly slopes: readonly number[];
}

/** Lines of a piecewise linear activation with a kink; `undefined` for any other. */
export function straightPieces({ f, df, kinks }: Activation): StraightPieces | undefined {
  if (kinks.length === 0) return undefined;
  const values: number[] = [], slopes: number[] = [];
  for (let i = 0; i <= kinks.length; i++) {
    const low = i > 0 ? kinks[i - 1] : kinks[0] - 20;
    const high = i < kinks.length ? kinks[i] : kinks[i - 1] + 20, middle = (low + high) / 2;
    const slope = df(middle), value = f(middle) - slope * middle;
    for (const share of [0.01, 0.03, 0.1, 0.23, 0.41, 0.6, 0.78, 0.9, 0.97, 0.99]) {
      const z = low + share * (high - low), line = value + slope * z;
      const size = Math.abs(value) + Math.abs(slope * z) + Math.abs(slope);
      if (!(Math.abs(f(z) - line) <= 1e-13 * size)) return undefined;
    }
    values.push(value);
    slopes.push(slope);
  }
  return { kinks, values, slopes };
}

const INVERSE_ROOT_TWO_PI = 1 / Math.sqrt(2 * Math.PI);
/** A piece shorter than this is summed: differences of distribution functions would lose digits there. */
const SHORT = 0.6;
const RULE = gaussLegendre(8);
/** Beyond it a standard normal has no mass. */
const FAR = 40;

/** Between neighbouring kinks of student and teacher `X = A + Ba` and `Y` is constant. */
export class StraightNeuron implements NeuronMeans {
  readonly cuts: readonly number[];
  readonly error = 0;
  readonly #pieces: StraightPieces;
  readonly #width: number;

  constructor(pieces: StraightPieces, width: number) {
    this.#pieces = pieces;
    this.#width = width;
    const differences = pieces.kinks.flatMap((b) => pieces.kinks.map((c) => b - c));
    this.cuts = [...new Set(differences)].sort((x, y) => x - y);
  }

  fill(p: number, t: number, out: Float64Array): void {
    const { kinks, values, slopes } = this.#pieces, w = this.#width, count = kinks.length;
    for (let i = 0; i < out.length; i++) out[i] = 0;
    let i = 0, j = 0, left = -FAR, leftShare = 0, leftDensity = 0;
    while (true) {
      const a = i < count ? (kinks[i] - p) / w : FAR, b = j < count ? (kinks[j] - t) / w : FAR;
      const right = Math.min(FAR, Math.max(left, Math.min(a, b)));
      const share = right < FAR ? 0.5 * erf(right / Math.SQRT2) + 0.5 : 1;
      const density = right < FAR ? INVERSE_ROOT_TWO_PI * Math.exp(-0.5 * right * right) : 0;
      if (right > left) {
        const y = slopes[i], star = slopes[j], B = w * (y - star);
        // On one line the difference is exact.
        const A = i === j ? y * (p - t) : values[i] - values[j] + y * p - star * t;
        let t0 = 0, x1 = 0, x2 = 0;
        if (right - left < SHORT) {
          const half = 0.5 * (right - left), middle = left + half;
          for (let n = 0; n < 8; n++) {
            const at = middle + half * RULE.nodes[n], x = A + B * at;
            const weight = half * RULE.weights[n] * INVERSE_ROOT_TWO_PI * Math.exp(-0.5 * at * at);
            t0 += weight;
            x1 += weight * x;
            x2 += weight * x * x;
          }
        } else {
          t0 = share - leftShare;
          const t1 = leftDensity - density;
          const t2 = t0 + (left > -FAR ? left * leftDensity : 0) -
            (right < FAR ? right * density : 0);
          x1 = A * t0 + B * t1;
          x2 = A * A * t0 + 2 * A * B * t1 + B * B * t2;
        }
        out[0] += x1;
        out[1] += y * t0;
        out[2] += x2;
        out[3] += y * x1;
        out[4] += y * y * t0;
        out[5] += y * x2;
        out[6] += y * y * x1;
        out[7] += y * y * x2;
        out[8] += y * star * t0;
        out[9] += star * t0;
      }
      if (right >= FAR) break;
      if (a <= b) i++;
      else j++;
      left = right;
      leftShare = share;
      leftDensity = density;
    }
  }

  gates(p: number, out: Float64Array): void {
    const { kinks, slopes } = this.#pieces, w = this.#width;
    out.fill(0);
    let left = 0;
    for (let i = 0; i < slopes.length; i++) {
      const right = i < kinks.length ? 0.5 + 0.5 * erf((kinks[i] - p) / w / Math.SQRT2) : 1;
      for (let n = 0, power = slopes[i]; n < 4; n++, power *= slopes[i]) {
        out[n] += (right - left) * power;
      }
      left = right;
    }
  }
}
