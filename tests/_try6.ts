import * as r from "lora-dynamics/papers/convergence_rate/mod.ts";
import { summary } from "lora-dynamics/experiment/mod.ts";
for (const sp of ["split", "a", "b", "c", "d", "e"]) {
  (globalThis as any).SPLIT = sp;
  const last = [1, 2, 3, 4, 5].map((s) =>
    ((r.digitsRun as any)({ rule: "adapt", alpha: 20, start: "usual", rank: 4, epochs: 60 }, {
      seed: String(s),
    }) as r.DigitsRow[]).at(-1)!
  );
  const s = (v: number[]) => {
    const q = summary(v);
    return q.mean.toFixed(3) + "±" + q.se.toFixed(3);
  };
  console.log(sp, s(last.map((x) => x.trainLoss!)), s(last.map((x) => x.accuracy!)));
}
