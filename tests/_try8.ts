import * as r from "lora-dynamics/papers/convergence_rate/mod.ts";
let div = 0;
const losses = [] as number[];
for (let s = 1; s <= 40; s++) {
  const rows = (r.digitsRun as any)({
    rule: "const",
    alpha: 1,
    start: "usual",
    rank: 4,
    epochs: 60,
  }, { seed: String(s) }) as r.DigitsRow[];
  const l = rows.at(-1)!;
  if (l.diverged) div++;
  else losses.push(l.trainLoss!, Math.max(...rows.map((x) => x.loss)));
}
console.log(div, losses);
