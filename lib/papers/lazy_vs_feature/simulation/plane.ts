/**
 * Two hidden directions learned together (A7), as a Markov chain exact in law.
 *
 * @module
 */
import { checkInteger } from "../../../check.ts";
import { bartlett, type Stream } from "../../../random/mod.ts";
import { PLANE, planeModel } from "../bases.ts";
import { checkScratch, type ScratchOptions } from "./scratch.ts";

/** A symmetric positive matrix `[[a, b], [b, c]]`. */
export interface Symmetric {
  /** First diagonal entry. */
  readonly a: number;
  /** Entry beside the diagonal. */
  readonly b: number;
  /** Second diagonal entry. */
  readonly c: number;
}

/** `P^{−1/2}` in closed form: `P^{1/2} = (P + √det P I)/√(tr P + 2√det P)`. */
export function inverseRoot({ a, b, c }: Symmetric): Symmetric {
  const root = Math.sqrt(Math.max(0, a * c - b * b)), scale = Math.sqrt(a + c + 2 * root);
  // The inverse of (P + root I)/scale; its determinant is root.
  return { a: (c + root) / (scale * root), b: -b / (scale * root), c: (a + root) / (scale * root) };
}

/** The moves `η e (Σ λ_i a_i σ′, κ Σ λ_i σ′)` of both directions at the pre-activations `(z₁, z₂)`. */
export function planeMove(
  [z1, z2]: readonly [number, number],
  [t1, t2]: readonly [number, number],
  eta: number,
): [number, number] {
  let error = 0, first = 0, second = 0;
  for (let i = 0; i < PLANE.length; i++) {
    const z = PLANE[i] * z1 + z2;
    error += LAMBDA[i] * (f(z) - f(PLANE[i] * t1 + t2));
    first += LAMBDA[i] * PLANE[i] * df(z);
    second += LAMBDA[i] * df(z);
  }
  return [eta * error * first, eta * error * second];
}

const { lambda: LAMBDA, activation: { f, df } } = planeModel();

/**
 * One-pass SGD from scratch on the plane of `planeModel`: both orthonormal directions are learned, with
 * polar retraction. `M = Û Uᵀ` is a Markov chain.
 *
 * Assumes: inputs `N(0, I_d)`, fresh at every step, `d ≥ 4`; `κ = 1`.
 * Scale: cost independent of `d`; time in steps.
 * Source: ours.
 */
export class PlaneChain {
  /** Overlaps `⟨û_i, u_j⟩`, row by row. */
  readonly overlaps: Float64Array;
  /** Steps made. */
  steps = 0;
  readonly #options: ScratchOptions;
  readonly #rng: Stream;

  /**
   * A chain at a uniform random plane.
   *
   * @throws {RangeError} If `d < 4` or `η ≤ 0`.
   */
  constructor(options: ScratchOptions, rng: Stream) {
    checkScratch(options, 2);
    this.#options = options;
    this.#rng = rng.stream("data");
    const start = rng.stream("start"), g = start.fillNormal(new Float64Array(4));
    const rest = bartlett(start, options.d - 2, 2);
    const inner = (x: Float64Array, i: number, j: number) =>
      x[2 * i] * x[2 * j] + x[2 * i + 1] * x[2 * j + 1];
    const entry = (i: number, j: number) => inner(g, i, j) + inner(rest, i, j);
    this.overlaps = times(inverseRoot({ a: entry(0, 0), b: entry(0, 1), c: entry(1, 1) }), g);
  }

  /** Share of the plane that is found: `‖M‖²/2`. */
  get found(): number {
    return this.overlaps.reduce((sum, x) => sum + x * x, 0) / 2;
  }

  /** Makes `steps` steps. */
  run(steps: number): void {
    checkInteger("learn from scratch", "steps", steps, 0);
    for (let i = 0; i < steps; i++) this.step();
  }

  /** One step. */
  step(): void {
    const rng = this.#rng, { d, eta, extraDegrees = 0 } = this.#options, m = this.overlaps;
    this.steps++;
    const t1 = rng.normal(), t2 = rng.normal(), y1 = rng.normal(), y2 = rng.normal();
    const degrees = d - 4 + extraDegrees, rest = degrees > 0 ? rng.chiSquare(degrees) : 0;
    // ẑ = M z* + (I − MMᵀ)^{1/2} y, with a triangular root.
    const a = Math.max(0, 1 - m[0] * m[0] - m[1] * m[1]), b = -m[0] * m[2] - m[1] * m[3];
    const c = Math.max(0, 1 - m[2] * m[2] - m[3] * m[3]);
    const l11 = Math.sqrt(a),
      l21 = a > 0 ? b / l11 : 0,
      l22 = Math.sqrt(Math.max(0, c - l21 * l21));
    const z1 = m[0] * t1 + m[1] * t2 + l11 * y1, z2 = m[2] * t1 + m[3] * t2 + l21 * y1 + l22 * y2;
    const [g1, g2] = planeMove([z1, z2], [t1, t2], eta);
    const square = t1 * t1 + t2 * t2 + y1 * y1 + y2 * y2 + rest;
    const inverse = inverseRoot({
      a: 1 - 2 * z1 * g1 + square * g1 * g1,
      b: -z1 * g2 - g1 * z2 + square * g1 * g2,
      c: 1 - 2 * z2 * g2 + square * g2 * g2,
    });
    const moved = Float64Array.of(
      m[0] - g1 * t1,
      m[1] - g1 * t2,
      m[2] - g2 * t1,
      m[3] - g2 * t2,
    );
    m.set(times(inverse, moved));
  }
}

/** Symmetric matrix times a 2 × 2 matrix by rows. */
function times({ a, b, c }: Symmetric, m: Float64Array): Float64Array {
  return Float64Array.of(
    a * m[0] + b * m[2],
    a * m[1] + b * m[3],
    b * m[0] + c * m[2],
    b * m[1] + c * m[3],
  );
}
