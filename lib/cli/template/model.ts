/**
 * The model on one screen: a rank-one adapter `b a` behind a frozen gain `s` learns the number `σ`.
 *
 *     loss      L(b, a) = ½(σ − s b a)²
 *     gradient  ∂L/∂b = −s a (σ − s b a),   ∂L/∂a = −s b (σ − s b a)
 *     one step  b ← b − η ∂L/∂b,   a ← a − η ∂L/∂a
 *
 * Slow, plain, right: what is fast elsewhere is tested equal to it.
 *
 * @module
 */
import { checkPositive } from "../../check.ts";

/** One mode of a fine-tuning problem. */
export interface Mode {
  /** Gain `s > 0` of the frozen factor. */
  readonly gain: number;
  /** What has to be learnt, `σ > 0`. */
  readonly target: number;
}

/** The adapter: it adds `s b a` to the output. */
export interface Adapter {
  /** Second factor. */
  readonly b: number;
  /** First factor. */
  readonly a: number;
}

/**
 * Throws unless gain and target are finite numbers > 0.
 *
 * @throws {RangeError} If one is not; the message names it.
 */
export function checkMode(what: string, { gain, target }: Mode): void {
  checkPositive(what, "gain", gain);
  checkPositive(what, "target", target);
}

/** The loss `½(σ − s b a)²`. */
export function loss({ gain, target }: Mode, { b, a }: Adapter): number {
  return (target - gain * b * a) ** 2 / 2;
}

/** The gradient of the loss, in the shape of the adapter. */
export function gradient({ gain, target }: Mode, { b, a }: Adapter): Adapter {
  const residual = target - gain * b * a;
  return { b: -gain * a * residual, a: -gain * b * residual };
}

/** The adapter after one step of gradient descent. */
export function step(mode: Mode, { b, a }: Adapter, eta: number): Adapter {
  const slope = gradient(mode, { b, a });
  return { b: b - eta * slope.b, a: a - eta * slope.a };
}
