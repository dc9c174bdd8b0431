/**
 * What the experiments on the digits have in common: the network, its adapters, and what it learns.
 *
 * @module
 */
import { checkString } from "../../../../check.ts";
import { param, type Parameter, type Refuse } from "../../../../experiment/mod.ts";
import type { DigitsSetting } from "../../simulation/mod.ts";

/** Parameters of the network and of its adapters. */
export const settingParameters: {
  readonly [K in keyof DigitsSetting]: Parameter<DigitsSetting[K]>;
} = {
  rank: param.integer(4, "rank of the adapters on both layers", { least: 1, most: 10 }),
  alpha: param.number(8, "LoRA's alpha: the product counts α/√r-fold, for LoRA and LoRA+ α/r", {
    above: 0,
  }),
  source: param.integers([1, 3, 5, 7, 9], "digits that the network has learnt before", {
    least: 0,
    most: 9,
  }),
  target: param.integers([0, 2, 4, 6, 8], "digits that it is fine-tuned on and tested with", {
    least: 0,
    most: 9,
  }),
  hidden: param.integer(64, "width of the hidden layer (64 pixels in, 10 classes out)", {
    least: 1,
  }),
  pretraining: param.integer(300, "full-batch steps of Adam (rate 0.003) on the digits before", {
    least: 0,
  }),
};

/** The parameter `seeds`: one network, and one set of draws, for each. */
export function seedsParameter(value: readonly string[]): Parameter<readonly string[]> {
  return param.values<string>(
    value,
    "seeds, each of a network and its adapters; 0 to 9 are those of the reference values",
    (seed) => checkString("draw a network", "seed", seed),
    'text, such as "0"',
  );
}

/** The part of the parameters that a cell takes. */
export function settingOf(p: DigitsSetting): DigitsSetting {
  const { rank, alpha, source, target, hidden, pretraining } = p;
  return { rank, alpha, source, target, hidden, pretraining };
}

/** Refuses parameters that contradict each other. */
export function checkSetting(p: DigitsSetting, refuse: Refuse): void {
  const { rank, hidden, source, target } = p;
  if (rank > hidden) refuse("rank", `at most the width ${hidden} of the hidden layer`, rank);
  for (const [name, digits] of Object.entries({ source, target })) {
    if (new Set(digits).size < digits.length) refuse(name, "digits that differ", digits);
  }
}

/** The setting in words, for captions. */
export function settingWords({ rank, alpha, source, target, hidden }: DigitsSetting): string {
  return `digits ${target.join(" ")}, of a network trained on ${source.join(" ")} ` +
    `(64–${hidden}–10 ReLU, r = ${rank}, LoRA's alpha ${alpha}, full batch`;
}
