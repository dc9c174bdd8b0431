/** A seed that a check was given, as an option of an experiment; without one the experiment has its own. */
export function seeded(seed: string | undefined): { readonly seed?: string } {
  return seed === undefined ? {} : { seed };
}
