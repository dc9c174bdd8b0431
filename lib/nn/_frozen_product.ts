/** The product of a frozen weight with inputs that come again and again. */
import { type Floats, multiplyNT } from "../linalg/mod.ts";
import type { Tensor } from "./_tensor.ts";

/** Whether two lists hold the same numbers; one with NaN is not the same as any. */
function same(a: Floats, b: Floats): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * `x Wᵀ`, remembered for the last `x` and `W`: where all examples are taken at each step, the inputs of
 * a first layer with a frozen weight never change, and to compare them is cheaper than to multiply.
 */
export class FrozenProduct {
  #x: Floats = new Float64Array();
  #w: Floats = new Float64Array();
  #y: Floats = new Float64Array();

  /** Writes the product to `out`, and returns it. */
  times(x: Tensor, w: Tensor, out: Tensor): Tensor {
    if (same(x.data, this.#x) && same(w.data, this.#w)) {
      out.data.set(this.#y);
      return out;
    }
    multiplyNT(x, w, out);
    if (!same(w.data, this.#w)) this.#w = w.data.slice();
    // The room stays while the number of examples does.
    if (this.#x.length === x.data.length) this.#x.set(x.data);
    else this.#x = x.data.slice();
    if (this.#y.length === out.data.length) this.#y.set(out.data);
    else this.#y = out.data.slice();
    return out;
  }
}
