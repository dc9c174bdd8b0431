import * as r from "lora-dynamics/papers/convergence_rate/mod.ts";
const golden = JSON.parse(Deno.readTextFileSync("/work/shared/golden/convergence-rate.json"));
for (const [key, rows] of Object.entries(golden.E13_golden) as [string, any[]][]) {
  if (!key.includes("/")) continue;
  const [p, n] = key.split("/");
  const m = /^(adapt2|adapt|const|norm|paper|simple|cubic)_?([\d.]*)$/.exec(n)!;
  const { loss, start } = p === "quad" ? r.referenceQuadratic() : r.referenceSoftmax();
  const run = new r.Descent(loss, start);
  let worst = 0, k = 0;
  const t0 = performance.now();
  r.descend(
    run,
    r.rule(m[1] as any, m[2] ? Number(m[2]) : undefined),
    rows.at(-1).t,
    ({ t, eta }) => {
      const g = rows[k];
      if (g.t !== t) return;
      k++;
      for (
        const [a, b] of [[run.loss, g.J], [run.gradient2, g.grad2], [run.v2, g.v2], [eta, g.eta], [
          run.g,
          g.g,
        ], [run.gamma, g.gamma]]
      ) {
        const e = Math.abs(a / b - 1);
        if (e > worst) worst = e;
        if (e > 1e-9) console.log(key, t, a, b);
      }
    },
  );
  console.log(
    key,
    k,
    rows.length,
    worst,
    rows.at(-1).t,
    (performance.now() - t0) / rows.at(-1).t * 1000,
    "us/step",
  );
}
