/** Figure F3b. */
import { distinct, where } from "../../../../experiment/mod.ts";
import {
  type Figure,
  figureOf,
  formatNumber,
  legendOf,
  type Series,
} from "../../../../figure/mod.ts";
import {
  FOLLOWED,
  type PublishedParameters,
  type PublishedRow,
  publishedSummary,
} from "./published_summary.ts";

function captionOf(p: PublishedParameters, left: number, starts: readonly number[]): string {
  const step = typeof p.step === "function" ? "a schedule" : String(p.step);
  const [few, many] = [Math.min(...starts), Math.max(...starts)];
  return `Run times by the authors' rule: mean index of the steps at which |m|, averaged over ${p.together} runs, ` +
    `lies in μ ± ${formatNumber(p.halfWidth)} (d = ${p.d}, b = ${p.batch}, η = ${step}). ` +
    `Marks: published. (a) Thin lines and bands: mean and 5–95 % of groups of ${p.together} runs of the exact ` +
    `chain from ${
      few === many ? few : `${few}–${many}`
    } starts. (b) Distance of each published time from that ` +
    `mean in standard deviations of one group; thin lines: ${FOLLOWED} groups of starts, black and pink, each followed through ` +
    "all run times." +
    (left > 0
      ? ` Run times left out because their runs would take too many samples: ${left}.`
      : "");
}

/** Draws the run. */
export function drawPublished(rows: readonly PublishedRow[], p: PublishedParameters): Figure {
  const all = publishedSummary(rows), targets = distinct(all, "target");
  const x = { label: "pre-training strength /{μ}" };
  const times = targets.map((target): Series => {
    const own = where(all, "target", target);
    const band = own.map(({ mu, mean, low, high }) => ({ x: mu, y: mean, low, high }));
    return {
      name: target,
      ...{ marks: own.map(({ mu, published }) => ({ x: mu, y: published })) },
      ...{ band, thin: band },
    };
  });
  const distances = targets.map((target): Series => ({
    name: target,
    marks: where(all, "target", target).map(({ mu, z }) => ({ x: mu, y: z })),
  }));
  const followed = targets.flatMap((target) =>
    Array.from({ length: FOLLOWED }, (_, group): Series => {
      const own = where(where(rows, "target", target), "group", group);
      const thin = own.flatMap(({ mu, exit }) => {
        const { mean, sd } = where(where(all, "target", target), "mu", mu)[0];
        return exit === null ? [] : [{ x: mu, y: (exit - mean) / sd }];
      });
      return { name: `${target}, group ${group + 1}`, look: 5 + group, thin };
    })
  );
  const zero = { name: "0", guide: [0.05, 0.95].map((mu) => ({ x: mu, y: 0 })) };
  const legend = legendOf(times.map(({ name, marks }) => ({ name, marks })));
  const drawings = [
    {
      ...{ title: "Published and exact chain", x, series: times },
      y: { label: "run time (SGD steps)", type: "log" as const },
    },
    {
      ...{ title: "In standard deviations", x },
      y: { label: "distance from the mean, /{z}" },
      series: [...followed, zero, ...distances.map((series, look) => ({ ...series, look }))],
    },
  ];
  const left = p.published.length - all.length;
  return figureOf(drawings, {
    ...{ columns: 2, aspect: 0.75, legend },
    caption: captionOf(p, left, all.map(({ starts }) => starts)),
  });
}
