/** The logarithm of the gamma function. */

/** Stirling coefficients `B_{2k}/(2k(2k − 1))`. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188];

/** `log Γ(x)`, `x > 0`, to rounding: Stirling's series from 20 on, the recurrence below. */
export function logGamma(x: number): number {
  let shift = 0;
  for (; x < 20; x++) shift += Math.log(x);
  const series = STIRLING.reduceRight((sum, c) => sum / (x * x) + c, 0) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/** `E (χ²_r)^a`; infinite from `a = −r/2` downwards. */
export function chiSquaredMoment(r: number, a: number): number {
  if (r / 2 + a <= 0) return Infinity;
  return Math.exp(a * Math.LN2 + logGamma(r / 2 + a) - logGamma(r / 2));
}
