/**
 * Claims about the linear phase of alignment: C2–C5.
 *
 * Expected numbers come from an independent implementation.
 *
 * @module
 */
import { type Claim, comparison, where } from "../../../../experiment/mod.ts";
import { alignmentCourses } from "../../experiments/alignment/courses.ts";
import { type PhaseRun, phaseRun } from "../../experiments/alignment/linear_phase.ts";
import { toyProblem, toyStart } from "../../problems/instances.ts";
import { linearPhase } from "../../theory/linear.ts";

const paper = "lora-one";

const phases = new Map<number, PhaseRun>();

function phaseOf(variance: number): PhaseRun {
  const known = phases.get(variance) ?? phaseRun(variance);
  phases.set(variance, known);
  return known;
}

function c2(): Claim {
  const reference: [number, number, number][] = [
    [1e-4, 39.8162924037, 8.32531452944e-4],
    [1e-6, 127.125900348, 3.72479969871e-4],
    [1e-12, 389.054724182, 2.04653199388e-4],
  ];
  return {
    id: "C2",
    paper,
    source: { whose: "ours", where: "on Theorem 3.2" },
    statement: "The linear closed form holds until t_nl: largest remainder ‖Z − Z_lin‖/‖A₀‖, " +
      "guaranteed to be at most 1",
    falsifier:
      "A time t_nl or a largest remainder that differs from the reference's by more than 1e-8 " +
      "and 1e-3 of it, or a remainder above 1",
    evidence: {
      seeds: 1,
      sizes:
        "F1's golden instance: d = k = 100, N = 1600, r = 8, r* = 4; α² = 1e-4, 1e-6, 1e-12, " +
        "all steps to t_nl",
      draws: "instance",
    },
    check: () => {
      const { put, result } = comparison();
      for (const [variance, end, most] of reference) {
        const run = phaseOf(variance);
        put(`t_nl, α² = ${variance}`, run.end, end, 1e-8 * end);
        put(`remainder, α² = ${variance}`, Math.max(...run.remainders), most, 1e-3 * most);
      }
      return result("1e-8 in time, 1e-3 in the remainder; all below 1");
    },
  };
}

function c3(): Claim {
  return {
    id: "C3",
    paper,
    source: { whose: "ours", where: "on Theorem 3.2" },
    statement: "The bound on sin θ is never violated for t ≤ t_nl, and says something when α is " +
      "small enough",
    falsifier: "A step t ≤ t_nl at which sin θ exceeds its bound by more than 1e-12",
    evidence: {
      seeds: 1,
      sizes: "F1's golden instance: d = k = 100, N = 1600, r = 8, r* = 4; α² = 1e-2, 1e-4, 1e-6, " +
        "1e-12, 1e-16",
      draws: "instance",
    },
    check: () => {
      const { put, result } = comparison();
      const runs = [1e-2, 1e-4, 1e-6, 1e-12, 1e-16].map((variance) =>
        [variance, phaseOf(variance)] as const
      );
      for (const [variance, { sines, bounds }] of runs) {
        const violation = Math.max(0, ...sines.map((sine, t) => sine - bounds[t]));
        put(`violation, α² = ${variance}`, violation, 0, 1e-12);
      }
      const last = (variance: number) => {
        const { sines, bounds } = phaseOf(variance);
        return { sine: sines[sines.length - 1], bound: bounds[bounds.length - 1] };
      };
      put("bound, α² = 1e-12", last(1e-12).bound, 0.0923831810439, 1e-8);
      put("sine, α² = 1e-12", last(1e-12).sine, 0.0274142633474, 1e-8);
      put("bound, α² = 1e-16", last(1e-16).bound, 0.00638306950078, 1e-9);
      put("sine, α² = 1e-16", last(1e-16).sine, 0.00191122827758, 1e-8);
      return result("no violation beyond 1e-12; digits of the reference");
    },
  };
}

function goldenPhase() {
  return linearPhase(toyProblem(), toyStart(1e-3).a, 1 / 64);
}

function c4(): Claim {
  return {
    id: "C4",
    paper,
    source: { whose: "ours" },
    statement: "The linear phase does not depend on α: sin θ at step 200, α² = 1e-6, against the " +
      "linear prediction",
    falsifier:
      "A linear prediction of sin θ at step 200 that depends on α, or a simulated one other " +
      "than 0.467333415371 by more than 1e-9",
    evidence: {
      seeds: 1,
      sizes: "F1's golden instance: d = k = 100, N = 1600, r = 8, r* = 4; α² = 1e-6",
      draws: "instance",
    },
    check: async () => {
      const rows = where((await alignmentCourses()).rows.runs, "variance", 1e-6);
      const { put, result } = comparison();
      put("simulated", where(rows, "at", 200)[0].sine!, 0.467333415371, 1e-9);
      put("linear", goldenPhase().sine(200), 0.4672765235, 1e-9);
      const other = linearPhase(toyProblem(), toyStart(1).a, 1 / 64).sine(200);
      put("linear at α = 1", other, 0.4672765235, 1e-9);
      return result("digits of the reference");
    },
  };
}

function c5(): Claim {
  return {
    id: "C5",
    paper,
    source: { whose: "ours" },
    statement: "Leading order of tan θ at step 300 of F1 against the linear phase",
    falsifier:
      "A leading-order tan θ at step 300 that is more than 0.1 % away from the linear phase's",
    evidence: {
      seeds: 1,
      sizes: "F1's golden instance: d = k = 100, N = 1600, r = 8, r* = 4",
      draws: "instance",
    },
    check: () => {
      const phase = goldenPhase(), sine = phase.sine(300), { put, result } = comparison();
      put("leading tan", phase.leadingTangent(300), 0.108656478086, 1e-9);
      put("linear sin", sine, 0.108079375551, 1e-9);
      put(
        "ratio of tangents",
        phase.leadingTangent(300) * Math.sqrt(1 - sine ** 2) / sine,
        1,
        1e-3,
      );
      return result("digits of the reference; tangents within 0.1 %");
    },
  };
}

/** The claims of this file. */
export const linearPhaseClaims: readonly Claim[] = [c2(), c3(), c4(), c5()];
