import { checkInteger } from "../check.ts";

/** Draws that any language can repeat in a few lines: the inputs of golden numbers. */
export interface PortableDraws {
  /** The next uniform in `[0, 1)`, a multiple of 2⁻³². */
  uniform(): number;
  /**
   * `count` standard normals from `2⌈count/2⌉` uniforms: of each pair `(u₁, u₂)` come
   * `ρ cos 2πu₂` and `ρ sin 2πu₂` with `ρ = √(−2 ln(1 − u₁))`; an odd leftover is dropped. A matrix
   * takes them row by row.
   */
  normals(count: number): Float64Array;
}

/**
 * A generator that is the same in every language: mulberry32 with Box–Muller normals.
 *
 * It exists so that golden numbers computed elsewhere can start from the same matrices; its 32-bit
 * state is too small for simulations, which use `stream`.
 *
 * Errors: uniforms are exact; normals agree between languages up to the rounding of their `log`,
 * `cos` and `sin`.
 * Source: mulberry32 by T. Ettinger (public domain); the order of the normals: ours.
 *
 * @param seed Integer from 0 to 2³² − 1.
 * @throws {RangeError} If `seed` is not such an integer, or `count` not an integer `≥ 0`.
 *
 * @example
 * ```ts
 * import { portable } from "lora-dynamics/random/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(portable(7).uniform(), 0.0117047531530261, 1e-15);
 * assertAlmostEquals(portable(1).normals(4)[0], 1.40433877842, 1e-11);
 * ```
 */
export function portable(seed: number): PortableDraws {
  checkInteger("make portable draws", "seed", seed, 0, 2 ** 32 - 1);
  let state = seed >>> 0;
  function uniform(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  function normals(count: number): Float64Array {
    checkInteger("draw normals", "count", count, 0);
    const out = new Float64Array(count);
    for (let i = 0; i < count; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - uniform())), angle = 2 * Math.PI * uniform();
      out[i] = radius * Math.cos(angle);
      if (i + 1 < count) out[i + 1] = radius * Math.sin(angle);
    }
    return out;
  }
  return { uniform, normals };
}
