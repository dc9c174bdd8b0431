import * as r from "lora-dynamics/papers/convergence_rate/mod.ts";
for (let k = 0; k < 3; k++) {
  for (const kind of r.KINDS) {
    const t0 = performance.now();
    const rows = (r.lemmaFuzz as any)({ kind, part: k, trials: 10000 }, {
      seed: "7",
    }) as r.LemmaRow[];
    console.log(kind, ((performance.now() - t0) / 10).toFixed(1), "us/trial");
  }
}
