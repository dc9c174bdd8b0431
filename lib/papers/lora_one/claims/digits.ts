/**
 * Claims about the digits: C32, C33.
 *
 * Expected numbers come from an independent implementation.
 *
 * @module
 */
import {
  byPreset,
  type Claim,
  comparison,
  distinct,
  summary,
  where,
} from "../../../experiment/mod.ts";
import { bestRates, digits, digitsOneStep, digitsPaths } from "../experiments/mod.ts";
import type { DigitsMethodName } from "../simulation/mod.ts";

const paper = "lora-one";

function c32(): Claim {
  // Loss and steps of the reference at its best rate: mean, standard error over three seeds.
  const reference: [string, number, number, number, number][] = [
    ["GD Full", 0.0097086, 3.03e-4, 8.333, 1.333],
    ["GD LoRA", 0.0665219, 7.26e-3, 52, 8.54],
    ["GD LoRA+", 0.1526063, 0.0170, 70.67, 8.82],
    ["GD rsLoRA", 0.1095804, 9.84e-3, 57.67, 5.49],
    ["GD PiSSA", 0.0671871, 4.87e-3, 37, 2.52],
    ["GD LoRA-GA", 0.0190158, 1.30e-3, 20.67, 3.84],
    ["GD LoRA-One", 0.0209620, 2.10e-3, 41.33, 2.33],
    ["GD LoRA-One*", 0.0172466, 2.40e-3, 28, 6.03],
    ["Adam Full", 0.00278693, 4.74e-4, 13.33, 0.67],
    ["Adam LoRA", 0.0130278, 3.13e-3, 45.33, 1.2],
    ["Adam LoRA+", 0.00329767, 1.83e-3, 23, 3.21],
    ["Adam rsLoRA", 0.00617648, 1.75e-3, 36.33, 2.03],
    ["Adam PiSSA", 0.0101876, 2.52e-4, 38.67, 0.33],
    ["Adam LoRA-GA", 5.49124e-4, 1.69e-4, 10, 1],
    ["Adam LoRA-One", 2.14805e-4, 6.88e-5, 10.67, 0.33],
    ["Adam LoRA-One*", 9.38379e-5, 2.49e-5, 6, 0.58],
  ];
  return {
    id: "C32",
    paper,
    source: { whose: "ours", where: "on Figure 1 and Tables 2 and 3, simplified" },
    statement:
      "Digits: at equal grids gradient-based starts beat the others (means over seeds: LoRA-One's " +
      "loss ≥ 30 times below LoRA's by Adam, 3 by GD; below it for every seed)",
    falsifier:
      "A mean final loss of LoRA-One above a thirtieth (Adam) or a third (GD) of LoRA's, a " +
      "seed at which it is not below, or a number off the reference's by more than its bound",
    evidence: (preset) => ({
      seeds: byPreset(preset, ["0"], ["0", "1", "2"]),
      sizes: `8 x 8 digits, network 64-64-10, rank 4, 150 full-batch steps; ${
        byPreset(preset, "five", "twelve")
      } learning rates`,
      draws: "closed seed",
    }),
    check: async (preset) => {
      const run = await digits({ preset }), table = bestRates(run.rows);
      const { put, result } = comparison();
      const best = (name: string) =>
        table.find(({ method, optimizer }) => `${optimizer} ${method}` === name)!;
      const [adam, gd] = ["Adam", "GD"].map((rule) =>
        best(`${rule} LoRA`).loss.mean! / best(`${rule} LoRA-One`).loss.mean!
      );
      // The bounds are the reference implementation's, for the means over its seeds 0, 1, 2. They are no law of
      // single seeds: those of 0 … 7 have ratios from 13 to 93 by Adam and from 2.5 to 3.5 by GD, and
      // by GD at rate 0.1 LoRA-One diverges for seed 4. The order is what holds for each.
      const rows = where(run.rows, "at", 0);
      const worst = (rule: "Adam" | "GD") => {
        const at = (method: DigitsMethodName, seed: string) =>
          rows.find((row) =>
            row.optimizer === rule && row.method === method && row.seed === seed &&
            row.rate === best(`${rule} ${method}`).rate
          )!.final;
        return Math.min(
          ...distinct(rows, "seed").map((seed) => at("LoRA", seed) / at("LoRA-One", seed)),
        );
      };
      const ordered = worst("Adam") > 1 && worst("GD") > 1;
      if (preset === "full") {
        for (const [name, mean, se, steps, stepsSe] of reference) {
          const row = best(name), chaotic = name.includes("-GA");
          // LoRA-GA depends on the signs of singular vectors, which differ between codes.
          const slack = chaotic ? 3 * Math.hypot(se, row.loss.se!) + 0.1 * mean : 2e-3 * mean;
          put(name, row.loss.mean!, mean, slack);
          put(
            `${name}, steps`,
            row.steps.mean!,
            steps,
            chaotic ? 3 * Math.hypot(stepsSe, row.steps.se!) + 1 : 0.01,
          );
        }
      }
      const one = (await digitsOneStep({ preset })).rows;
      const accuracies = preset === "full"
        ? { "full": 0.5703, "rank 4": 0.4991, "rank 4, few images": 0.2081 }
        : { "full": 0.4798, "rank 4": 0.4277, "rank 4, few images": 0.1618 };
      for (const [name, wanted] of Object.entries(accuracies)) {
        const found = where(one, "gradient", name).map((row) => row.accuracy);
        put(`one step, ${name}, accuracy`, summary(found).mean, wanted, 1e-3);
      }
      put("share of ‖G‖² in rank 4", Math.min(...one.map((row) => row.energy)), 1, 0.007);
      const ends = (rule: string) =>
        table.filter(({ optimizer, place }) => optimizer === rule && place !== "inside").length;
      const compared = result(
        `losses to 0.2 %, LoRA-GA 10 % and 3 standard errors; LoRA over LoRA-One: ` +
          `${adam.toFixed(0)} (Adam), ${gd.toFixed(1)} (GD), least of a seed ` +
          `${worst("Adam").toFixed(0)} and ${worst("GD").toFixed(1)}; best rate at an end of the ` +
          `grid, where these factors are the grid's, for ${ends("Adam")} and ${ends("GD")} of 8`,
      );
      return { ...compared, pass: compared.pass && ordered && adam >= 30 && gd >= 3 };
    },
  };
}

function c33(): Claim {
  const reference: [number, number, number][] = [
    [1, 0.935796930948, 0.452788025244],
    [0.1, 0.324, 0.285],
    [0.01, 0.091, 0.221],
  ];
  return {
    id: "C33",
    paper,
    source: { whose: "ours", where: "on Figure 1, simplified" },
    statement: "Digits: a smaller LoRA start aligns better with the gradient (layer 1, step 20, " +
      "seed 0), and rises again later",
    falsifier:
      "A sine of A or B at step 20 that differs from the reference's by more than 1e-3, or one " +
      "of B that does not rise by 0.1 afterwards",
    evidence: (preset) => ({
      seeds: ["0"],
      sizes: `8 x 8 digits, network 64-64-10, rank 4, three scales of the start, ${
        byPreset(preset, 60, 150)
      } steps`,
      draws: "instance",
    }),
    check: async (preset) => {
      const { angles } = (await digitsPaths({ preset })).rows, { put, result } = comparison();
      const rows = where(angles, "layer", 1);
      for (const [spread, a, b] of reference) {
        const here = where(rows, "spread", spread), [at20] = where(here, "at", 20);
        put(`A, scale ${spread}`, at20.sineA, a, 1e-3);
        put(`B, scale ${spread}`, at20.sineB, b, 1e-3);
        const later = Math.max(...here.filter((row) => row.at > 20).map((row) => row.sineB));
        put(`B rises later, scale ${spread}`, Number(later > at20.sineB + 0.1), 1, 0);
      }
      return result("abs 1e-3");
    },
  };
}

/** The claims of this file. */
export const digitsClaims: readonly Claim[] = [c32(), c33()];
