/** Numbers from 0 to `steps` with about `density` a decade. */
export function logSteps(steps: number, density: number = 20): number[] {
  const out = new Set([0, 1]);
  for (let x = 1; x < steps; x *= 10 ** (1 / density)) out.add(Math.round(x));
  return [...out].filter((t) => t < steps).concat(steps);
}
