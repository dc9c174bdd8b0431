/**
 * The moves of rank-one copies by a rule, given the gradients in law.
 *
 * @module
 */
import type { Draws } from "./draws.ts";
import { Kept } from "./kept.ts";
import type { GradientSums } from "./law/law.ts";
import type { CheckedModel } from "./model.ts";
import { Numbers } from "./rule/numbers.ts";
import type { Pair } from "./rule/rule.ts";
import { RuleRun } from "./rule/run.ts";
import type { ChainState } from "./state.ts";

/** What moves copies by the gradients that a law has drawn; it draws what these leave open. */
export interface Moves {
  /** Gets ready for step `t`. */
  begin(t: number): void;
  /** Moves copies `first …` by the gradients of their block; returns whether all stay finite. */
  move(first: number, count: number, sums: GradientSums): boolean;
}

/** The moves that a model's rule needs: the fast ones whenever one move serves all copies. */
export function movesOf(what: string, model: CheckedModel, state: ChainState, rng: Draws): Moves {
  const run = new RuleRun(what, model.rule);
  return run.plain ? new PlainMoves(model, state, run, rng) : new KeptMoves(model, state, run, rng);
}

/**
 * Moves of a rule without memory that is the same for all copies, as loops over the copies: the
 * squared length of ω outside the frame is `(αh + γ along)² + γ² square χ²`, with `d − p − 1` degrees
 * of freedom, or without the χ² where a law has drawn it.
 */
export class PlainMoves implements Moves {
  readonly #chi2: Float64Array;
  readonly #remainder: Draws;

  constructor(
    readonly model: CheckedModel,
    readonly state: ChainState,
    readonly run: RuleRun,
    rng: Draws,
  ) {
    this.#chi2 = new Float64Array(state.copies);
    this.#remainder = rng.stream("remainder");
  }

  begin(t: number): void {
    this.run.ask(t, this.model.schedule(t));
  }

  move(first: number, count: number, sums: GradientSums): boolean {
    const { p, d, sphere } = this.model, { u, a, h, copies } = this.state;
    const chi2 = count === copies ? this.#chi2 : this.#chi2.subarray(0, count);
    if (sums.fixed) chi2.fill(1);
    else if (count > 1) this.#remainder.fillChiSquare(chi2, d - p - 1);
    else chi2[0] = this.#remainder.chiSquare(d - p - 1);
    const { table } = this.run;
    const keepU = table.u[0], moveU = table.u[1], keep = table.omega[0], move = table.omega[1];
    const { weight, frame, along, square: variance, batch, u: gu } = sums;
    const target = frame[0], second = frame[1];
    let alarm = 0;
    for (let i = 0; i < count; i++) {
      const c = first + i, w = weight[i], b = batch[i];
      // A division is the dearest operation here, and one sample per step needs none.
      const scale = b === 1 ? move * u[c] : move * u[c] / b;
      const du = moveU * (w * gu[i]);
      const remainder = keep * h[c] + scale * (w * along[i]);
      const outside = remainder * remainder + scale * scale * (w * w * variance[i]) * chi2[i];
      const m = keep * a[c * p] + scale * (w * target[i]);
      // Loops of unknown length cost more than all the rest, so two directions are written out.
      let square = outside + m * m, n = 0;
      if (p > 1) {
        n = keep * a[c * p + 1] + scale * (w * second[i]);
        square += n * n;
      }
      for (let j = 2; j < p; j++) {
        const x = keep * a[c * p + j] + scale * (w * frame[j][i]);
        a[c * p + j] = x;
        square += x * x;
      }
      u[c] = keepU * u[c] + (b === 1 ? du : du / b);
      alarm += square + u[c];
      const length = sphere ? 1 / Math.sqrt(square) : 1;
      a[c * p] = m * length;
      if (p > 1) a[c * p + 1] = n * length;
      for (let j = 2; j < p; j++) a[c * p + j] *= length;
      h[c] = Math.sqrt(outside) * length;
    }
    return alarm - alarm === 0;
  }
}

/** Moves of any rule, copy by copy, on the vectors that the rule keeps. */
export class KeptMoves implements Moves {
  readonly #remainder: Draws;
  readonly #across: Draws;
  readonly #u: Numbers;
  readonly #omega: Kept;
  #t = 0;
  #step: Pair<number> = { u: 0, omega: 0 };

  constructor(
    readonly model: CheckedModel,
    readonly state: ChainState,
    readonly run: RuleRun,
    rng: Draws,
  ) {
    const { p, sphere, rule: { memory } } = model;
    this.#u = Numbers.zero(1, memory);
    this.#omega = new Kept({ p, r: 1, memory, sphere });
    this.#remainder = rng.stream("remainder");
    this.#across = rng.stream("memory");
  }

  begin(t: number): void {
    this.#t = t;
    this.#step = this.model.schedule(t);
  }

  move(first: number, count: number, sums: GradientSums): boolean {
    const { p, d } = this.model, u = this.#u, omega = this.#omega;
    let finite = true;
    for (let i = 0; i < count; i++) {
      omega.wishart[0] = this.#remainder.chiSquare(d - p - omega.k);
      if (omega.k > 1) this.#across.fillNormal(omega.normals);
      const w = sums.weight[i];
      u.gradient[0] = w * sums.u[i];
      u.batch = omega.batch = sums.batch[i];
      omega.factor = this.state.u[first + i];
      for (let j = 0; j < p; j++) omega.sumFrame[j] = w * sums.frame[j][i];
      omega.sumAlong[0] = w * sums.along[i];
      omega.covariance[0] = w * w * sums.square[i] / (sums.fixed ? this.#drawn() : 1);
      this.#load(first + i);
      finite = this.run.step(this.#t, this.#step, { u, omega }) && finite;
      this.#store(first + i);
    }
    return finite;
  }

  /** Squared length of what was drawn in all directions, to be that of a law's; never 0. */
  #drawn(): number {
    const { wishart, normals } = this.#omega;
    let square = wishart[0];
    for (let i = 0; i < normals.length; i++) square += normals[i] * normals[i];
    return square || 1;
  }

  #load(c: number): void {
    const { p, u, a, h, memory } = this.state, { frame, root, k } = this.#omega;
    this.#u.point[0] = u[c];
    for (let j = 0; j < p; j++) frame[j] = a[c * p + j];
    for (let l = 0; l < k; l++) root[l] = l === 0 ? h[c] : 0;
    for (let i = 0; i < memory.length; i++) {
      const kept = memory[i];
      this.#u.memory[i][0] = kept.u[c];
      for (let j = 0; j < p; j++) frame[(i + 1) * p + j] = kept.a[c * p + j];
      for (let l = 0; l < k; l++) root[(i + 1) * k + l] = kept.rest[c * k + l];
    }
  }

  #store(c: number): void {
    const { p, u, a, h, memory } = this.state, { frame, root, k } = this.#omega;
    u[c] = this.#u.point[0];
    for (let j = 0; j < p; j++) a[c * p + j] = frame[j];
    h[c] = root[0];
    for (let i = 0; i < memory.length; i++) {
      const kept = memory[i];
      kept.u[c] = this.#u.memory[i][0];
      for (let j = 0; j < p; j++) kept.a[c * p + j] = frame[(i + 1) * p + j];
      for (let l = 0; l < k; l++) kept.rest[c * k + l] = root[(i + 1) * k + l];
    }
  }
}
