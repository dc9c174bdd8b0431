import * as r from "lora-dynamics/papers/convergence_rate/mod.ts";
import { median } from "lora-dynamics/experiment/mod.ts";
console.log("kappa", r.kappaStar());
for (let k = 0; k < 2; k++) {
  for (const kind of r.KINDS) {
    const t0 = performance.now();
    const rows = (r.lemmaFuzz as any)({ kind, part: k, trials: 5000 }, {
      seed: "7",
    }) as r.LemmaRow[];
    let mp = 0, ms = 0, vp = 0, vs = 0;
    for (const row of rows) {
      const p = r.remainderPaper(row), s = r.remainderSharp(row);
      const noise = 1e-10 * (row.magnitude + s);
      if (row.remainder > p + noise) vp++;
      if (row.remainder > s + noise) vs++;
      if (s > 1e-8 * row.magnitude) {
        mp = Math.max(mp, row.remainder / p);
        ms = Math.max(ms, row.remainder / s);
      }
    }
    console.log(kind, ((performance.now() - t0) / 5).toFixed(1), "us/trial", vp, vs, mp, ms);
  }
}
for (const kind of r.KINDS) {
  const t0 = performance.now();
  const rows = (r.stepFuzz as any)({ kind, part: 0, trials: 5000 }, { seed: "7" }) as r.StepRow[];
  const t = ((performance.now() - t0) / 5).toFixed(1);
  for (const rule of r.CERTIFIED) {
    const bound = rule === "paper" ? -0.25 : -0.5;
    const here = rows.filter((x) =>
      x.rule === rule && (rule !== "paper" || x.smoothness >= r.LEAST_SMOOTHNESS)
    );
    console.log(
      kind,
      t,
      rule,
      here.length,
      here.filter((x) => x.decrease > bound + x.noise).length,
      Math.max(...here.filter((x) => x.noise < 1e-3).map((x) => x.decrease)),
    );
  }
}
const t0 = performance.now();
const rows = (r.factorFuzz as any)({ part: 0, trials: 10000 }, { seed: "7" }) as r.LemmaRow[];
console.log(
  "bm",
  (performance.now() - t0) / 10,
  rows.filter((x) =>
    x.remainder > r.remainderFactored(x) + 1e-10 * (x.magnitude + r.remainderFactored(x))
  ).length,
  Math.max(
    ...rows.filter((x) => r.remainderFactored(x) > 1e-6 * x.magnitude).map((x) =>
      x.remainder / r.remainderFactored(x)
    ),
  ),
);
