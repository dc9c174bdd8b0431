/**
 * C34, C35: long runs and starts on the digits.
 *
 * Expected numbers come from an independent implementation with other draws of weights and batches, on the same
 * split of the images.
 *
 * @module
 */
import { type Claim, comparison, summary, where, withControl } from "../../../../experiment/mod.ts";
import { digitsLong } from "../../experiments/digits/long.ts";
import { scoreOf } from "../../experiments/digits/scores.ts";
import { digitsStarts, etaRange } from "../../experiments/digits/starts.ts";
import { seeded } from "../seeded.ts";

const paper = "convergence-rate";

function c34(): Claim {
  return {
    id: "C34",
    paper,
    source: { whose: "paper", where: "observation of its long run, as reported; on the digits" },
    statement:
      "Full batch, adapt 20: the loss never rises, ‖V‖² never falls and keeps growing, with the reference's exponent " +
      "between the ends of the last decade in the mean over copies",
    falsifier:
      "A step at which the loss rises or ‖V‖² falls, or a mean exponent of ‖V‖² off the reference's single run by " +
      "more than 4 standard deviations of both",
    evidence: (preset) => ({
      seeds: preset === "full" ? 5 : 3,
      sizes: `8 x 8 digits, softmax regression, rank 4, full batch, ${
        preset === "full" ? 10_000 : 1000
      } steps`,
      draws: "seed",
    }),
    // Control: an exponent a half larger.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await digitsLong({ preset, ...seeded(seed) }),
        { put, result } = comparison();
      const own = where(rows, "schedule", "adapt 20"), end = own.at(-1)!.t;
      const runs = [...Map.groupBy(own, ({ copy }) => copy).values()];
      const growth = runs.map((run) =>
        Math.log10(where(run, "t", end)[0].v2 / where(run, "t", end / 10)[0].v2)
      );
      const { mean, sd, n } = summary(growth);
      put("rises", Math.max(...own.map((row) => row.rises)), 0, 0);
      put("falls", Math.max(...own.map((row) => row.falls)), 0, 0);
      // The reference is one draw: 65.388, 148.651 and 295.694 at 10², 10³ and 10⁴ steps.
      const reference = Math.log10(preset === "full" ? 295.694 / 148.651 : 148.651 / 65.388);
      // Three to five copies know their standard deviation to a factor two; 24 of them have 0.011 at 10³ steps.
      const spread = Math.max(sd, 0.01) * Math.sqrt(1 + 1 / n);
      put("exponent", mean, reference * (wrong ? 1.5 : 1), 4 * spread);
      return result("exact; 4 standard deviations of a single run and of the mean");
    }),
  };
}

function c35(): Claim {
  return {
    id: "C35",
    paper,
    source: {
      whose: "paper",
      where: "observation on a language model, as reported; on the digits",
    },
    statement:
      "A large start makes adapt 20 nearly constant: its η starts near 20/‖V₀‖² = 0.1 and varies by less than 1.3, from " +
      "a small start by more than 3 from η = 1; const 0.1 is then as good",
    falsifier:
      "A first η off 1 (small) or off 20/189 by 4 standard errors (large), a range of η outside, a loss of the small " +
      "start off the reference's, or a paired difference of the losses of the large one above a tenth of the small one's",
    evidence: (preset) => ({
      seeds: preset === "full" ? 8 : 4,
      sizes: "8 x 8 digits, softmax regression, rank 4, batches of 64, 10 epochs",
      draws: "seed",
    }),
    // Control: the starts exchanged.
    ...withControl(async (preset, seed, wrong) => {
      const { rows } = await digitsStarts({ preset, ...seeded(seed) }),
        { put, result } = comparison();
      const of = (start: string, rule: string) => {
        const named = wrong ? { small: "large", large: "small" }[start]! : start;
        return where(where(rows, "start", named), "schedule", rule);
      };
      const score = (start: string, rule: string) => scoreOf(of(start, rule));
      put("small: first η", score("small", "adapt 20").eta[0], 1, 0);
      // E‖V₀‖² = 0.64·4·74 = 189.4, of relative deviation √(2/296); ‖G‖ is about 0.5 beside it.
      const copies = score("large", "adapt 20").copies;
      put(
        "large: first η",
        score("large", "adapt 20").eta[0],
        20 / 189.9,
        20 / 189.9 * 4 * 0.083 / Math.sqrt(copies),
      );
      put("large: range of η", etaRange(of("large", "adapt 20")), 1.15, 0.15);
      put("small: range of η", etaRange(of("small", "adapt 20")), 4.5, 1.5);
      const loss = (start: string, rule: string) => score(start, rule).loss;
      const near = (start: string, rule: string, mean: number, se: number) =>
        put(
          `${start}: ${rule}`,
          loss(start, rule).mean,
          mean,
          5 * Math.hypot(loss(start, rule).se, se) + 0.03 * mean,
        );
      near("small", "adapt 20", 0.377, 0.023);
      near("small", "const 0.1", 1.039, 0.024);
      const gap = (start: string) =>
        Math.abs(loss(start, "adapt 20").mean - loss(start, "const 0.1").mean);
      put("gap of the losses, large over small", gap("large") / gap("small"), 0, 0.1);
      return result("η as the start makes it; 5 standard errors of both and 3 %; a tenth");
    }),
  };
}

/** The claims of this file. */
export const digitsRunClaims: readonly Claim[] = [c34(), c35()];
