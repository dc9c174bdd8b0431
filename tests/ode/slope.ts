/** Least-squares slope of log error against log step, which is 1 / `steps`: the observed order. */
export function slope(steps: number[], errors: number[]): number {
  const x = steps.map((n) => -Math.log(n));
  const y = errors.map(Math.log);
  const mean = (v: number[]) => v.reduce((a, b) => a + b) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  return x.reduce((sum, v, i) => sum + (v - mx) * (y[i] - my), 0) /
    x.reduce((sum, v) => sum + (v - mx) ** 2, 0);
}
