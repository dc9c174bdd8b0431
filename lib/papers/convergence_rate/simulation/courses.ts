/**
 * Courses of single runs at logarithmically spaced steps.
 *
 * @module
 */
import type { Row } from "../../../experiment/table/row.ts";
import type { Problem } from "../problems.ts";
import { descend, type DescentOptions, type Moment } from "./descend.ts";
import { Descent } from "./descent.ts";
import { logSteps } from "./log_steps.ts";

/** A run at a step. */
export interface CoursePoint extends Row {
  /** Steps done. */
  t: number;
  /** Learning rate of the step that follows. */
  eta: number;
  /** `‖∇J‖²`. */
  gradient2: number;
  /** `min_{s<t} ‖∇J_s‖²`, over the points at which steps were taken; infinite at `t = 0`. */
  minGradient2: number;
  /** `S_t`. */
  time: number;
  /** Loss. */
  loss: number;
  /** `‖V‖²`. */
  v2: number;
}

/** A run and how it ended. */
export interface Course {
  /** See `DescentResult`. */
  readonly status: string;
  /** The adapter where it ended. */
  readonly end: Descent;
  /** The points. */
  readonly points: CoursePoint[];
}

/** What a course does beside plain steps, and how many points it has. */
export interface CourseOptions extends Omit<DescentOptions, "visit"> {
  /** Points a decade, 8 by default. */
  readonly density?: number;
  /** The run ends where `‖∇J‖²` falls below; 0 by default. */
  readonly floor?: number;
}

/**
 * A run at logarithmically spaced steps.
 *
 * @param problem Loss and start.
 * @param options Rule, steps, and all that {@linkcode descend} takes.
 */
export function course({ loss, start }: Problem, options: CourseOptions): Course {
  const { density = 8, floor = 0, ...rest } = options;
  const end = new Descent(loss, start), points: CoursePoint[] = [];
  const wanted = new Set(logSteps(options.steps, density));
  let before = Infinity;
  const visit = ({ t, eta, time, minGradient2 }: Moment) => {
    const last = end.gradient2 < floor;
    if (wanted.has(t) || last) {
      const { gradient2, loss, v2 } = end;
      points.push({ t, eta, gradient2, minGradient2: before, time, loss, v2 });
    }
    before = minGradient2;
    return last;
  };
  const { status } = descend(end, { ...rest, visit });
  return { status, end, points };
}
