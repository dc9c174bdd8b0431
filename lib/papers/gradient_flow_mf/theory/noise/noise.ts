/**
 * The noise equations: the whole course of the loss from a small start, and what is left in the end.
 *
 * @module
 */
import {
  checkBoolean,
  checkKeys,
  checkNonNegative,
  checkPositive,
  checkSorted,
} from "../../../../check.ts";
import { solveOde } from "../../../../ode/mod.ts";
import type { Adapters, Problem } from "../../model.ts";
import { finalSplit } from "./competition.ts";
import { NoiseEquations, type NoiseState } from "./_noise_equations.ts";
import { noiseStart } from "./noise_start.ts";
import { horizonFor, localRates } from "./rates.ts";

export type { NoiseState } from "./_noise_equations.ts";

/** Options of {@linkcode noiseCourse}. */
export interface NoiseOptions {
  /** Learning rate `ρ` of adapter 2 over that of adapter 1; 1 in the paper. */
  readonly rho?: number;
  /** Whether the driving term `√(x₁x₂) e` is there, by which each adapter mixes its noise into the other. */
  readonly mixing?: boolean;
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
  /** Its part `(δ′/x₁)²/32`, which the conserved imbalance of adapter 1 keeps. */
  readonly keptGaps: readonly number[];
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
    /** Signal and noise. */
    readonly state: NoiseState;
  };
}

/** Relative tolerance, and size of noise below which nothing is resolved. */
const RTOL = 1e-10, ATOL = 1e-22;

/** Number of decays up to the end above which an explicit method would be the slower one. */
const STIFF = 20000;

/**
 * The course of the loss, by parts, from a small start, and what is left of it for all times.
 *
 * Law: with `φ = √(x₁x₂) e`, `ŝ_i = s_i + x_i`, and for every direction `i` but the target's
 * `β̇₁ = φq + s₂ᵢ√x₁ ε`, `β̇₂ = ρŝ₁√x₂ ε`, `ṗ = ŝ₂√x₁ η`, `q̇ = ρ(φβ₁ + s₁ᵢ√x₂ η)`,
 * `ε = −(s₂ᵢ√x₁β₁ + ŝ₁√x₂β₂)`, `η = −(ŝ₂√x₁p + s₁ᵢ√x₂q)`; then
 * `E_⊥⊥ = −R − diag(s₂)β₁pᵀ − β₂(qᵀdiag(s₁) + √(x₁x₂) pᵀ)` and
 * `L = ½e² + ½‖ε‖² + ½‖η‖² + ½‖E_⊥⊥‖²`, `tan²(γ₁, U^S) = (‖β₁‖² + ‖p‖²)/(2x₁) + (δ′/(4x₁))²`, where
 * `δ′ = ‖b₁‖² − ‖a₁‖² = ζ₁ᵀD₁ζ₁ + ‖p‖² − ‖β₁‖²` by the conserved imbalance.
 * In the end `E_⊥⊥ = −R + σβ₂pᵀ/√(x₁x₂)`.
 * Assumes: Assumptions 2.1 and 2.2, a rank-one target, `δ_w < 1`; first order in what is not signal. The
 * misalignment before the escape also needs `λt ≫ 1`, and then contains both decaying terms of `alignmentLaw`.
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
  checkKeys(what, options, ["rho", "mixing"]);
  const { rho = 1, mixing = true } = options;
  checkPositive(what, "rho", rho);
  checkBoolean(what, "mixing", mixing);
  checkSorted(what, "times", times);
  if (times.length > 0) checkNonNegative(what, "times[0]", times[0]);
  const from = noiseStart(what, problem, start), { mode, x1, x2 } = from;
  const s2 = mode.s2[mode.index], s1 = mode.s1[mode.index], { sigma, lambda } = mode;
  const split = finalSplit({ s2, s1, sigma, x1, x2, rho });
  const { mu, rows, columns, muPerp } = localRates(problem, split.x1, split.x2, { rho });
  // Adapter 2 only helps, so that the escape of adapter 1 alone is the later one.
  const escaped = Math.log(1 + sigma / (s2 * x1)) / (2 * lambda), settled = escaped + 40 / muPerp;
  const equations = new NoiseEquations(from, rho, mixing), last = times.at(-1) ?? 0;
  const end = Math.max(settled, 2 * last);
  const method = Math.max(mu, ...rows, ...columns) * end > STIFF ? "radau5" : "dop853";
  const atol = new Float64Array(equations.y0.length).fill(ATOL).fill(RTOL, 0, 3);
  const solution = solveOde(equations.rhs, 0, end, equations.y0, {
    ...{ method, rtol: RTOL, atol, land: true },
    times: [...times, end],
    events: [{ name: "half", direction: -1, g: (_t, y) => y[2] - Math.log(sigma / 2) }],
  });
  if (solution.status !== "done") {
    throw new Error(`Cannot ${what} to t = ${end}: ${solution.status} at t = ${solution.t}`);
  }
  const half = solution.events[0].t, all = solution.states.map((y) => equations.taken(y));
  const read = all.map((state) => equations.read(state)), final = read[read.length - 1];
  const wanted = read.slice(0, times.length), states = all.slice(0, times.length);
  const stage2 = Math.max(equations.read(equations.taken(solution.events[0].y)).mixed, final.rest);
  return {
    times,
    losses: wanted.map(({ signal, mixed, rest }) => signal + mixed + rest),
    signal: wanted.map(({ signal }) => signal),
    mixed: wanted.map(({ mixed }) => mixed),
    rest: wanted.map(({ rest }) => rest),
    gaps: wanted.map(({ gap }) => gap),
    keptGaps: wanted.map(({ keptGap }) => keptGap),
    x1: states.map((state) => state.x1),
    x2: states.map((state) => state.x2),
    half,
    horizon: final.rest > 0
      ? horizonFor({ halfTime: half, muPerp, stage2, final: final.rest })
      : settled,
    final: { loss: final.rest, gap: final.gap, state: all[all.length - 1] },
  };
}
