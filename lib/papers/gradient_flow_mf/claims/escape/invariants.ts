/**
 * C1, C2: what the flow conserves, and how fast its loss falls.
 *
 * @module
 */
import {
  agree,
  type Claim,
  comparison,
  slope,
  where,
  withControl,
} from "../../../../experiment/mod.ts";
import { type DriftRow, integrators } from "../../experiments/escape/integrators.ts";

const paper = "gradient-flow-mf";

/** Drifts of the independent implementation, by method and step. */
const REFERENCE = {
  euler: { 0.04: 7.100058921429818e-3, 0.02: 3.571057774125606e-3, 0.01: 1.790935227943028e-3 },
  rk4: { 0.2: 6.831673814928657e-5, 0.1: 3.757239393301811e-6, 0.05: 2.1331469199313442e-7 },
} as const;

/** Entries are of order one: a hundred roundings. */
const ROUNDING = 1e-14;

/** Order of a drift in the step. */
function orderOf(rows: readonly DriftRow[]): number {
  return slope(rows.map(({ step }) => Math.log(step)), rows.map(({ drift }) => Math.log(drift)));
}

function c1(): Claim {
  return {
    id: "C1",
    paper,
    source: { whose: "ours", where: "the invariant is Remark C.1" },
    statement:
      "BᵀB − AAᵀ is conserved: implicit midpoint keeps it to rounding, gradient descent drifts by " +
      "η ‖∫(ḂᵀḂ − ȦȦᵀ)dt‖, Runge–Kutta 4 like h⁴",
    falsifier:
      "A drift above 1e-14 under implicit midpoint, an order off 1 or 4 by 0.2, a drift of descent off " +
      "its leading order by more than the relative size η of the next, or digits off the reference's",
    evidence: {
      seeds: 1,
      sizes: "generic problem, 10 x 9 x 8, r = 3, to t = 4, steps 0.01 to 0.2",
      draws: "instance",
    },
    // Control: BᵀB + AAᵀ in place of BᵀB − AAᵀ.
    ...withControl(async (preset, _seed, wrong) => {
      const { rows: { drift } } = await integrators({ preset });
      const { put, result } = comparison();
      for (const [method, order] of [["euler", 1], ["rk4", 4]] as const) {
        const rows = where(drift, "method", method);
        put(`order of ${method}`, orderOf(rows), order, 0.2);
        for (const [step, value] of Object.entries(REFERENCE[method])) {
          put(`${method} ${step}`, where(rows, "step", Number(step))[0].drift, value, 1e-6 * value);
        }
      }
      for (const { step, drift: found, predicted } of where(drift, "method", "euler")) {
        put(`descent over its leading order, η = ${step}`, found / predicted!, 1, step);
      }
      for (const row of where(drift, "method", "midpoint")) {
        put(`midpoint ${row.step}`, wrong ? row.sum : row.drift, 0, ROUNDING);
      }
      // Twenty steps of relative tolerance 3e-14, errors of one sign.
      put("adaptive", where(drift, "method", "dop853")[0].drift, 0, 6e-13);
      return result(
        "orders 0.2; reference rel 1e-6; descent rel η; midpoint 1e-14; adaptive 6e-13",
      );
    }),
  };
}

function c2(): Claim {
  return {
    id: "C2",
    paper,
    source: { whose: "ours" },
    statement:
      "Energy identity: dL/dt = −⟨E, 𝒦(E)⟩, by central differences of the loss whose error falls like h²",
    falsifier:
      "A relative error whose order in h is off 2 by 0.02 over two decades, or that at h = 1e-4 is off " +
      "the truncation error extrapolated from h = 1e-2 by a tenth",
    evidence: {
      seeds: 1,
      sizes: "generic problem, 10 x 9 x 8, r = 3, at t = 1, h = 1e-2 to 1e-4",
      draws: "instance",
    },
    // Control: one of the four gradients left out.
    ...withControl(async (preset, _seed, wrong) => {
      const { rows: { energy } } = await integrators({ preset });
      const error = (h: number) => {
        const [{ rate, energy: right, partial }] = where(energy, "step", h);
        return Math.abs(rate / (wrong ? partial : right) - 1);
      };
      const order = Math.log10(error(1e-2) / error(1e-4)) / 2;
      return agree(
        { order, "error at 1e-4": error(1e-4) },
        { order: 2, "error at 1e-4": 1e-4 * error(1e-2) },
        {
          bounds: { order: 0.02, "error at 1e-4": 1e-5 * error(1e-2) },
          text: "order 0.02; a tenth of the truncation error, for rounding of the losses over 2h",
        },
      );
    }),
  };
}

/** The claims of this file. */
export const invariantClaims: readonly Claim[] = [c1(), c2()];
