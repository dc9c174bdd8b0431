/**
 * Problems to run: the paper's own, plain factorisation, and test problems away from special values; see
 * the files that it names.
 *
 * @module
 */
export {
  aligned,
  type AlignedOptions,
  factorization,
  type FactorizationOptions,
} from "./aligned.ts";
export { exchanged, frame, rotated, seedNumber } from "./frames.ts";
export { paperProblem, type PaperProblemOptions } from "./paper.ts";
export {
  canonical,
  type CanonicalOptions,
  generic,
  type GenericOptions,
  problemQ,
  problemS,
} from "./test_problems.ts";
