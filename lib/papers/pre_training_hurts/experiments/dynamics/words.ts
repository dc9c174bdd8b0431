/**
 * Parameters in the words of captions, without the markup of labels.
 *
 * @module
 */
import type { StepSizes } from "../../../../chain/mod.ts";
import { formatNumber } from "../../../../figure/mod.ts";
import type { ActivationLike } from "../../../../gaussian/mod.ts";
import { stepScale } from "../../step_scale.ts";
import { activationWords } from "../physics.ts";

/** Words without the markup of labels. */
export function plain(words: string): string {
  return words.replace(/_\{([^}]*)\}/g, "$1").replace(/\/\{([^}]*)\}/g, "$1");
}

/** Name of an activation in a caption. */
export function plainWords(it: ActivationLike): string {
  return plain(activationWords(it));
}

/** The step in a caption, with what divides it. */
export function stepWords(
  { step, student }: { readonly step: StepSizes; readonly student: ActivationLike },
): string {
  const divisor = stepScale(student);
  const parts = [step].flat().map((part) =>
    typeof part === "function" ? "your function" : String(part)
  );
  const words = parts.join(" and "), simple = parts.length === 1 && /^[\w.]+$/.test(words);
  return divisor === 1 ? words : `${simple ? words : `(${words})`}/${formatNumber(divisor)}`;
}
