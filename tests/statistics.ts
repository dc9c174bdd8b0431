/**
 * Statistical checks shared by the tests. A check takes a sample and a law and gives its statistic
 * with the p-value of that or a worse one; at a fixed seed a test asserts `p > 1e-4`, and has beside
 * it a control, a wrong law or a spoilt sample, whose p must be tiny.
 *
 * @module
 */

/** A statistic and the probability of one at least as far off, if the law holds. */
export interface StatisticalTest {
  readonly statistic: number;
  readonly p: number;
}

/** Mean of a sample. */
export function mean(sample: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < sample.length; i++) sum += sample[i];
  return sum / sample.length;
}

/** Unbiased variance of a sample. */
export function variance(sample: ArrayLike<number>): number {
  const centre = mean(sample);
  let sum = 0;
  for (let i = 0; i < sample.length; i++) sum += (sample[i] - centre) ** 2;
  return sum / (sample.length - 1);
}

/** log Γ(x) for x > 0, relative error about 1e-14: Stirling's series after a shift to x ≥ 10. */
export function logGamma(x: number): number {
  let shift = 0;
  for (; x < 10; x++) shift -= Math.log(x);
  const w = 1 / (x * x);
  const series = (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188)))) / x;
  return shift + (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}

/** The larger-than-x share of the gamma law of this shape: the regularised Q(shape, x). */
export function gammaTail(shape: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(shape * Math.log(x) - x - logGamma(shape));
  if (x < shape + 1) {
    let term = 1 / shape;
    let sum = term;
    for (let k = 1; term > 1e-17 * sum; k++) sum += term *= x / (shape + k);
    return 1 - front * sum;
  }
  // Lentz's method on Legendre's continued fraction.
  let b = x + 1 - shape;
  let d = 1 / b;
  let c = Infinity;
  let fraction = d;
  for (let k = 1, change = 0; Math.abs(change - 1) > 1e-15; k++) {
    const a = -k * (k - shape);
    b += 2;
    d = 1 / (b + a * d);
    c = b + a / c;
    change = c * d;
    fraction *= change;
  }
  return front * fraction;
}

/** Distribution function of the gamma law of this shape and scale 1. */
export function gammaCdf(shape: number, x: number): number {
  return 1 - gammaTail(shape, x);
}

/** Distribution function of the standard normal law. */
export function normalCdf(x: number): number {
  const beyond = 0.5 * gammaTail(0.5, 0.5 * x * x);
  return x < 0 ? beyond : 1 - beyond;
}

/** A statistic that is standard normal, with its two-sided p-value. */
function fromZ(z: number): StatisticalTest {
  return { statistic: z, p: gammaTail(0.5, 0.5 * z * z) };
}

/** Whether the sample has this mean, the law having this variance. */
export function meanTest(
  sample: ArrayLike<number>,
  expected: number,
  lawVariance: number,
): StatisticalTest {
  return fromZ((mean(sample) - expected) / Math.sqrt(lawVariance / sample.length));
}

/** Whether the sample has this variance, the law having this kurtosis (normal: 3). */
export function varianceTest(
  sample: ArrayLike<number>,
  expected: number,
  kurtosis = 3,
): StatisticalTest {
  const error = expected * Math.sqrt((kurtosis - 1) / sample.length);
  return fromZ((variance(sample) - expected) / error);
}

/** Whether two samples of equal length are uncorrelated. */
export function correlationTest(a: ArrayLike<number>, b: ArrayLike<number>): StatisticalTest {
  const [meanA, meanB] = [mean(a), mean(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - meanA) * (b[i] - meanB);
  const correlation = sum / (a.length - 1) / Math.sqrt(variance(a) * variance(b));
  return fromZ(correlation * Math.sqrt(a.length));
}

/** Pearson's χ²: whether the counts fit the expected ones (each at least about 5). */
export function binTest(counts: ArrayLike<number>, expected: ArrayLike<number>): StatisticalTest {
  let statistic = 0;
  for (let i = 0; i < counts.length; i++) statistic += (counts[i] - expected[i]) ** 2 / expected[i];
  return { statistic, p: gammaTail(0.5 * (counts.length - 1), 0.5 * statistic) };
}

/** Kolmogorov's law with Stephens' correction: p-value of the distance at `n` effective points. */
function kolmogorovTail(distance: number, n: number): number {
  const x = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * distance;
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 40; k++) sum += (k % 2 ? 2 : -2) * Math.exp(-2 * (k * x) ** 2);
  return Math.min(1, sum);
}

/** Kolmogorov and Smirnov: whether the sample follows this distribution function. */
export function kolmogorovTest(
  sample: ArrayLike<number>,
  cdf: (x: number) => number,
): StatisticalTest {
  const sorted = Float64Array.from(sample).sort();
  const n = sorted.length;
  let distance = 0;
  for (let i = 0; i < n; i++) {
    const value = cdf(sorted[i]);
    distance = Math.max(distance, value - i / n, (i + 1) / n - value);
  }
  return { statistic: distance, p: kolmogorovTail(distance, n) };
}

/** Kolmogorov and Smirnov: whether two samples follow one law; NaN if one holds a NaN. */
export function twoSampleTest(a: ArrayLike<number>, b: ArrayLike<number>): StatisticalTest {
  const x = Float64Array.from(a).sort();
  const y = Float64Array.from(b).sort();
  // Sorting puts NaN last.
  let distance = 0 * (x[x.length - 1] + y[y.length - 1]);
  for (let i = 0, j = 0; i < x.length && j < y.length;) {
    const value = Math.min(x[i], y[j]);
    while (i < x.length && !(x[i] > value)) i++;
    while (j < y.length && !(y[j] > value)) j++;
    distance = Math.max(distance, Math.abs(i / x.length - j / y.length));
  }
  return {
    statistic: distance,
    p: kolmogorovTail(distance, (x.length * y.length) / (x.length + y.length)),
  };
}
