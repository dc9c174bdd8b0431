import { claims } from "lora-dynamics/papers/convergence_rate/mod.ts";
import { runClaims } from "lora-dynamics/experiment/mod.ts";
const preset = Deno.args[0] as "quick" | "full";
let t0 = performance.now();
await runClaims(claims, preset, {
  progress: false,
  only: Deno.args[1]?.split(","),
  onRow: (row) => {
    console.log(row.id, row.pass ? "ok" : "FAIL", row.seconds.toFixed(2));
    if (!row.pass) console.log(JSON.stringify(row, null, 1));
  },
});
console.log((performance.now() - t0) / 1000);
