/**
 * Claims about the smallest example and about large starts: C23, C34.
 *
 * Expected numbers come from an independent implementation.
 *
 * @module
 */
import { byPreset, type Claim, comparison, where, withControl } from "../../../experiment/mod.ts";
import { portable } from "../../../random/mod.ts";
import { type CatapultRow, catapults } from "../experiments/alignment/catapults.ts";
import { type PortraitPair, portraits, verdictOf } from "../experiments/alignment/portraits.ts";
import {
  portraitData,
  portraitDistance,
  portraitLora,
  portraitRun,
  portraitSpectral,
} from "../simulation/runs/portrait.ts";
import { quantile } from "./quantile.ts";
import { seeded } from "./seeded.ts";

const paper = "lora-one";

function c23(): Claim {
  const reference: [number, number, number, number, number][] = [
    [4, 0.923, 0.883, 101, 64],
    [16, 1, 0.99, 57.5, 28],
    [64, 1, 0.997, 47.5, 20],
  ];
  return {
    id: "C23",
    paper,
    source: { whose: "ours", where: "on Figure 3" },
    statement: "Portrait (F5): the spectral start is closer to the minimisers and faster, over " +
      "draws of the data (golden draw; fractions)",
    falsifier:
      "A share of draws with the spectral start closer or faster that is more than 4 standard " +
      "errors of both away from the reference's, or a median number of steps as far",
    evidence: (preset) => ({
      seeds: byPreset(preset, 300, 600),
      sizes: "d = 2, k = r = 1, N = 4, 16, 64, η = 0.1, at most 1000 steps; the golden draw beside",
      draws: "seed",
    }),
    // Control: the two starts exchanged.
    ...withControl(async (preset, seed, wrong) => {
      const { put, result } = comparison(), draws = byPreset(preset, 300, 600);
      const { rows: { pairs } } = await portraits({ draws, ...seeded(seed) });
      const data = portraitData(portable(7)), lora = portraitLora(portable(8));
      const spectral = portraitSpectral(data);
      put("golden distance, LoRA", portraitDistance(lora), 1.75339395434, 1e-6);
      put("golden distance, spectral", portraitDistance(spectral), 1.15081706601, 1e-5);
      put("golden steps, LoRA", portraitRun(data, lora).steps, 71, 0);
      put("golden steps, spectral", portraitRun(data, spectral).steps, 64, 0);
      const end = portraitRun(data, spectral).path.at(-1)!;
      [1.34626544018, 0.673132720089, 1.48559113256].forEach((x, i) =>
        put(`golden end ${i + 1}`, end[i], x, 1e-9)
      );
      for (const [N, closer, faster, slow, fast] of reference) {
        const here = where(pairs, "N", N).map((pair) => wrong ? exchanged(pair) : pair);
        const all = here.map(verdictOf), n = here.length;
        const share = (key: "closer" | "faster") => all.filter((one) => one[key]).length / n;
        // Both sides are binomial: 300 draws there, `n` here; a share near 1 gets a floor.
        const bound = (p: number) => 4 * Math.sqrt(Math.max(p * (1 - p), 0.01) * (1 / 300 + 1 / n));
        put(`closer, N = ${N}`, share("closer"), closer, bound(closer));
        put(`faster, N = ${N}`, share("faster"), faster, bound(faster));
        for (
          const [name, key, wanted] of [["LoRA", "loraSteps", slow], [
            "spectral",
            "spectralSteps",
            fast,
          ]] as const
        ) {
          // A run that does not arrive counts as the most steps. The reference's median has the error of 300 draws.
          const sorted = here.map((pair) => pair[key] ?? 1000).toSorted((a, b) => a - b);
          const { value, se } = quantile(sorted, 0.5);
          put(
            `median steps, ${name}, N = ${N}`,
            value,
            wanted,
            4 * se * Math.sqrt(1 + n / 300) + 1,
          );
        }
      }
      return result("golden digits; 4 standard errors of both shares and of both medians");
    }),
  };
}

/** A pair with its starts exchanged. */
function exchanged(pair: PortraitPair): PortraitPair {
  return {
    ...pair,
    ...{ loraDistance: pair.spectralDistance, spectralDistance: pair.loraDistance },
    ...{ loraSteps: pair.spectralSteps, spectralSteps: pair.loraSteps },
  };
}

function c34(): Claim {
  const ratios: Record<string, Record<string, number>> = {
    "0.1": {
      "1.5": 1,
      "1.9": 1,
      "2.1": 1.00188941773,
      "2.5": 2.56842173063,
      "3": 5.71903576253,
      "3.5": 13.8134303086,
      "3.9": 18.875497969,
    },
    "1": {
      "1.5": 1,
      "1.9": 1,
      "2.1": 7.93871551535,
      "2.5": 155.936410129,
      "3": 517.960227759,
      "3.5": 983.704100564,
      "3.9": 1344.67760115,
    },
  };
  return {
    id: "C34",
    paper,
    source: { whose: "ours" },
    statement:
      "Catapult window: monotone for c < 2, a rise for 2 < c < 4 after which c has fallen below 2, divergence " +
      "for c > 4; a better end at α² = 0.1 only",
    falsifier:
      "A run with c < 2 whose loss rises, a largest loss 1e-5 off the reference's, a run with c > 4 that " +
      "survives, a c at the end above 2 or within 0.2 of 3.9, or another end at α² = 0.1 and 1",
    evidence: {
      seeds: 1,
      sizes:
        "golden instance of F1 in r* columns: d = 100, N = 1600, r = 8, r* = 4; α² = 0.1, 1; 399 steps",
      draws: "instance",
    },
    check: async (preset) => {
      const { rows } = await catapults({ preset }), { put, result } = comparison();
      const at = (variance: number, c: number) =>
        where(where(rows, "variance", variance), "c", c)[0];
      for (const variance of [0.1, 1]) {
        for (const c of NUMBERS) {
          const row = at(variance, c), name = `α² = ${variance}, c = ${c}`;
          if (c > 4) {
            put(`${name}, diverged`, Number(row.loss === null), 1, 0);
            continue;
          }
          const wanted = ratios[String(variance)][String(c)];
          // The rise amplifies the rounding of c's last digits.
          put(name, row.ratio, wanted, 1e-5 * wanted);
          put(`${name}, c at the end`, settled(row), 1, 0);
        }
        // After a catapult c has moved, and without one it stays where it was.
        put(`α² = ${variance}: c moves`, Number(at(variance, 3.9).last! < 3.7), 1, 0);
        put(`α² = ${variance}: c stays`, at(variance, 1.5).last! / 1.5, 1, 0.05);
      }
      put("final loss, α² = 0.1, c = 1.9", at(0.1, 1.9).loss!, 0.0120594486217, 1e-8);
      put("final loss, α² = 0.1, c = 3.9", at(0.1, 3.9).loss!, 1.8e-15, 1e-14);
      put("final loss, α² = 1, c = 1.9", at(1, 1.9).loss!, 1.89292038467, 1e-6);
      put("final loss, α² = 1, c = 3.9", at(1, 3.9).loss!, 1.2593611465, 1e-3);
      // Measured by an independent script: three tenths and four tenths are left, 0.53 without a catapult.
      put("useless part left, α² = 0.1, c = 3.9", at(0.1, 3.9).useless!, 0.3, 0.01);
      put("useless part left, α² = 0.1, c = 1.9", at(0.1, 1.9).useless!, 0.53, 0.01);
      put("useless part left, α² = 1, c = 3.9", at(1, 3.9).useless!, 0.42, 0.01);
      return result("1e-5 of the reference");
    },
  };
}

/** Stability numbers of the reference. */
const NUMBERS = [1.5, 1.9, 2.1, 2.5, 3, 3.5, 3.9, 4.1, 4.5, 6];

/** Whether the run ended where gradient descent is stable. */
function settled({ last }: CatapultRow): number {
  return Number(last! > 0 && last! < 2);
}

/** The claims of this file. */
export const smallClaims: readonly Claim[] = [c23(), c34()];
