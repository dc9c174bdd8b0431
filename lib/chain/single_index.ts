import type { Draws } from "./draws.ts";
import { SampledLaw } from "./law/sampled.ts";
import { checkModel, type SingleIndexModel } from "./model.ts";
import { RankOneChain } from "./rank_one.ts";
import type { SingleIndexStart } from "./state.ts";

/**
 * One-pass SGD of a rank-one adapter, exact in law for every `d`, at a cost independent of `d`.
 *
 * The state is `u`, the coordinates `a` of ω in a frame that holds ω⋆ and w₀, and the length `h` of
 * the rest. Inputs are isotropic, so what a batch does outside frame and ω is one χ² variable with
 * `d − p − 1` degrees of freedom: `(u, a, h)` is a Markov chain with exactly this kernel for every
 * `d ≥ p + 1`, batch, step size, update rule, loss and law of the label noise; no large-`d` limit is
 * taken.
 *
 * Assumes: inputs of one law in all directions (`N(0, I_d)`, with radii or lengths of their own), a fresh
 * batch at every step, labels `σ⋆(ω⋆·x) + √Δ z`.
 * Scale: time is counted in steps.
 * Streams: `"data"`, `"radius"`, `"rest"`, `"noise"`, `"remainder"`, `"memory"` and the starts are drawn from
 * named children of `rng`, so that chains at different `d` share all random numbers but the χ² remainder.
 * Source: ours (proposition with proof).
 *
 * @example An overlap that grows from `d^{-1/2}` to order one.
 * ```ts
 * import { SingleIndexChain } from "lora-dynamics/chain/mod.ts";
 * import { activation } from "lora-dynamics/gaussian/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertGreater } from "@std/assert";
 *
 * const model = { student: activation("x"), d: 1000, frozen: [0.5], batch: 500, step: 0.2 };
 * const chain = new SingleIndexChain(model, 4, stream("7", "example"));
 * chain.run(400);
 * assertGreater(Math.abs(chain.state.m(0)), 0.9);
 * ```
 *
 * @example Heavy tails in inputs and labels, against a loss that bends.
 * ```ts
 * import { SingleIndexChain } from "lora-dynamics/chain/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const model = {
 *   student: "erf", d: 1000, frozen: [0.5], batch: 100, step: 0.2, noise: 0.3,
 *   loss: { name: "huber", delta: 0.5 },
 *   noiseLaw: { name: "student t", degrees: 3 },
 *   inputs: { name: "mixture", share: 0.05, ratio: 5 },
 * };
 * const chain = new SingleIndexChain(model, 4, stream("7", "example"));
 * chain.run(100);
 * assert(chain.status === "running");
 * ```
 */
export class SingleIndexChain extends RankOneChain {
  /**
   * `copies` independent chains in lockstep.
   *
   * @throws {RangeError} If `d < p + 1`, `batch < 1` or above 2²⁶, a step size is not `> 0`, `noise < 0`, a name is
   * not known, or the law of the inputs depends on the axes.
   * @throws {TypeError} If a shape does not fit or a key of the model or the start is not known.
   */
  constructor(
    model: SingleIndexModel,
    copies: number,
    rng: Draws,
    start: SingleIndexStart = {},
  ) {
    const what = "run one-pass SGD", checked = checkModel(what, model);
    super(what, checked, copies, rng, start, () => new SampledLaw(checked, copies, rng));
  }
}
