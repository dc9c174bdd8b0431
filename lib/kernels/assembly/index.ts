// The one module of compiled kernels: `build.ts` compiles it, `mod.ts` loads it.

export { block, blockLength, fillUniform, jump, state } from "./xoshiro";
export { edges, fillNormal } from "./normal";

/** Natural logarithm, the same on every engine. */
export function log(x: f64): f64 {
  return Math.log(x);
}

/** Exponential, the same on every engine. */
export function exp(x: f64): f64 {
  return Math.exp(x);
}
