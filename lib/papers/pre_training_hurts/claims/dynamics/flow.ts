/**
 * Claims about the flow: golden points, late rate, ends around the trap.
 *
 * Golden numbers are those of an independent Python implementation.
 *
 * @module
 */
import { type Claim, comparison, slope, withControl } from "../../../../experiment/mod.ts";
import { LoraFlow } from "../../theory/flow.ts";

const paper = "pre-training-hurts";
const M0 = 10 ** -1.5, U0 = 1e-6;

/** Golden points: time, and the values there. */
const FLOW_POINTS = [
  ["x", 0.5, 20, { u: 0.4122449241, m: 0.8823899428, loss: 0.02809255122 }],
  ["x", 0.9, 500, { u: 0.0975653367, m: 0.9761224246, loss: 2.359261609e-4 }],
  ["He2", 0.5, 6, { u: 0.3869936899, m: 0.4350444638, loss: 0.5226142803 }],
  ["He3", 0.2, 300, { u: -0.01366888104, m: 0.1286121234, loss: 3.117362083 }],
  ["erf", 0.5, 150, { u: 0.2052463223, m: 0.8226278966, loss: 0.01536859775 }],
  ["relu", 0.5, 40, { u: 0.4328580877, m: 0.9013526418, loss: 0.01137237753 }],
] as const;

function c8(): Claim {
  return {
    id: "C8",
    paper,
    source: { whose: "ours" },
    statement:
      "The summary-statistics flow goes through the reference's points (u, m, L), on the sphere, " +
      "beside a misaligned weight and with ω free",
    falsifier: "A coordinate or loss more than 1e-8 away from the independent integration",
    evidence: { seeds: 0, sizes: "eight flows at one time each", draws: "nothing" },
    // Control: flows without the projection on the sphere, and the free one with it.
    ...withControl((_preset, _seed, wrong) => {
      const { put, result } = comparison(), sharp = { rtol: 1e-12 };
      for (const [student, mu, t, wanted] of FLOW_POINTS) {
        const flow = new LoraFlow({ student, frozen: [mu], u0: U0, a0: [M0], sphere: !wrong });
        const [point] = flow.path([t], sharp);
        for (const key of ["u", "m", "loss"] as const) {
          put(`${student} ${mu} ${key}`, point[key], wanted[key], 1e-8);
        }
      }
      const start = { student: "x", u0: U0, sphere: !wrong } as const;
      const beside = new LoraFlow({ ...start, frozen: [0.6, 0.4], a0: [M0, 0] });
      const [point] = beside.path([20], sharp);
      const wanted = { u: 0.5278602923, m: 0.6878176297, n: -0.679761847, loss: 0.01056188318 };
      for (const key of ["u", "m", "n", "loss"] as const) {
        put(`misaligned ${key}`, point[key], wanted[key], 1e-8);
      }
      const free = new LoraFlow({ ...start, frozen: [0.5], a0: [M0], sphere: wrong });
      const { y } = free.solve(40, sharp);
      [0.4550658587, 1.0986261679, 0.0102702973].forEach((x, i) =>
        put(`free ${"uah"[i]}`, y[i], x, 1e-8)
      );
      return result("abs 1e-8, the digits of the reference");
    }),
  };
}

/** `κ` in closed form: `E σ'(z)²`, over `N_k` for He₃. */
const KAPPA = { x: 1, He3: 1, erf: 4 / (Math.PI * Math.sqrt(5)), relu: 0.5 };

function c9(): Claim {
  return {
    id: "C9",
    paper,
    source: { whose: "ours" },
    statement: "Near the optimum 1 − m decays at the rate 2κ(1 − μ)²",
    falsifier: "A rate from 1 − m = 1e-6 on that is more than 1e-4 of it away from 2κ(1 − μ)²",
    evidence: { seeds: 0, sizes: "μ = 0.3 and 0.6; x, He₃, erf, ReLU", draws: "nothing" },
    // Control: the rate of full fine-tuning, which has no factor (1 − μ)².
    ...withControl((_preset, _seed, wrong) => {
      const { put, result } = comparison();
      for (const [student, kappa] of Object.entries(KAPPA)) {
        for (const mu of student === "He3" ? [0.6] : [0.3, 0.6]) {
          const rate = 2 * kappa * (wrong ? 1 : (1 - mu) ** 2);
          const flow = new LoraFlow({ student, frozen: [mu], u0: 1 - mu, a0: [1 - 1e-6] });
          const times = [0, 1, 2, 3].map((i) => (8 + i) / (2 * kappa * (1 - mu) ** 2));
          const path = flow.path(times, { rtol: 1e-12, atol: 1e-40 });
          const found = -slope(times, path.map(({ gap }) => Math.log(gap)));
          put(`${student} ${mu}`, found, rate, 1e-4 * rate);
        }
      }
      return result("rel 1e-4: the next order is 1 − m itself");
    }),
  };
}

/** Exit times of the flow of He₃ to `|m| = ½` by strength. */
const TRAP_TIMES = [
  [0.1, 933.86],
  [0.2, 563.6806],
  [0.3, 5435.355],
  [0.325, 94337.06],
  [0.35, 1516.0034],
  [0.4, 136.3659],
  [0.5, 23.15377],
  [0.7, 10.19018],
] as const;

function c10(): Claim {
  return {
    id: "C10",
    paper,
    source: { whose: "ours" },
    statement:
      "The flow of He₃ below μ_c = 0.3207 erases the frozen weight (s = 0, u = −μ, L = 3), above " +
      "it learns (s = 1, L = 0)",
    falsifier:
      "An end more than 1e-6 off, or an exit time more than 1e-4 of it from the reference's",
    evidence: {
      seeds: 0,
      sizes: "eight μ from 0.1 to 0.7, u₀ = 1e-6, m₀ = 1000^{−1/2}",
      draws: "nothing",
    },
    // Control: the trap at the minimum of τ's neighbourhood, 0.36, on the other side of two strengths.
    ...withControl((_preset, _seed, wrong) => {
      const { put, result } = comparison(), trap = wrong ? 0.36 : 0.3207243473;
      for (const [mu, exit] of TRAP_TIMES) {
        const trapped = mu < trap;
        const flow = new LoraFlow({ student: "He3", frozen: [mu], u0: U0, a0: [1000 ** -0.5] });
        const t = flow.exitTime(0.5);
        const [end] = flow.path([t + 5000]);
        put(`${mu} exit`, t, exit, 1e-4 * exit);
        put(`${mu} s`, end.s, trapped ? 0 : 1, 1e-6);
        put(`${mu} u`, end.u, trapped ? -mu : 1 - mu, 1e-6);
        put(`${mu} loss`, end.loss, trapped ? 3 : 0, 1e-6);
      }
      return result("ends abs 1e-6, times rel 1e-4");
    }),
  };
}

/** C8, C9, C10. */
export const flowClaims: readonly Claim[] = [c8(), c9(), c10()];
