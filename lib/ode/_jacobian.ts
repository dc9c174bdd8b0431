/** The Jacobian `∂f/∂y` of a right-hand side, supplied or by forward differences. */
import type { Jacobian } from "./options.ts";
import type { Rhs } from "./stepper.ts";

const ROOT = Math.sqrt(Number.EPSILON);

export class JacobianOf {
  /** The last one computed, row-major: entry `i n + j` is `∂f_i/∂y_j`. */
  readonly matrix: Float64Array;
  /** Evaluations of the right-hand side that the last one cost. */
  cost = 0;
  readonly #f: Rhs;
  readonly #supplied: Jacobian | undefined;
  readonly #y: Float64Array;
  readonly #slope: Float64Array;

  constructor(f: Rhs, supplied: Jacobian | undefined, n: number) {
    this.#f = f;
    this.#supplied = supplied;
    this.matrix = new Float64Array(n * n);
    this.#y = new Float64Array(n);
    this.#slope = new Float64Array(n);
  }

  /**
   * Computes the Jacobian at `(t, y)`, where the slope is known; false if it is not finite.
   *
   * The increment of a component is √ε of its size, or more, so that rounding of `f` changes a step
   * of size `h` by a thousandth of the tolerance at most (Hindmarsh et al., SUNDIALS, ACM TOMS 31
   * (2005) 363, section 2.1). The difference is taken
   * backward where `f` is not finite ahead.
   */
  evaluate(
    t: number,
    y: Float64Array,
    slope: Float64Array,
    h: number,
    rtol: number,
    atol: Float64Array,
  ): boolean {
    const J = this.matrix, w = this.#y, g = this.#slope, f = this.#f;
    const n = y.length;
    this.cost = 0;
    if (this.#supplied) {
      J.fill(0);
      this.#supplied(t, y, J);
    } else {
      let largest = 0;
      for (let i = 0; i < n; i++) {
        w[i] = y[i];
        largest = Math.max(largest, Math.abs(y[i]));
      }
      // A component at zero without an absolute tolerance takes the size of the others.
      const size = (i: number) => (atol[i] + rtol * Math.abs(y[i])) || rtol * (largest || 1);
      let norm = 0;
      for (let i = 0; i < n; i++) norm = Math.max(norm, Math.abs(slope[i]) / size(i));
      const least = 1000 * Number.EPSILON * n * h * norm;
      for (let j = 0; j < n; j++) {
        const most = Math.max(Math.abs(y[j]), size(j));
        const wanted = Math.max(ROOT * most, Math.min(least * size(j), most));
        for (let side = 1; side >= -1; side -= 2) {
          w[j] = y[j] + side * wanted;
          // What was really added, after rounding.
          const increment = w[j] - y[j];
          f(t, w, g);
          this.cost++;
          let finite = 0;
          for (let i = 0; i < n; i++) {
            const entry = (g[i] - slope[i]) / increment;
            J[i * n + j] = entry;
            finite += entry - entry;
          }
          if (finite === 0) break;
        }
        w[j] = y[j];
      }
    }
    let finite = 0;
    for (let i = 0; i < J.length; i++) finite += J[i] - J[i];
    return finite === 0;
  }
}
