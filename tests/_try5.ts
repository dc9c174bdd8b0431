import * as r from "lora-dynamics/papers/convergence_rate/mod.ts";
import { geomspace, linspace, summary } from "lora-dynamics/experiment/mod.ts";
for (
  const [rule, alpha, start, rank, epochs] of [
    ["const", 0.03, "usual", 4, 60],
    ["const", 0.1, "usual", 4, 60],
    ["const", 0.3, "usual", 4, 60],
    ["const", 1, "usual", 4, 60],
    ["adapt", 5, "usual", 4, 60],
    ["adapt", 20, "usual", 4, 60],
    ["adapt2", 20, "usual", 4, 60],
    ["norm", 0.1, "usual", 4, 60],
    ["norm", 0.2, "usual", 4, 60],
    ["adapt", 20, "small", 4, 10],
    ["const", 0.1, "small", 4, 10],
    ["adapt", 20, "large", 4, 10],
    ["const", 0.1, "large", 4, 10],
  ] as any[]
) {
  const t0 = performance.now();
  const runs = [1, 2, 3, 4, 5].map((s) =>
    (r.digitsRun as any)({ rule, alpha, start, rank, epochs }, { seed: String(s) }) as r.DigitsRow[]
  );
  const last = runs.map((x) => x.at(-1)!);
  if (last.some((x) => x.diverged)) {
    console.log(rule, alpha, start, "div", last.filter((x) => x.diverged).length);
    continue;
  }
  const s = (v: number[]) => {
    const q = summary(v);
    return q.mean.toFixed(3) + "±" + q.se.toFixed(3);
  };
  const at100 = runs.map((x) =>
    summary(x.filter((y) => y.step === 100 || y.step === 110).map((y) => y.loss)).mean
  );
  console.log(
    rule,
    alpha,
    start,
    s(last.map((x) => x.trainLoss!)),
    s(at100),
    s(last.map((x) => x.accuracy!)),
    s(last.map((x) => x.v2)),
    runs[0][0].eta,
    last[0].eta,
    ((performance.now() - t0) / 5).toFixed(0) + "ms",
  );
}
const t0 = performance.now();
const rows = (r.longRun as any)({ rule: "adapt", alpha: 20, steps: 1000 }, {
  seed: "7",
}) as r.LongRow[];
console.log(rows.at(-1), performance.now() - t0);
const counts: Record<string, number> = {};
let agree = 0;
for (const a0 of geomspace(0.2, 20, 30)) {
  for (const q of linspace(0.05, 1.95, 38)) {
    const eta = q * r.divergenceStep(a0, 1);
    if (!(eta < 2)) continue;
    const c = r.constantRun({ a0, eta, steps: 3000 });
    const k = c.state + (c.state === "converged" && c.monotone ? "-mono" : "");
    counts[k] = (counts[k] ?? 0) + 1;
    if ((c.state === "diverged") === (q > 1)) agree++;
  }
}
console.log(counts, agree, performance.now() - t0);
