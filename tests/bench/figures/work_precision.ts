/**
 * Work against precision: every solver, ours and SciPy's, on six problems at several tolerances.
 *
 * @module
 */
import { type Figure, overlayFigure, type Point } from "lora-dynamics/figure/mod.ts";
import { type OdeMethod, type OdeOptions, type Rhs, solveOde } from "lora-dynamics/ode/mod.ts";
import golden from "../../golden/ode.json" with { type: "json" };
import goldenStiff from "../../golden/ode_stiff.json" with { type: "json" };
import { problems } from "../../ode/problems.ts";
import { stiff } from "../../ode/stiff_problems.ts";
import { calibrate, least } from "../compare.ts";
import { ownSide, type PeerProcess, type Side } from "../side.ts";

/** A problem, its name in the golden files, and its absolute tolerance as a share of the relative one. */
interface Problem {
  readonly name: string;
  readonly title: string;
  readonly f: Rhs;
  readonly atol: number;
  readonly methods: readonly Method[];
}

/** A method: its name in the legend, ours and SciPy's of that kind. */
interface Method {
  readonly series: string;
  readonly ours?: OdeMethod;
  readonly scipy?: string;
}

const EXPLICIT: readonly Method[] = [
  { series: "Dormand–Prince 5(4)", ours: "dopri5", scipy: "RK45" },
  { series: "Dormand–Prince 8(5,3)", ours: "dop853", scipy: "DOP853" },
];
const IMPLICIT: readonly Method[] = [
  { series: "Radau IIA, order 5", ours: "radau5", scipy: "Radau" },
  { series: "LSODA", scipy: "LSODA" },
  { series: "BDF", scipy: "BDF" },
];
const MIDPOINT: Method = { series: "implicit midpoint", ours: "midpoint" };

const smooth = (name: string, title: string): Problem => ({
  ...{ name, title, f: problems[name], atol: 1 },
  methods: [...EXPLICIT, ...IMPLICIT, MIDPOINT],
});
const hard = (name: string, title: string, atol: number): Problem => ({
  ...{ name, title, f: stiff[name].f, atol, methods: IMPLICIT },
});

/** The two groups of problems. */
export const GROUPS: readonly { readonly file: string; readonly problems: readonly Problem[] }[] = [
  {
    file: "speed-precision.svg",
    problems: [
      smooth("Hull D3", "orbit, /{e} = 0.5"),
      smooth("Lotka-Volterra", "Lotka–Volterra"),
      smooth("Hull B5", "rigid body"),
    ],
  },
  {
    file: "speed-precision-stiff.svg",
    problems: [
      hard("Robertson", "Robertson", 1e-10),
      hard("van der Pol mu=1000", "van der Pol", 1e-2),
      hard("HIRES", "HIRES", 1e-4),
    ],
  },
];

/** Relative tolerances, and steps of the implicit midpoint rule over the whole interval. */
const TOLERANCES = [1e-3, 1e-5, 1e-7, 1e-9, 1e-11];
const STEPS = [1e2, 1e3, 1e4, 1e5];

/** CPU seconds of a solve after which no finer tolerance is tried. */
const PATIENCE = 0.5;

/** Errors that are none of a method: beyond them a solve has lost its way, or counts rounding. */
const LARGEST = 1, LEAST = 1e-14;

const given = [...golden.problems, ...goldenStiff.problems];

/** Largest error relative to each component, absolute where that is 0. */
function errorOf(y: ArrayLike<number>, reference: readonly number[]): number {
  return reference.reduce(
    (most, x, i) => Math.max(most, Math.abs(y[i] - x) / (Math.abs(x) || 1)),
    0,
  );
}

/** Ours on a problem; the number is the error. */
function solver({ name, f }: Problem, options: OdeOptions): Side {
  const { t1, y0, reference } = given.find(({ problem }) => problem === name)!;
  return ownSide((n) => {
    let error = NaN;
    for (let k = 0; k < n; k++) {
      const { status, y } = solveOde(f, 0, t1, y0, options);
      error = status === "done" ? errorOf(y, reference) : NaN;
    }
    return error;
  });
}

/** Points of a method from coarse to fine, as long as a solve takes no longer than patience has. */
async function course(series: string, sides: readonly Side[]): Promise<Point[]> {
  const points: Point[] = [];
  await calibrate(sides[0], 0.5); // compilers are done before the first is timed
  for (const side of sides) {
    const { seconds, value } = await least(side, { rounds: 3, seconds: 0.02 });
    if (value < LARGEST && value > LEAST) points.push({ series, x: value, y: seconds });
    if (seconds > PATIENCE) break;
  }
  return points;
}

function oursOf(problem: Problem, method: OdeMethod): Side[] {
  const { t1 } = given.find(({ problem: name }) => name === problem.name)!;
  return method === "midpoint"
    ? STEPS.map((steps) => solver(problem, { method, step: t1 / steps }))
    : TOLERANCES.map((rtol) => solver(problem, { method, rtol, atol: problem.atol * rtol }));
}

/** The figure of a group: lines are ours, symbols SciPy's, a colour is a method. */
export async function workPrecision(
  group: readonly Problem[],
  scipy: PeerProcess,
): Promise<Figure> {
  const panels = [];
  for (const problem of group) {
    const lines: Point[] = [], means: Point[] = [];
    for (const { series, ours, scipy: theirs } of problem.methods) {
      if (ours) lines.push(...await course(series, oursOf(problem, ours)));
      if (!theirs) continue;
      const sides = TOLERANCES.map((rtol): Side => (n) => {
        const load = ["solve", problem.name, theirs, rtol, problem.atol * rtol].join("|");
        return scipy.measure(load, n);
      });
      means.push(...await course(series, sides));
    }
    panels.push({
      title: problem.title,
      x: { label: "relative error at the end", type: "log" as const },
      y: { label: "CPU time (s)", type: "log" as const },
      ...{ lines, means },
    });
  }
  const names = group.map(({ title }) => title.replace("/{e}", "e")).join("; ");
  return overlayFigure(panels, {
    caption:
      `Work against precision (${names}): CPU time of one solve against the largest relative ` +
      `error of a component at the end, at relative tolerances from 10⁻³ to 10⁻¹¹ (no finer one ` +
      `after a solve of ${PATIENCE} s). Lines: ours. Symbols: SciPy's solve_ivp with the right-hand ` +
      `side in Python. A colour is a method; LSODA and BDF are SciPy's alone` +
      (group.some(({ methods }) => methods.includes(MIDPOINT))
        ? `, the implicit midpoint rule, at 10² to 10⁵ equal steps, is ours alone.`
        : `.`),
  });
}
