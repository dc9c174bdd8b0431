/** The experiments on the digits; see the files that it names. */
export {
  type BestRate,
  bestRates,
  edgeSentence,
  type Mean,
  type RateRow,
  type Verdict,
  verdicts,
} from "./best_rates.ts";
export * from "./digits.ts";
export * from "./geometry.ts";
export * from "./one_step.ts";
