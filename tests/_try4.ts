import * as r from "lora-dynamics/papers/convergence_rate/mod.ts";
import { geomspace, linspace, slope } from "lora-dynamics/experiment/mod.ts";
const G = JSON.parse(Deno.readTextFileSync("/work/shared/golden/convergence-rate.json"));
let t0 = performance.now();
for (const T of [100, 1000, 1e4, 1e5, 1e6]) {
  const w = r.worstCaseRun(T);
  const v = r.valley(T);
  console.log(
    T,
    r.worstCaseRatio(w),
    r.valleySteps(v, w.v),
    r.boundSqrt({ smoothness: 1, gap: w.gap, v2: v.v0 ** 2 }, T) / w.gradient2,
    T / w.descentSteps,
    w.gap,
  );
}
console.log(
  G.E5_worst.rows.map((x: any) => [x.const, x.T_ode, x.upper_over_actual, x.Delta, x]).at(-1),
);
console.log("worst ms", performance.now() - t0);
t0 = performance.now();
for (const p of [1.1, 1.25, 1.5, 2, 3, 5]) {
  const times = [
    10,
    18,
    32,
    56,
    100,
    178,
    316,
    562,
    1000,
    1778,
    3162,
    5623,
    10000,
    17783,
    31623,
    56234,
    100000,
    177828,
    316228,
    562341,
    1000000,
  ];
  const rows = r.balancedRun(r.powerLaw(p), 0.5, times);
  const late = rows.slice(-5);
  const lx = late.map((x) => Math.log(x.t));
  const e = (k: any) => slope(lx, late.map((x) => Math.log((x as any)[k])));
  console.log(
    p,
    e("gradient2"),
    e("full2"),
    e("descent2"),
    e("time"),
    e("v2"),
    r.powerExponents(p),
    G.E6_power.rows.find((x: any) => x.p === p),
  );
}
console.log("power ms", performance.now() - t0);
t0 = performance.now();
const [l] = r.balancedRun(r.logistic, 0.5, [1e6]);
console.log(l, r.logisticAsymptotics(1e6), G.E7_logistic.rows.at(-1));
for (const a0 of [1, 2, 4, 8]) {
  const d = r.divergenceStep(a0, 1);
  const e = r.firstStep(
    0.5 * d,
    (eta) => r.constantRun({ a0, eta, steps: 20000 }).state === "diverged",
  );
  console.log(a0, e, e / d - 1);
  if (a0 >= 2) {
    console.log(
      "mono",
      r.firstStep(0.5 * d * 0.5, (eta) => !r.constantRun({ a0, eta, steps: 3000 }).monotone) * a0 *
        a0,
    );
  }
}
console.log("scan ms", performance.now() - t0);
for (
  const [na, nr] of [
    [50, 20],
    [40, 25],
    [25, 40],
    [41, 25],
    [49, 20],
    [48, 20],
    [51, 20],
    [40, 24],
    [32, 32],
    [31, 31],
    [60, 16],
    [30, 39],
    [40, 39],
    [30, 38],
    [24, 39],
    [25, 39],
    [50, 19],
    [49, 19],
    [51, 19],
  ]
) {
  let n = 0;
  for (const a of geomspace(0.2, 20, na)) {
    for (const q of linspace(0.05, 1.95, nr)) if (q * r.divergenceStep(a, 1) < 2) n++;
  }
  let m = 0;
  for (const a of linspace(0.2, 20, na)) {
    for (const q of linspace(0.05, 1.95, nr)) if (q * r.divergenceStep(a, 1) < 2) m++;
  }
  console.log(na, nr, n, m);
}
t0 = performance.now();
console.log(
  r.laboratory({
    slope: (x) => -((1 + x) ** -1.5),
    smoothness: 1.5,
    x0: .25,
    times: [1e3, 1e6, 1e30],
  }),
  performance.now() - t0,
);
console.log(
  r.laboratory({
    slope: (x) => x > 5 ? NaN : -((1 + x) ** -1.5),
    smoothness: 1.5,
    x0: .25,
    times: [1e3, 1e6, 1e30],
  }),
);
