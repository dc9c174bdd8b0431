/**
 * The parameters of F2.
 *
 * @module
 */
import { param, type Values } from "../../../../experiment/mod.ts";
import { factorization } from "../../problems/mod.ts";
import { problemParameter, rankParameter, seedParameter, startsParameter } from "../physics.ts";

/** First seed of the starts under the seed `"reference"`. */
export const FIRST = 100;

/**
 * Parameters of `escapeTimes`.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const escapeParameters = {
  problem: problemParameter(factorization({ m: 20 })),
  starts: startsParameter(["zeroB", "spectralPaper", "gauss"]),
  alpha: param.numbers([1e-2, 1e-3, 1e-4, 1e-5], "scales α of the starts", { above: 0 }),
  shown: param.number(1e-5, "the scale, one of alpha, in the panel of the law", { above: 0 }),
  r: rankParameter(4),
  copies: param.integer(120, "starts of each random kind, one seed each", { least: 1 }),
  seed: seedParameter(FIRST),
};

/** Their values. */
export type EscapeParameters = Values<typeof escapeParameters>;
