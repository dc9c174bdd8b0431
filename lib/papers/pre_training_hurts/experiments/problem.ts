/**
 * Parameters of the problem beside target and weight: the loss, the laws of label noise and inputs, and what makes the
 * steps; and what is not the paper's in words.
 *
 * @module
 */
import {
  chainLoss,
  chainLosses,
  chainRule,
  type InputChoice,
  inputLaw,
  inputLaws,
  type LossChoice,
  type NoiseChoice,
  noiseLaw,
  noiseLaws,
  type RuleChoice,
} from "../../../chain/mod.ts";
import { param, type Parameter } from "../../../experiment/mod.ts";
import { formatNumber } from "../../../figure/mod.ts";
import { type Sampler, samplers } from "../simulation/runs/setting.ts";

/** Declares the loss that SGD descends. */
export function criterionParameter(): Parameter<LossChoice> {
  const names = Object.keys(chainLosses).join(", ");
  return param.value<LossChoice>(
    "square",
    `loss that SGD descends: ${names}, one with its parameters, an expression in p and y such as ` +
      '"abs(p - y)^1.5", or { name, slope }; what is shown stays the square loss',
    chainLoss,
    `${names}, an expression in p and y, or { name, slope }`,
  );
}

/** Declares the law of the label noise. */
export function noiseLawParameter(): Parameter<NoiseChoice> {
  const names = Object.keys(noiseLaws).join(", ");
  return param.value<NoiseChoice>(
    "normal",
    `law of the label noise, of mean 0 and variance 1 before Δ: ${names}, one with its parameters, or ` +
      "{ name, draw(rng) }",
    noiseLaw,
    `${names}, or { name, draw }`,
  );
}

/** Declares the law of the inputs. */
export function inputsParameter(): Parameter<InputChoice> {
  const names = Object.keys(inputLaws).join(", ");
  return param.value<InputChoice>(
    "normal",
    `law of the inputs: ${names}, one with its parameters, { name, radius(rng) }, ` +
      "{ name, length(rng, d) } or { name, fill(rng, x) }; signs, uniform and fill depend on the axes, " +
      'so that no chain knows them: sampler "whole inputs" runs them; the loss that is shown stays ' +
      "that of normal inputs",
    inputLaw,
    `${names}, or a law of your own`,
  );
}

/** Declares what makes the steps. */
export function samplerParameter(): Parameter<Sampler> {
  return param.choice<Sampler>(
    "exact chain",
    "what makes the steps: the chain that is exact in law, and draws one matrix for a batch of a linear " +
      "target; the chain that draws every sample; or SGD on whole inputs, at a cost of b·d a step; " +
      "there are no others",
    samplers,
  );
}

/** What a run may have in place of the paper's. */
export interface ProblemChoices {
  /** Update rule. */
  readonly rule: RuleChoice;
  /** Variance Δ of the label noise. */
  readonly noise: number;
  /** Law of the label noise. */
  readonly noiseLaw?: NoiseChoice;
  /** Loss. */
  readonly criterion?: LossChoice;
  /** Law of the inputs. */
  readonly inputs?: InputChoice;
  /** Whether ω is kept on the sphere. */
  readonly sphere: boolean;
  /** Rank of the adapter. */
  readonly rank: number;
}

/** Name of a choice from a list of the chains. */
const nameOf = (law: { readonly name: string }) => law.name;

/**
 * What is not the paper's in loss, label noise, inputs, rank, sphere and rule, in the words of a caption: empty, or
 * `", rule momentum 0.9, label noise Δ = 0.5 (signs)"`.
 */
export function changeWords(
  p: ProblemChoices,
): string {
  const { noiseLaw: law = "normal", criterion = "square", inputs = "normal" } = p;
  return [
    ...(p.rule === "sgd" ? [] : [`rule ${nameOf(chainRule(p.rule))}`]),
    ...(criterion === "square" ? [] : [`SGD on the loss ${nameOf(chainLoss(criterion))}`]),
    ...(p.noise === 0 ? [] : [
      `label noise Δ = ${formatNumber(p.noise)}` +
      (law === "normal" ? "" : ` (${nameOf(noiseLaw(law))})`),
    ]),
    ...(inputs === "normal" ? [] : [`inputs: ${nameOf(inputLaw(inputs))}`]),
    ...(p.sphere ? [] : ["ω free"]),
    ...(p.rank === 1 ? [] : [`rank ${p.rank}`]),
  ].map((words) => `, ${words}`).join("");
}

/** What made the steps, in the words of a caption: "the exact chain", also sample by sample, or "SGD on whole inputs". */
export function samplerWords({ sampler = "exact chain" }: { sampler?: Sampler }): string {
  return sampler === "whole inputs" ? "SGD on whole inputs" : "the exact chain";
}
