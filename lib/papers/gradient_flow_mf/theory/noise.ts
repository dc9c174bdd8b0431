/**
 * The noise equations: the whole course of the loss from a small start, and what is left in the end.
 *
 * @module
 */
import { checkKeys, checkNonNegative, checkPositive, checkSorted } from "../../../check.ts";
import { solveOde } from "../../../ode/mod.ts";
import type { Adapters, Problem } from "../model.ts";
import { finalSplit } from "./competition.ts";
import { type NoiseStart, noiseStart } from "./noise_start.ts";
import { horizonFor, localRates } from "./rates.ts";

/** Options of {@linkcode noiseCourse}. */
export interface NoiseOptions {
  /** Learning rate `ρ` of adapter 2 over that of adapter 1; 1 in the paper. */
  readonly rho?: number;
}

/** The course of the loss as the noise equations give it. */
export interface NoiseCourse {
  /** Times. */
  readonly times: readonly number[];
  /** Losses. */
  readonly losses: readonly number[];
  /** Their part `½e²` along the target. */
  readonly signal: readonly number[];
  /** Their part `½‖ε‖² + ½‖η‖²` in the row and the column of the signal. */
  readonly mixed: readonly number[];
  /** Their part `½‖E_⊥⊥‖²`. */
  readonly rest: readonly number[];
  /** Misalignment `1 − cos` of adapter 1 with the target. */
  readonly gaps: readonly number[];
  /** What adapter 1 has learnt along the target. */
  readonly x1: readonly number[];
  /** What adapter 2 has learnt along the target. */
  readonly x2: readonly number[];
  /** Time at which `e = σ/2`. */
  readonly half: number;
  /** How long a run must be to show the final loss, see `horizonFor`. */
  readonly horizon: number;
  /** What stays. */
  readonly final: {
    /** Loss `½‖E_⊥⊥‖²`. */
    readonly loss: number;
    /** Misalignment. */
    readonly gap: number;
  };
}

/** A state of the equations, taken apart. The noise is in units of the start. */
interface State {
  x1: number;
  x2: number;
  e: number;
  beta1: Float64Array;
  beta2: Float64Array;
  p: Float64Array;
  q: Float64Array;
}

/** Places of the state: `log x₁`, `log x₂`, `log e`, `Φ`, then the noise of the indices that `E` sees. */
const NOISE = 4;

/** Relative tolerance, and size of noise below which nothing is resolved. */
const RTOL = 1e-10, ATOL = 1e-22;

/** Number of decays up to the end above which an explicit method would be the slower one. */
const STIFF = 5000;

/** The equations for one start. */
class NoiseEquations {
  readonly unit: number;
  readonly y0: Float64Array;
  readonly #start: NoiseStart;
  readonly #rho: number;
  /** Positions of indices that `E` sees, and of hidden ones that neither layer does. */
  readonly #seen: readonly number[];
  readonly #unseen: readonly number[];

  constructor(start: NoiseStart, rho: number) {
    const { indices, beta1, beta2, p, q, x1, x2, mode } = start;
    this.#start = start;
    this.#rho = rho;
    const positions = Array.from(indices.keys());
    this.#seen = positions.filter((i) => indices[i].left >= 0 || indices[i].right >= 0);
    this.#unseen = positions.filter((i) => indices[i].left < 0 && indices[i].right < 0);
    this.unit = Math.sqrt(x1 + x2); // of the order of α
    const noise = [beta1, beta2, p, q].flatMap((x) => this.#seen.map((i) => x[i] / this.unit));
    const s2 = mode.s2[mode.index], s1 = mode.s1[mode.index];
    const e = mode.sigma - s2 * x1 - s1 * x2 - x1 * x2;
    this.y0 = Float64Array.of(Math.log(x1), Math.log(x2), Math.log(e), 0, ...noise);
  }

  /** Time derivatives; all of `y` beyond the first four places is linear. */
  readonly rhs = (_t: number, y: Float64Array, dy: Float64Array): void => {
    const { mode, indices } = this.#start, rho = this.#rho, seen = this.#seen;
    const x1 = Math.exp(y[0]), x2 = Math.exp(y[1]), e = Math.exp(y[2]);
    const at2 = mode.s2[mode.index] + x2, at1 = mode.s1[mode.index] + x1;
    const root1 = Math.sqrt(x1), root2 = Math.sqrt(x2), mixing = root1 * root2 * e;
    dy[0] = 2 * at2 * e;
    dy[1] = 2 * rho * at1 * e;
    dy[2] = -2 * (x1 * at2 ** 2 + rho * x2 * at1 ** 2);
    dy[3] = mixing;
    const size = seen.length, beta1 = NOISE, beta2 = beta1 + size, p = beta2 + size, q = p + size;
    for (let k = 0; k < size; k++) {
      const { s2, s1 } = indices[seen[k]];
      const epsilon = -(s2 * root1 * y[beta1 + k] + at1 * root2 * y[beta2 + k]);
      const eta = -(at2 * root1 * y[p + k] + s1 * root2 * y[q + k]);
      dy[beta1 + k] = mixing * y[q + k] + s2 * root1 * epsilon;
      dy[beta2 + k] = rho * at1 * root2 * epsilon;
      dy[p + k] = at2 * root1 * eta;
      dy[q + k] = rho * (mixing * y[beta1 + k] + s1 * root2 * eta);
    }
  };

  /** The state by names, for all indices. */
  taken(y: Float64Array): State {
    const size = this.#seen.length, unit = this.unit, { indices, beta1, q } = this.#start;
    const part = (number: number) => {
      const all = new Float64Array(indices.length);
      this.#seen.forEach((i, k) => all[i] = unit * y[NOISE + number * size + k]);
      return all;
    };
    const state = {
      ...{ x1: Math.exp(y[0]), x2: Math.exp(y[1]), e: Math.exp(y[2]) },
      ...{ beta1: part(0), beta2: part(1), p: part(2), q: part(3) },
    };
    // Where s₁ = s₂ = 0 only the mixing is left: β̇₁ = φq, q̇ = ρφβ₁ with Φ = ∫φ dt.
    const root = Math.sqrt(this.#rho), c = Math.cosh(root * y[3]), s = Math.sinh(root * y[3]);
    for (const i of this.#unseen) {
      state.beta1[i] = c * beta1[i] + s * q[i] / root;
      state.q[i] = c * q[i] + root * s * beta1[i];
    }
    return state;
  }

  /** Parts of the loss and the misalignment at a state. */
  read({ x1, x2, e, beta1, beta2, p, q }: State) {
    const { mode, indices, frozen } = this.#start, size = indices.length;
    const at2 = mode.s2[mode.index] + x2, at1 = mode.s1[mode.index] + x1;
    const root1 = Math.sqrt(x1), root2 = Math.sqrt(x2);
    let mixed = 0, rest = 0, noise = 0;
    indices.forEach(({ s2, s1, left, right }, i) => {
      noise += beta1[i] ** 2 + p[i] ** 2;
      if (left >= 0) mixed += (s2 * root1 * beta1[i] + at1 * root2 * beta2[i]) ** 2;
      if (right >= 0) mixed += (at2 * root1 * p[i] + s1 * root2 * q[i]) ** 2;
      if (left < 0) return;
      indices.forEach(({ s1, right }, j) => {
        if (right < 0) return;
        const second = beta2[i] * (q[j] * s1 + root1 * root2 * p[j]);
        rest += (frozen.data[i * size + j] + s2 * beta1[i] * p[j] + second) ** 2;
      });
    });
    const tan2 = noise / (2 * x1), root = Math.sqrt(1 + tan2); // of the angle to γ₁
    return {
      ...{ signal: 0.5 * e * e, mixed: 0.5 * mixed, rest: 0.5 * rest },
      gap: tan2 / (root * (1 + root)),
    };
  }
}

/**
 * The course of the loss, by parts, from a small start, and what is left of it for all times.
 *
 * Law: with `φ = √(x₁x₂) e`, `ŝ_i = s_i + x_i`, and for every direction `i` but the target's
 * `β̇₁ = φq + s₂ᵢ√x₁ ε`, `β̇₂ = ρŝ₁√x₂ ε`, `ṗ = ŝ₂√x₁ η`, `q̇ = ρ(φβ₁ + s₁ᵢ√x₂ η)`,
 * `ε = −(s₂ᵢ√x₁β₁ + ŝ₁√x₂β₂)`, `η = −(ŝ₂√x₁p + s₁ᵢ√x₂q)`; then
 * `E_⊥⊥ = −R − diag(s₂)β₁pᵀ − β₂(qᵀdiag(s₁) + √(x₁x₂) pᵀ)` and
 * `L = ½e² + ½‖ε‖² + ½‖η‖² + ½‖E_⊥⊥‖²`, `tan²(γ₁, U^S) = (‖β₁‖² + ‖p‖²)/(2x₁)`.
 * In the end `E_⊥⊥ = −R + σβ₂pᵀ/√(x₁x₂)`.
 * Assumes: Assumptions 2.1 and 2.2, a rank-one target, `δ_w < 1`; first order in what is not signal. The
 * misalignment before the escape also needs `λt ≫ 1`.
 * Errors: relative `O(α^{2ρδ_w})` for one-sided starts, `O(α²)` for all-random ones, as observed; no
 * bound is proven.
 * Scale: gradient-flow time. Shapes: any bases of the problem, ranks of the adapters may differ.
 * Source: ours (T12).
 *
 * @param times Increasing, from 0 on.
 * @throws {RangeError} If an assumption fails (each is named; with `δ_w ≥ 1` exchange the layers), an
 * adapter holds nothing along the target, or times are not increasing.
 * @throws {TypeError} If shapes do not chain or an option is unknown.
 *
 * @example The paper's start leaves an error behind, unlike in plain factorisation.
 * ```ts
 * import { noiseCourse, problemQ, startAdapters } from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const problem = problemQ({ delta: 0.6 }), draws = portable(840);
 * const start = startAdapters(problem, { start: "zeroB", r: 3, alpha: 1e-4, draws });
 * const t = 1.3 * Math.log(1e4) / 0.91 + 60, { rest } = noiseCourse(problem, start, [t]);
 * assertAlmostEquals(rest[0] / 1.0283067448590778e-20, 1, 1e-8);
 * ```
 */
export function noiseCourse(
  problem: Problem,
  start: Adapters,
  times: readonly number[],
  options: NoiseOptions = {},
): NoiseCourse {
  const what = "follow the noise equations";
  checkKeys(what, options, ["rho"]);
  const { rho = 1 } = options;
  checkPositive(what, "rho", rho);
  checkSorted(what, "times", times);
  if (times.length > 0) checkNonNegative(what, "times[0]", times[0]);
  const from = noiseStart(what, problem, start), { mode, x1, x2 } = from;
  const s2 = mode.s2[mode.index], s1 = mode.s1[mode.index], { sigma, lambda } = mode;
  const split = finalSplit({ s2, s1, sigma, x1, x2, rho });
  const { mu, rows, columns, muPerp } = localRates(problem, split.x1, split.x2, { rho });
  // Adapter 2 only helps, so that the escape of adapter 1 alone is the later one.
  const escaped = Math.log(1 + sigma / (s2 * x1)) / (2 * lambda), settled = escaped + 60 / muPerp;
  const equations = new NoiseEquations(from, rho), end = Math.max(settled, ...times.slice(-1));
  const method = Math.max(mu, ...rows, ...columns) * end > STIFF ? "radau5" : "dop853";
  const atol = new Float64Array(equations.y0.length).fill(ATOL).fill(RTOL, 0, 3);
  const solution = solveOde(equations.rhs, 0, end * (1 + 1e-12), equations.y0, {
    ...{ method: "dop853", rtol: RTOL, atol, land: true },
    times: end > (times.at(-1) ?? 0) ? [...times, end] : times,
    events: [{ name: "half", direction: -1, g: (_t, y) => y[2] - Math.log(sigma / 2) }],
  });
  if (solution.status !== "done") {
    throw new Error(`Cannot ${what} to t = ${end}: ${solution.status} at t = ${solution.t}`);
  }
  const half = solution.events[0].t, all = solution.states.map((y) => equations.taken(y));
  const read = all.map((state) => equations.read(state)), last = read[read.length - 1];
  const wanted = read.slice(0, times.length), states = all.slice(0, times.length);
  const stage2 = Math.max(equations.read(equations.taken(solution.events[0].y)).mixed, last.rest);
  return {
    times,
    losses: wanted.map(({ signal, mixed, rest }) => signal + mixed + rest),
    signal: wanted.map(({ signal }) => signal),
    mixed: wanted.map(({ mixed }) => mixed),
    rest: wanted.map(({ rest }) => rest),
    gaps: wanted.map(({ gap }) => gap),
    x1: states.map((state) => state.x1),
    x2: states.map((state) => state.x2),
    half,
    horizon: last.rest > 0
      ? horizonFor({ halfTime: half, muPerp, stage2, final: last.rest })
      : settled,
    final: { loss: last.rest, gap: last.gap },
  };
}
