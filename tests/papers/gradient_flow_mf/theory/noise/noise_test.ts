import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { scale } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close } from "../_helpers.ts";

type Name = "zeroB" | "zeroA" | "gauss";
const STARTS: readonly Name[] = ["zeroB", "zeroA", "gauss"];

function started(problem: mf.Problem, start: Name, alpha: number, seed: number) {
  return mf.startAdapters(problem, { start, r: 3, alpha, draws: portable(seed) });
}

/** `ζᵀ(B₁ᵀB₁ − A₁A₁ᵀ)ζ`, entry by entry. */
function imbalance({ b1, a1 }: mf.Adapters, zeta: Float64Array): number {
  const r = zeta.length, n = a1.columns;
  let sum = 0;
  for (let k = 0; k < r; k++) {
    for (let l = 0; l < r; l++) {
      let entry = 0;
      for (let i = 0; i < b1.rows; i++) entry += b1.data[i * r + k] * b1.data[i * r + l];
      for (let j = 0; j < n; j++) entry -= a1.data[k * n + j] * a1.data[l * n + j];
      sum += zeta[k] * entry * zeta[l];
    }
  }
  return sum;
}

/** Parts of the loss and misalignment of the matrices at the times. */
function run(problem: mf.Problem, adapters: mf.Adapters, times: number[], rho = 1) {
  const rates = { b2: rho, a2: rho }, flow = new mf.AdapterFlow(problem, adapters, { rates });
  const along = mf.signalDirections(problem);
  return flow.solve(times).states.map((state) => {
    const { b1, a1, b2, a2 } = flow.adapters(state);
    return {
      ...mf.lossParts(flow.error(state), along),
      gap: mf.misalignment(mf.stackOf(b1, a1), [along.p, along.v]),
      x1: mf.learnt(b1, a1, along.p, along.v),
      x2: mf.learnt(b2!, a2!, along.u, along.p),
    };
  });
}

Deno.test("the final errors of the golden starts, and by how much the matrices differ from them", () => {
  for (const { delta_w, scheme, alpha, first_seed, ...row } of golden.finalErrors.rows) {
    if (!first_seed) continue;
    const problem = mf.problemQ({ delta: delta_w }), t = 1.3 * Math.log(1 / alpha) / 0.91 + 60;
    const theory = (seed: number) =>
      mf.noiseCourse(problem, started(problem, scheme as Name, alpha, seed), [t]);
    close(theory(first_seed.seed).rest[0], first_seed.Lpp_theory, 2e-8);
    // Geometric means of the reference's matrices over three starts.
    const three = [840, 841, 842].map(theory),
      mean = (of: (c: mf.NoiseCourse) => number) =>
        Math.exp(three.reduce((sum, course) => sum + Math.log(of(course)) / 3, 0));
    close(mean((course) => course.rest[0]), row.Lpp_geomean, 1.2 * row.noise_eq_max_abs_dlogL);
    close(mean((course) => course.x2[0]), row.x2_geomean, 1e-3);
  }
});

Deno.test("the whole course is that of the matrices, and comes closer with a smaller start", () => {
  const problem = mf.problemQ({ delta: 0.7 });
  for (const start of STARTS) {
    const worst = [1e-3, 1e-4].map((alpha) => {
      const adapters = started(problem, start, alpha, 17);
      const { half } = mf.noiseCourse(problem, adapters, []);
      const times = [half - 2, half, half + 1.5, half + 5, half + 12, half + 30];
      const course = mf.noiseCourse(problem, adapters, times);
      assertAlmostEquals(course.signal[1], 0.35 ** 2 / 2, 1e-6);
      const off = run(problem, adapters, times).flatMap((row, i) => {
        // Late in the signal and early in the rest others drive what is tiny.
        const parts = [[row.mixed, course.mixed[i]], [row.x1, course.x1[i]]];
        if (i < 4) parts.push([row.signal, course.signal[i]]);
        if (i > 1) parts.push([row.rest, course.rest[i]], [row.gap, course.gaps[i]]);
        parts.push([row.x2, course.x2[i]]);
        return parts.map(([found, wanted]) => Math.abs(Math.log(found / wanted)));
      });
      return Math.max(...off);
    });
    assertLess(worst[1], 0.02, start);
    assertLess(worst[1], worst[0] / 5, start);
  }
});

Deno.test("with a slower or faster adapter 2 it is still that of the matrices", () => {
  const problem = mf.problemQ({ delta: 0.7 });
  for (const [start, rho] of [["zeroB", 0.7], ["zeroA", 1.3], ["gauss", 0.8]] as const) {
    const adapters = started(problem, start, 1e-4, 23);
    const { half } = mf.noiseCourse(problem, adapters, [], { rho });
    const times = [half + 1, half + 6, half + 40];
    const course = mf.noiseCourse(problem, adapters, times, { rho });
    run(problem, adapters, times, rho).forEach((row, i) => {
      close(row.mixed, course.mixed[i], 0.02);
      close(row.rest, course.rest[i], 0.02);
      close(row.gap, course.gaps[i], 0.01);
      close(row.x2, course.x2[i], 1e-4);
    });
  }
});

Deno.test("left, right and hidden directions without partners are followed too", () => {
  const sizes = [{ m: 5, h: 6, n: 7 }, { m: 7, h: 4, n: 5 }, { m: 4, h: 9, n: 4 }];
  const problems = sizes.map((size) =>
    mf.aligned({ s2: [1.5, 1.2, 0.7], s1: [0.9, 0.8, 0, 0.6], target: [0, 0.9], ...size })
  );
  // The very first left or right vector, too.
  const first = { target: [0, 0.9], m: 4, h: 4, n: 4 };
  problems.push(
    mf.aligned({ s2: [1.5, 1.2, 0.7], s1: [0, 0.8, 0.6], ...first }),
    mf.aligned({ s2: [0, 1.2, 0.7], s1: [0.9, 0.8, 0.6], ...first }),
  );
  for (const problem of problems) {
    for (const start of STARTS) {
      const adapters = started(problem, start, 1e-4, 31);
      const { half } = mf.noiseCourse(problem, adapters, []), times = [half + 4, half + 30];
      const course = mf.noiseCourse(problem, adapters, times);
      run(problem, adapters, times).forEach((row, i) => {
        close(row.mixed, course.mixed[i], 0.01);
        close(row.rest, course.rest[i], 0.02);
        close(row.gap, course.gaps[i], 0.01);
      });
    }
  }
});

Deno.test("the end is what a long course comes to; horizon is when it is there", () => {
  const problem = mf.problemQ({ delta: 0.5 }), adapters = started(problem, "zeroB", 1e-3, 41);
  const { horizon, final } = mf.noiseCourse(problem, adapters, []);
  const { losses, gaps, half } = mf.noiseCourse(problem, adapters, [horizon, 20 * horizon]);
  close(losses[1], final.loss, 1e-8);
  close(gaps[1], final.gap, 1e-8);
  close(mf.noiseCourse(problem, adapters, [50 * horizon]).losses[0], final.loss, 1e-8);
  close(losses[0], final.loss, 0.01);
  const { x1, x2 } = mf.splitOf(problem, adapters), { muPerp } = mf.localRates(problem, x1, x2);
  const { mixed: [stage2] } = mf.noiseCourse(problem, adapters, [half]);
  close(horizon, mf.horizonFor({ halfTime: half, muPerp, stage2, final: final.loss }), 1e-6);
});

Deno.test("at the end ε = η = 0, and the error is −R + σβ₂pᵀ/√(x₁x₂)", () => {
  for (const [start, rho] of [["zeroB", 1], ["zeroA", 0.7], ["gauss", 1.3]] as const) {
    const problem = mf.problemQ({ delta: 0.5 }), adapters = started(problem, start, 1e-3, 47);
    const { final: { loss, gap, state } } = mf.noiseCourse(problem, adapters, [], { rho });
    const { indices, frozen, zeta1 } = mf.noiseStart("test", problem, adapters);
    const { x1, x2, e, beta1, beta2, p, q } = state, size = indices.length;
    const at1 = 0.65 + x1, at2 = 1.3 + x2, noise = Math.hypot(...beta1, ...p);
    assertAlmostEquals(1.3 * x1 + 0.65 * x2 + x1 * x2, 0.7, 1e-9);
    assertAlmostEquals(e, 0, 1e-12);
    let rest = 0;
    indices.forEach(({ s2, s1, left, right }, i) => {
      const epsilon = s2 * Math.sqrt(x1) * beta1[i] + at1 * Math.sqrt(x2) * beta2[i];
      const eta = at2 * Math.sqrt(x1) * p[i] + s1 * Math.sqrt(x2) * q[i];
      if (left >= 0) assertLess(Math.abs(epsilon), 1e-9 * noise);
      if (right >= 0) assertLess(Math.abs(eta), 1e-9 * noise);
      indices.forEach((_, j) => {
        rest += (-frozen.data[i * size + j] + 0.7 / Math.sqrt(x1 * x2) * beta2[i] * p[j]) ** 2;
      });
    });
    close(0.5 * rest, loss, 1e-8);
    // The rest of the angle: b₁ and a₁ can agree no better than the conserved imbalance lets them.
    const z = 0.5 * Math.hypot(...beta1) ** 2 - 0.5 * Math.hypot(...p) ** 2;
    const apart = imbalance(adapters, zeta1) / 2 - z;
    close(noise ** 2 / (4 * x1) + (apart / x1) ** 2 / 8, gap, 1e-5);
  }
});

Deno.test("the conserved imbalance keeps a part of the misalignment of B = 0", () => {
  const problem = mf.problemQ({ delta: 0.3 });
  for (const alpha of [1e-3, 1e-4]) {
    const adapters = started(problem, "zeroB", alpha, 841),
      t = 1.3 * Math.log(1 / alpha) / 0.91 + 60;
    const { gaps: [gap], keptGaps, x1: [x1], half } = mf.noiseCourse(problem, adapters, [t]);
    const { zeta1 } = mf.noiseStart("test", problem, adapters);
    const kept = (imbalance(adapters, zeta1) / x1) ** 2 / 32;
    const [row] = run(problem, adapters, [t]), order = Math.exp(-2 * 0.3 * 0.91 * half);
    close(gap, row.gap, 3 * order);
    close(keptGaps[0], kept, 1e-4); // what is left of p and β₁ is small against the start
    assertLess(10 * order, kept / gap); // it would be missed
  }
});

Deno.test("before the escape the misalignment is that of the linear flow, both of its decays", () => {
  const problem = mf.problemQ({ delta: 0.5 }), times = [2, 3, 5];
  for (const start of STARTS) {
    const adapters = started(problem, start, 1e-6, 61);
    const { gaps } = mf.noiseCourse(problem, adapters, times);
    times.forEach((t, i) => {
      const tan2 = 1 / (1 - gaps[i]) ** 2 - 1;
      close(0.5 * tan2, mf.alignmentLaw(problem, adapters, t), 1e-6);
    });
  }
});

Deno.test("without the mixing a one-sided start leaves nothing", () => {
  const problem = mf.problemQ({ delta: 0.5 }),
    at = (start: Name) => {
      const adapters = started(problem, start, 1e-3, 53);
      return mf.noiseCourse(problem, adapters, [], { mixing: false }).final.loss;
    };
  assertEquals([at("zeroB"), at("zeroA")], [0, 0]);
  assert(at("gauss") > 1e-12);
});

Deno.test("different ranks and other bases change nothing", () => {
  const problem = mf.problemQ({ delta: 0.6 }), draws = portable(77);
  const start = mf.startAdapters(problem, { start: "zeroB", r: [2, 3], alpha: 1e-3, draws });
  const t = 1.3 * Math.log(1e3) / 0.91 + 60, here = mf.noiseCourse(problem, start, [t]);
  const [row] = run(problem, start, [t]);
  close(here.rest[0], row.rest, 0.01);
  // Signs of a basis are free: turn two coordinates of each over.
  const flip = (size: number, at: number) => {
    const data = new Float64Array(size * size);
    for (let i = 0; i < size; i++) data[i * size + i] = i === at || i === 2 ? -1 : 1;
    return { rows: size, columns: size, data };
  };
  const [u, g, v] = [flip(9, 4), flip(12, 1), flip(7, 5)];
  const turn = (x: mf.Adapters["b1"], signs: typeof u, side: "left" | "right") => ({
    ...x,
    data: x.data.map((y, at) => {
      const i = side === "left" ? Math.floor(at / x.columns) : at % x.columns;
      return y * signs.data[i * signs.columns + i];
    }),
  });
  const moved = {
    ...{ b1: turn(start.b1, g, "left"), a1: turn(start.a1, v, "right") },
    ...{ b2: turn(start.b2!, u, "left"), a2: turn(start.a2!, g, "right") },
  };
  const there = mf.noiseCourse(mf.rotated(problem, { u, g, v }), moved, [t]);
  close(there.losses[0], here.losses[0], 1e-7);
  close(there.gaps[0], here.gaps[0], 1e-7);
});

Deno.test("the paper's Figure 1, stiff and with 90 hidden directions that no layer sees", () => {
  const problem = mf.paperProblem({}), times = [0.9, 1.5, 3, 5];
  for (const start of ["zeroB", "zeroA"] as const) {
    const draws = portable(2000);
    const adapters = mf.startAdapters(problem, { start, r: 4, alpha: 1e-4, draws });
    const { losses, gaps } = mf.noiseCourse(problem, adapters, times);
    const reduced = mf.reduceHidden({ problem, adapters });
    run(reduced.problem, reduced.adapters, times).forEach((row, i) => {
      close(row.signal + row.mixed + row.rest, losses[i], 1e-3);
      close(row.gap, gaps[i], 1e-3);
    });
  }
});

Deno.test("no noise, no error: a spectral start", () => {
  const problem = mf.problemQ({ delta: 0.5 });
  const start = mf.startAdapters(problem, { start: "spectral", r: 1, alpha: 1e-3 });
  const { final, horizon, mixed, losses } = mf.noiseCourse(problem, start, [0, 6, 12]);
  assertEquals([final.loss, final.gap, mixed[2]], [0, 0, 0]);
  assertLess(12, horizon);
  assertLess(losses[2], losses[1]);
});

Deno.test("options, times and assumptions are checked", () => {
  const problem = mf.problemQ({ delta: 0.5 }), start = started(problem, "gauss", 1e-2, 1);
  const of = (times: number[], options = {}) => mf.noiseCourse(problem, start, times, options);
  assertThrows(() => of([1], { rho: 0 }), RangeError, "rho");
  assertThrows(() => of([1], { rho: -1 }), RangeError, "rho");
  assertThrows(() => of([1], { rate: 2 }), TypeError, "rate");
  assertThrows(() => of([1], { mixing: 1 as never }), TypeError, "mixing");
  assertThrows(() => of([-1, 2]), RangeError, "times[0]");
  assertThrows(() => of([2, 1]), RangeError, "times[1]");
  assertThrows(() => of([NaN]), RangeError, "times[0]");
  const fast = mf.problemQ({ delta: 1 });
  assertThrows(() => mf.noiseCourse(fast, start, [1]), RangeError, "exchange the layers");
  const large = { ...start, a1: scale(start.a1, 1e3), b1: scale(start.b1, 1e3) };
  assertThrows(() => mf.noiseCourse(problem, large, [1]), RangeError, "short of the target");
  assert(of([]).times.length === 0 && of([]).final.loss > 0);
});
