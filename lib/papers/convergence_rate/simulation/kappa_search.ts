/**
 * An adversary against `η = κ/(L‖V‖² + γ)`: which loss and which adapter make one step worst?
 *
 * @module
 */
import { type Task, task } from "../../../experiment/sweep/task.ts";
import type { Row } from "../../../experiment/table/row.ts";
import {
  add,
  innerProduct,
  type Matrix,
  multiply,
  multiplyNT,
  multiplyTN,
  spectralBound,
} from "../../../linalg/mod.ts";
import { stream } from "../../../random/mod.ts";
import { normals } from "../adapters.ts";

/** A search at one constant. */
export interface KappaCell {
  /** `κ`. */
  kappa: number;
  /** Largest `m`, `n` and `r`. */
  size: number;
  /** Random states. */
  starts: number;
  /** Tries to make each of them worse. */
  tries: number;
}

/** The worst state of a search. */
export interface KappaRow extends Row {
  /** Number of the state. */
  start: number;
  /** `m`. */
  m: number;
  /** `n`. */
  n: number;
  /** `r`. */
  r: number;
  /** `(J₊ − J)/(η‖∇J‖²)` of the random state. */
  first: number;
  /** Of the worst state that was found from it. */
  worst: number;
}

/** A state of the adversary: the full gradient and the factors; `L = 1`. */
interface State {
  readonly g: Matrix;
  readonly b: Matrix;
  readonly a: Matrix;
}

/**
 * `(J₊ − J)/(η‖∇J‖²)` of the quadratic of gradient `G` and curvature `L = 1` in the direction of the step, which is
 * the worst loss of that gradient: `J₊ − J ≤ ⟨G, ΔX⟩ + ½‖ΔX‖²`.
 *
 * With `ΔX = −η(∇_B A + B∇_A) + η²∇_B∇_A` and `⟨G, ∇_B A + B∇_A⟩ = ‖∇J‖²` nothing cancels.
 */
function decrease({ g, b, a }: State, kappa: number): number {
  const gb = multiplyNT(g, a), ga = multiplyTN(b, g), both = multiply(gb, ga);
  const square = innerProduct(gb, gb) + innerProduct(ga, ga);
  const eta = kappa / (innerProduct(a, a) + innerProduct(b, b) + spectralBound(g));
  const first = add(multiply(gb, a), multiply(b, ga), 1), dx = add(first, both, -eta);
  return -1 + eta * (innerProduct(g, both) + innerProduct(dx, dx) / 2) / square;
}

/**
 * Random states, each then made worse by random changes that are kept if they help; their size adapts.
 *
 * Source: ours.
 */
export const kappaSearch: Task<KappaCell, KappaRow> = task(
  import.meta.url,
  "kappaSearch",
  ({ kappa, size, starts, tries }: KappaCell, { seed }) =>
    Array.from({ length: starts }, (_, start): KappaRow => {
      const rng = stream(seed, "adversary", start);
      const [m, n] = [1 + rng.integer(size), 1 + rng.integer(size)];
      const r = 1 + rng.integer(Math.min(size, m, n));
      const draw = (rows: number, columns: number, scale: number) =>
        normals([rows, columns], rng, scale);
      let state: State = {
        g: draw(m, n, Math.exp(2 * rng.normal())),
        b: draw(m, r, 1),
        a: draw(r, n, 1),
      };
      const first = decrease(state, kappa);
      let worst = first, step = 0.3;
      for (let turn = 0; turn < tries; turn++) {
        const near = (x: Matrix, scale = 1): Matrix => {
          const size = step * Math.sqrt(innerProduct(x, x) / x.data.length);
          return { ...x, data: x.data.map((value) => scale * (value + size * rng.normal())) };
        };
        const next = {
          g: near(state.g, Math.exp(2 * step * rng.normal())),
          b: near(state.b),
          a: near(state.a),
        };
        const found = decrease(next, kappa);
        if (found > worst) {
          [state, worst, step] = [next, found, Math.min(1.5 * step, 2)];
        } else step = Math.max(0.93 * step, 1e-4);
      }
      return { start, m, n, r, first, worst };
    }),
);
