/**
 * What all descents have in common: a state, a step, a status.
 *
 * @module
 */
import { checkInteger } from "../../../../check.ts";

/** Loss beyond which a run is given up. */
export const DIVERGED = 1e8;

/** Steps between two looks at the loss of a run that is watched. */
const WATCH = 10;

/**
 * A run, one full-batch step at a time. `LoraDescent`, `EigenDescent`, `MiddleDescent`, `DoraDescent` and
 * `ReducedDescent` are of this form.
 */
export abstract class Descent {
  /** Steps done. */
  steps = 0;
  /** `"running"`, or why no further step is made, and the remedy. */
  status = "running";

  /** One step; returns whether the run goes on. */
  abstract step(): boolean;

  /** `½‖M − Δ‖²_F` of what has been learnt, `M`. */
  abstract risk(): number;

  /** Training loss, without the part that no weight removes. */
  abstract loss(): number;

  /** Says in `status` that the loss has left all bounds; a descent that knows more says more. */
  protected diverge(): false {
    this.status = `diverged at step ${this.steps}: lower rate`;
    return false;
  }

  /** Ends the run as diverged if its risk has left all bounds; returns whether it has. */
  hasDiverged(): boolean {
    if (this.status === "running" && !(this.risk() < DIVERGED)) this.diverge();
    return this.status.startsWith("diverged");
  }

  /** Loss beyond which the run counts as diverged. */
  protected readonly most: number = DIVERGED;

  /**
   * Steps until `steps` are done, the run stops, or `visit` returns true.
   *
   * @param steps Number of steps to have done, in all.
   * @param visit Called with each number of steps done, first the present one.
   * @throws {RangeError} If `steps` is no whole number ≥ 0.
   */
  advance(steps: number, visit?: (step: number) => boolean | void): this {
    checkInteger("descend", "steps", steps, 0);
    while (true) {
      if (visit?.(this.steps) || this.steps >= steps || !this.step()) return this;
      if (visit && this.steps % WATCH === 0 && !(this.loss() <= this.most)) this.diverge();
    }
  }
}
