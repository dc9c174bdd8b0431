/** A chain all of whose copies are finite. */
export const RUNNING = "running";

/** A chain that has left the finite numbers. */
export function diverged(step: number, who: string): string {
  return `diverged at step ${step}: ${who} no longer finite; lower the step size`;
}
