import { checkInteger } from "../check.ts";
import type { Draws } from "./draws.ts";
import type { GradientLaw } from "./law/law.ts";
import type { CheckedModel } from "./model.ts";
import { checkRotation } from "./problem/inputs.ts";
import { type Moves, movesOf } from "./move.ts";
import { ChainState, checkOnSphere, type SingleIndexStart } from "./state.ts";
import { diverged, RUNNING } from "./status.ts";

/**
 * Independent copies of a rank-one adapter in lockstep: a law draws the gradients of their batches,
 * the model's rule moves them. `SingleIndexChain` and `LinearChain` are this with their laws; a
 * reader's own law goes in the same place.
 *
 * Scale: time is counted in steps.
 *
 * @example The mean gradient of the linear model, with none of its noise.
 * ```ts
 * import { type GradientLaw, RankOneChain, SingleIndexChain } from "lora-dynamics/chain/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [weight, batch, square] = [1, 1, 0].map((x) => Float64Array.of(x));
 * const [u, m, along] = [0, 0, 0].map((x) => Float64Array.of(x));
 * const mean: GradientLaw = {
 *   block: 1,
 *   sums: { weight, batch, square, u, frame: [m], along },
 *   draw({ u: [factor], a: [overlap], h: [rest] }) {
 *     m[0] = 0.5 + factor * overlap - 1;
 *     along[0] = factor * rest;
 *     u[0] = overlap * m[0] + rest * along[0];
 *   },
 * };
 * const x = activation("x"), rng = stream("7", "example"), start = { u: 0.1, a: [0.1] };
 * const { model } = new SingleIndexChain({ student: x, d: 9, frozen: [0.5], batch: 1, step: 0.1 }, 1, rng);
 * const flow = new RankOneChain("follow the mean", model, 1, rng, start, () => mean);
 * flow.run(1000);
 * assertAlmostEquals(flow.m(0), 1, 1e-9);
 * ```
 */
export class RankOneChain {
  /** Current state of all copies. */
  readonly state: ChainState;
  /** Steps made so far. */
  steps = 0;

  /** What draws the gradients. */
  protected readonly law: GradientLaw;

  readonly #what: string;
  readonly #moves: Moves;
  #status = RUNNING;

  /** Copies of a checked model; `law` makes what draws their gradients. */
  constructor(
    what: string,
    readonly model: CheckedModel,
    copies: number,
    rng: Draws,
    start: SingleIndexStart,
    law: () => GradientLaw,
  ) {
    const { p, d, sphere, rule, inputs } = model;
    checkRotation(what, inputs);
    this.#what = what;
    this.state = new ChainState(copies, p, d, start, rng, rule.memory);
    if (sphere) checkOnSphere(what, start);
    this.law = law();
    this.#moves = movesOf(what, model, this.state, rng);
  }

  /** Number of copies. */
  get copies(): number {
    return this.state.copies;
  }

  /** Overlap `m = ω·ω⋆` of copy `c`, with its sign; NaN when the copy has diverged. */
  m(c: number): number {
    return this.state.m(c);
  }

  /**
   * `"running"`, or when and how many copies have diverged first. A copy that is no longer finite is
   * NaN from that step on; the others run on.
   */
  get status(): string {
    return this.#status;
  }

  /** Makes `steps` steps of all copies. */
  run(steps: number): void {
    checkInteger(this.#what, "steps", steps, 0);
    for (let k = 0; k < steps; k++) this.step();
  }

  /** One step of all copies. */
  step(): void {
    const { state, law } = this, moves = this.#moves;
    moves.begin(this.steps);
    let finite = true;
    for (let first = 0; first < state.copies; first += law.block) {
      const count = Math.min(law.block, state.copies - first);
      law.draw(state, first, count);
      finite = moves.move(first, count, law.sums) && finite;
    }
    this.steps++;
    if (finite) return;
    const lost = state.lose();
    if (lost > 0 && this.#status === RUNNING) {
      this.#status = diverged(this.steps, `${lost} of ${state.copies} copies`);
    }
  }
}
