/**
 * C1: LoRA gradient descent is gradient descent on the stack `V`.
 *
 * @module
 */
import { type Experiment, experiment, param, type Row } from "../../../../experiment/mod.ts";
import { add, innerProduct, type Matrix, matrix, multiply } from "../../../../linalg/mod.ts";
import { stream } from "../../../../random/mod.ts";
import { normals } from "../../adapters.ts";
import { KINDS, lossFamily } from "../../families.ts";
import type { Adapters } from "../../model.ts";
import { Descent } from "../../simulation/descent.ts";
import { stack, stackedGradient, updateOf } from "../../theory/lemma.ts";
import { familiesParameter } from "../physics.ts";

/** Errors on one random problem. */
export interface ReformulationRow extends Row {
  /** Name of the family. */
  kind: string;
  /** `m`. */
  m: number;
  /** `n`. */
  n: number;
  /** `r`. */
  r: number;
  /** Largest error of `∇J = 2 Sym(E₁ᵀGE₂ᵀ)V`, relative. */
  identity: number;
  /** The same with `Sym` left out, `∇J = 2 E₁ᵀGE₂ᵀ V`. */
  control: number;
  /** Error of a central difference of the loss, relative. */
  difference: number;
  /** Largest error of the update after one step on `V`, relative. */
  step: number;
}

function largest(a: Matrix, b: Matrix): number {
  return add(a, b, -1).data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

/**
 * Parameters of {@linkcode reformulation}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const reformulationParameters = {
  losses: familiesParameter(KINDS),
  problems: param.integer(50, "random problems", { least: 1 }),
  seed: param.seed(),
};

/**
 * Gradients of random adapters by blocks, by the formula in `V`, and by differences; and one step both ways.
 *
 * Source: the identity the paper's (as reported).
 */
export const reformulation: Experiment<typeof reformulationParameters, ReformulationRow[]> =
  experiment({
    name: "reformulation",
    about: "LoRA gradient descent is gradient descent on the stack V.",
    parameters: reformulationParameters,
    run: ({ losses, problems, seed }) => {
      const rng = stream(seed, "reformulation");
      return Array.from({ length: problems }, (_, copy): ReformulationRow => {
        const { name: kind, make } = lossFamily(losses[copy % losses.length]);
        const loss = make([1 + rng.integer(6), 1 + rng.integer(6)], rng),
          { rows: m, columns: n } = loss;
        const r = 1 + rng.integer(Math.min(4, m, n));
        const draw = (): Adapters => ({
          b: normals([m, r], rng, 0.7),
          a: normals([r, n], rng, 0.7),
        });
        const start = draw(), direction = draw(), run = new Descent(loss, start);
        run.measure();
        const own = stack({ b: run.gradientB, a: run.gradientA });
        const gradient = stackedGradient(run.full, start);
        const size = Math.max(1, ...gradient.data.map(Math.abs));
        const identity = largest(own, gradient) / size;
        const upper = { b: add(run.gradientB, run.gradientB, 1), a: matrix(r, n) };
        const control = largest(own, stack(upper)) / size;
        const h = 1e-5;
        const value = (k: number) => {
          const at = { b: add(start.b, direction.b, k), a: add(start.a, direction.a, k) };
          return loss.evaluate(multiply(at.b, at.a), matrix(m, n));
        };
        const slope = (value(h) - value(-h)) / (2 * h), moved = stack(direction);
        const scale = Math.sqrt(run.gradient2 * innerProduct(moved, moved));
        const difference = Math.abs(slope - innerProduct(gradient, moved)) / scale;
        run.step(0.01);
        const whole = updateOf(add(stack(start), gradient, -0.01), m);
        const bound = Math.max(1, ...whole.data.map(Math.abs));
        const step = largest(multiply(run.b, run.a), whole) / bound;
        return { kind, m, n, r, identity, control, difference, step };
      });
    },
  });
