/** Value and standard error of a quantile: half of what `±√(q(1−q)/n)` in the order moves it. */
export function quantile(sorted: readonly number[], q: number): { value: number; se: number } {
  const n = sorted.length, at = (x: number) => sorted[Math.min(n - 1, Math.floor(x * n))];
  const step = Math.sqrt(q * (1 - q) / n);
  return { value: at(q), se: (at(q + step) - at(q - step)) / 2 };
}
