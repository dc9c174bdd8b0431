/** A seed that a check was given, as an option of an experiment; without one the experiment has its own. */
export function seeded(seed: string | undefined): { readonly seed?: string } {
  return seed === undefined ? {} : { seed };
}

/** Four standard errors of the difference of two shares near `p`, of samples of `n` and `theirs`. */
export function shareBound(p: number, n: number, theirs: number): number {
  const safe = Math.min(0.97, Math.max(0.03, p));
  return 4 * Math.sqrt(safe * (1 - safe) * (1 / n + 1 / theirs));
}
