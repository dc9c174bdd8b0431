/**
 * The flow beside the runs of an experiment: from the same start, at the same steps, where it is their limit.
 *
 * @module
 */
import { type SingleIndexStart, stepSizes } from "../../../chain/mod.ts";
import { type Frozen, frozenOf } from "../frozen.ts";
import { adapterStart, type StartPlace } from "../starts.ts";
import { LoraFlow } from "../theory/flow.ts";
import { growthRate } from "../theory/growth.ts";
import type { Physics } from "./physics.ts";

/** What a flow depends on. */
export type FlowPhysics =
  & Pick<Physics, "student" | "teacher" | "d" | "step" | "rule" | "sphere" | "rank" | "start">
  & Partial<Pick<Physics, "criterion" | "inputs">>;

/** A flow beside a run. */
export interface FlowLine {
  /** Steps. */
  readonly at: number;
  /** `|m|`. */
  readonly m: number;
  /** `u` with the sign of `u m`. */
  readonly u: number;
  /** Overlap with the second direction, with the sign that makes `m` positive. */
  readonly n: number;
  /** `s = w·ω⋆`. */
  readonly s: number;
  /** Population loss. */
  readonly loss: number;
  /** `1 − |m|`. */
  readonly gap: number;
}

/**
 * Why the summary-statistics flow is not the limit of these runs; nothing where it is. Label noise of any law
 * leaves it: a mean of 0 is all that the flow sees of it.
 */
export function whyNoFlow(
  { rule, rank, step, criterion = "square", inputs = "normal", mu = [] }:
    & Pick<FlowPhysics, "rule" | "rank" | "step">
    & Partial<Pick<FlowPhysics, "criterion" | "inputs">>
    & { readonly mu?: readonly Frozen[] },
): string | undefined {
  if (criterion !== "square") return "the flow is that of the square loss";
  if (inputs !== "normal") return "the flow is that of normal inputs";
  if (rank > 1) return "the flow is that of rank one";
  if (mu.some((w0) => frozenOf(w0).length > 2)) return "rows keep two coordinates of a start";
  const name = typeof rule === "string" ? rule : rule.name;
  if (name !== "sgd" && name !== "momentum") return `no flow is known for the rule "${name}"`;
  if (Array.isArray(step) && step.some((part) => typeof part !== "number")) {
    return "the ratio of the two steps may change";
  }
  return undefined;
}

/** Factor by which momentum `β` speeds up the slow motion: `1/(1 − β)`. */
function pace(rule: Physics["rule"]): number {
  if (typeof rule === "string") return rule === "momentum" ? 1 / (1 - 0.9) : 1;
  return rule.name === "momentum" && "beta" in rule ? 1 / (1 - (rule.beta ?? 0.9)) : 1;
}

/** Flow time after so many steps: the sum of the step sizes of `u`. */
export function flowTimes(p: FlowPhysics, at: readonly number[]): number[] {
  const eta = stepSizes(p.step);
  const factor = pace(p.rule);
  if (typeof p.step === "number") return at.map((step) => step * (p.step as number) * factor);
  const times: number[] = [];
  let made = 0, time = 0;
  for (const step of at) {
    for (; made < step; made++) time += eta(made).u;
    times.push(time * factor);
  }
  return times;
}

/** The flow of the parameters from a frozen weight, started as the runs are or at `from`. */
export function flowOf(p: FlowPhysics, w0: Frozen, from?: SingleIndexStart): LoraFlow {
  const frozen = frozenOf(w0), teacher = p.teacher ?? p.student;
  const place: StartPlace = { d: p.d, frozen, student: p.student, teacher };
  const named = adapterStart(p.start), typical = adapterStart("typical").place(place);
  const { u = p.d ** -2, a = typical.a! } = from ?? named.place(place);
  // One step size for both has the ratio 1 also where a schedule starts at 0.
  const { u: ofU, omega } = Array.isArray(p.step) ? stepSizes(p.step)(0) : { u: 1, omega: 1 };
  return new LoraFlow({
    ...{ student: p.student, teacher, frozen, u0: u, a0: [...a], sphere: p.sphere },
    ratio: omega / ofU,
  });
}

/**
 * The flow at the given steps, increasing; empty where it is not the limit of the runs. A start that draws is
 * replaced by the typical one unless `from` says where a run has started.
 */
export function flowLine(
  p: FlowPhysics,
  w0: Frozen,
  at: readonly number[],
  from?: SingleIndexStart,
): FlowLine[] {
  if (whyNoFlow(p) !== undefined) return [];
  const steps = at.filter((step) => step > 0);
  return flowOf(p, w0, from).path(flowTimes(p, steps), { rtol: 1e-8, atol: 1e-12 })
    .map(({ u, m, n, s, loss, gap }, i) => {
      const sign = m < 0 ? -1 : 1;
      return { at: steps[i], m: Math.abs(m), u: u * sign, n: n * sign, s, loss, gap };
    });
}

/** Where a run has started, as a start of its flow: the numbers of its first row. */
export function startOfRun(
  w0: Frozen,
  { u, m, n }: { readonly u: number; readonly m: number; readonly n: number },
): SingleIndexStart {
  return { u, a: [m, n].slice(0, frozenOf(w0).length) };
}

/**
 * Steps of the flow until `|m| = radius`; NaN where it does not arrive within `limit` flow time, or where the step
 * is a schedule. It starts as the runs do (typically, where they draw), or at `from`.
 */
export function flowExit(
  p: FlowPhysics,
  w0: Frozen,
  radius: number,
  { limit = 1e6, from }: { limit?: number; from?: SingleIndexStart } = {},
): number {
  if (typeof p.step !== "number" && !Array.isArray(p.step)) return NaN;
  const { student, teacher, d, step, rule, sphere, rank, start } = p;
  const key = [
    student,
    teacher,
    d,
    step,
    rule,
    sphere,
    rank,
    start,
    w0,
    radius,
    limit,
    from ?? null,
  ];
  // Of functions JSON keeps nothing that could tell them apart.
  const name = [student, teacher ?? "", rule, start].every((it) => typeof it === "string")
    ? JSON.stringify(key)
    : undefined;
  const known = name === undefined ? undefined : exits.get(name);
  if (known !== undefined) return known;
  const { u } = stepSizes(p.step)(0), flow = flowOf(p, w0, from);
  const method = isStiff(flow) ? "radau5" : "dop853";
  const time = flow.exitTime(radius, limit, { rtol: 1e-6, atol: 1e-12, method });
  const exit = time / (u * pace(p.rule));
  if (name !== undefined) exits.set(name, exit);
  return exit;
}

/** Exits that were computed: runs, their number and theory lines ask for the same. */
const exits = new Map<string, number>();

/** Ratio of decay and growth from which an implicit method has less to do. */
const STIFF = 60;

/** Whether `u` follows `m` much faster than the search grows, from the slopes of the flow at its start. */
function isStiff({ rhs, y0 }: LoraFlow): boolean {
  const dy = new Float64Array(y0.length), h = 1e-4, a = y0.subarray(1, -1);
  const slope = (u: number) => {
    rhs(0, Float64Array.of(u, ...y0.subarray(1)), dy);
    return dy[0];
  };
  const A = slope(0) / Math.hypot(...a), B = (slope(h) - slope(-h)) / (2 * h);
  return -B > STIFF * growthRate({ A, B });
}
