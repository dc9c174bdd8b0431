/**
 * A forgotten `await`: the commonest slip of a cell, which JavaScript answers with
 * "figure is not a function".
 *
 * @module
 */

/** What a run has once it is there. */
const LATER = ["figure", "rows", "parameters", "record", "table"];

/** The same promise, which says so where it is taken for the run itself. */
export function wantingAwait<T>(promise: Promise<T>, name: string): Promise<T> {
  for (const key of LATER) {
    Object.defineProperty(promise, key, {
      get(): never {
        const found = "current value is a promise";
        const message = `Cannot read ${key} of "${name}" as its run must be awaited: ${found}`;
        throw new TypeError(`${message}; write await before the call`);
      },
    });
  }
  return promise;
}
