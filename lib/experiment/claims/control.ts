import type { Preset } from "../settings.ts";
import type { CheckResult, Claim } from "./claim.ts";

/**
 * Check and control of a claim from one comparison, which takes the right law or, for the control, a
 * wrong one: what a claim can tell apart is then seen with the same numbers and bounds.
 *
 * @param compare Compares at a preset and a seed; `wrong` asks for the law that must fail.
 *
 * @example
 * ```ts
 * import { agree, runClaims, withControl } from "lora-dynamics/experiment/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const [row] = await runClaims([{
 *   id: "C1",
 *   paper: "lora-one",
 *   statement: "The mean of 4000 uniform draws is 1/2",
 *   source: { whose: "ours" },
 *   falsifier: "A mean that is more than 4 standard errors away from 1/2",
 *   evidence: { seeds: 4000, sizes: "uniform draws", draws: "seed" },
 *   // Control: draws from [0, 1.1).
 *   ...withControl((_, seed, wrong) => {
 *     const rng = stream(seed ?? "7", "mean");
 *     let mean = 0;
 *     for (let i = 0; i < 4000; i++) mean += rng.uniform() / 4000;
 *     return agree({ mean }, { mean: wrong ? 0.55 : 0.5 }, { abs: 4 / Math.sqrt(12 * 4000) });
 *   }),
 * }], "quick", { seeds: 20 });
 * assertEquals([row.others!.pass, row.others!.controlFails], [true, 20]);
 * ```
 */
export function withControl(
  compare: (
    preset: Preset,
    seed: string | undefined,
    wrong: boolean,
  ) => CheckResult | Promise<CheckResult>,
): Required<Pick<Claim, "check" | "control">> {
  return {
    check: (preset, { seed }) => compare(preset, seed, false),
    control: (preset, { seed }) => compare(preset, seed, true),
  };
}
