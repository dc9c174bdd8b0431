/** Numerical derivatives of a reader's own function. */

/** Largest first step, in units of the argument of an activation. */
const STEP = 0.25;
const LEVELS = 10;

/**
 * First or second derivative of `f` at `x` by Richardson extrapolation of differences.
 *
 * Differences are central; closer than a tenth of a step to a breakpoint they are one-sided, so
 * that no difference reaches across a kink. Steps are halved until the extrapolated values stop
 * improving, which leaves about 1e-12 (first, central) to 1e-9 (second, one-sided).
 *
 * Source: C. J. F. Ridders, Adv. Eng. Softw. 4 (1982) 75.
 */
export function differentiate(
  f: (x: number) => number,
  x: number,
  order: 1 | 2,
  breakpoints: readonly number[],
): number {
  let left = Infinity;
  let right = Infinity;
  for (const b of breakpoints) {
    if (b < x) left = Math.min(left, x - b);
    else right = Math.min(right, b - x);
  }
  const near = Math.min(left, right);
  const value = f(x);
  if (near > 0.1 * STEP) {
    let h = Math.min(STEP, 0.9 * near);
    return extrapolate(2, () => {
      const up = f(x + h);
      const down = f(x - h);
      const difference = order === 1
        ? (up - down) / (2 * h)
        : (up - value + (down - value)) / (h * h);
      h *= 0.5;
      return difference;
    });
  }
  // Exactly at a breakpoint the left side is taken, as for the ReLU.
  const direction = right < left || right === 0 ? -1 : 1;
  const room = direction < 0 ? left : right;
  let h = direction * Math.min(STEP, 0.45 * room);
  return extrapolate(1, () => {
    const one = f(x + h);
    const difference = order === 1
      ? (one - value) / h
      : (f(x + 2 * h) - one - (one - value)) / (h * h);
    h *= 0.5;
    return difference;
  });
}

/** Limit of a sequence with errors `h^p, h^{2p}, …` under halving. */
function extrapolate(power: number, next: () => number): number {
  let row: number[] = [];
  let best = NaN;
  let error = Infinity;
  for (let i = 0; i < LEVELS; i++) {
    const fresh = [next()];
    let factor = 1;
    for (let j = 0; j < i; j++) {
      factor *= 2 ** power;
      fresh.push(fresh[j] + (fresh[j] - row[j]) / (factor - 1));
      const change = Math.max(Math.abs(fresh[j + 1] - fresh[j]), Math.abs(fresh[j + 1] - row[j]));
      if (change <= error) {
        error = change;
        best = fresh[j + 1];
      }
    }
    // Coarse steps can agree by chance: not before steps of STEP/64 does a worse value end the search.
    if (i > 5 && Math.abs(fresh[i] - row[i - 1]) > 2 * error) return best;
    row = fresh;
  }
  return best;
}
