// Standard normals by the ziggurat: 256 horizontal layers of equal area under f(x) = exp(-x²/2).
// Source: G. Marsaglia, W. W. Tsang, The ziggurat method for generating random variables,
// J. Stat. Softw. 5 (2000) 8; independent bits for layer and position as asked by J. A. Doornik,
// An improved ziggurat method to generate normal random samples (2005).

import { block, checkBlock, next, state, unit } from "./xoshiro";

/** Layers; layer 0 is the base strip together with the tail beyond `edge 1`. */
const LAYERS: i32 = 256;

/** Scale of a 53-bit signed integer to (-1, 1). */
const CELL: f64 = 2.220446049250313e-16;

/** x_0 > x_1 > … > x_256 = 0: layer i spans |x| < x_i, and lies under f wholly for |x| < x_{i+1}. */
export const edges: usize = memory.data(2056, 16);

/** x_i · CELL: from a 53-bit integer to a position in layer i. */
const widths: usize = memory.data(2048, 16);

/** f(x_i), with f(x_256) = 1. */
const heights: usize = memory.data(2056, 16);

// @ts-ignore: decorator of AssemblyScript
@inline
function f(x: f64): f64 {
  return Math.exp(-0.5 * x * x);
}

/** Integral of f from `x` to infinity by Laplace's continued fraction, exact to rounding for x ≥ 3. */
function tailArea(x: f64): f64 {
  let fraction = x;
  for (let k = 100; k > 0; k--) fraction = x + <f64> k / fraction;
  return f(x) / fraction;
}

/**
 * Writes the edges of the layers that follow from x_1 = `r`: all have the area `v` of the base
 * strip, so f(x_{i+1}) = f(x_i) + v / x_i. Returns whether they pass the top of f too early, that
 * is whether `r` is too small.
 */
function layOut(r: f64): bool {
  const v = r * f(r) + tailArea(r);
  store<f64>(edges, v / f(r));
  store<f64>(edges + 8, r);
  let x = r;
  for (let i = 2; i <= LAYERS; i++) {
    const height = f(x) + v / x;
    if (height >= 1) return true;
    x = Math.sqrt(-2 * Math.log(height));
    store<f64>(edges + (<usize> i << 3), x);
  }
  return false;
}

/**
 * Finds `r` by bisection: the layers must meet the top of f exactly. Then fills the tables, without
 * which `fillNormal` draws nothing useful; an instance that only multiplies matrices skips them.
 */
export function makeTables(): void {
  let low: f64 = 3;
  let high: f64 = 4;
  while (true) {
    const middle = 0.5 * (low + high);
    if (middle == low || middle == high) break;
    if (layOut(middle)) low = middle;
    else high = middle;
  }
  layOut(high);
  store<f64>(edges + (<usize> LAYERS << 3), 0);
  for (let i: usize = 0; i <= <usize> LAYERS; i++) {
    const x = load<f64>(edges + (i << 3));
    if (i < <usize> LAYERS) store<f64>(widths + (i << 3), x * CELL);
    store<f64>(heights + (i << 3), f(x));
  }
}

/** A draw beyond ±x_1, with the sign of `x`, by Marsaglia's exponential wedge. */
function tail(x: f64): f64 {
  const r = load<f64>(edges + 8);
  while (true) {
    const beyond = -Math.log(unit(next())) / r;
    const height = -Math.log(unit(next()));
    if (height + height > beyond * beyond) return copysign<f64>(r + beyond, x);
  }
}

/**
 * Ends the draw of a position `x` in `layer` outside the part that lies wholly under f: about 1.2 %
 * of the draws. Works on the state in memory.
 */
function finish(layer: usize, x: f64): f64 {
  while (true) {
    if (layer == 0) return tail(x);
    const low = load<f64>(heights + (layer << 3));
    const high = load<f64>(heights + (layer << 3), 8);
    if (low + unit(next()) * (high - low) < f(x)) return x;
    const bits = next();
    layer = <usize> bits & 255;
    x = position(bits, layer);
    if (Math.abs(x) < load<f64>(edges + (layer << 3), 8)) return x;
  }
}

/** Bits 11…63 of a draw place it in its layer; bits 0…7 chose the layer. Symmetric, never 0. */
// @ts-ignore: decorator of AssemblyScript
@inline
function position(bits: u64, layer: usize): f64 {
  return (<f64> (<i64> bits >> 11) + 0.5) * load<f64>(widths + (layer << 3));
}

/** Writes `n` standard normals into the block. */
export function fillNormal(n: i32): void {
  checkBlock(n);
  let s0 = load<u64>(state);
  let s1 = load<u64>(state, 8);
  let s2 = load<u64>(state, 16);
  let s3 = load<u64>(state, 24);
  for (let to = block, end = block + (<usize> n << 3); to < end; to += 8) {
    const bits = rotl<u64>(s0 + s3, 23) + s0;
    const shifted = s1 << 17;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotl<u64>(s3, 45);
    const layer = <usize> bits & 255;
    let x = position(bits, layer);
    if (Math.abs(x) >= load<f64>(edges + (layer << 3), 8)) {
      store<u64>(state, s0);
      store<u64>(state, s1, 8);
      store<u64>(state, s2, 16);
      store<u64>(state, s3, 24);
      x = finish(layer, x);
      s0 = load<u64>(state);
      s1 = load<u64>(state, 8);
      s2 = load<u64>(state, 16);
      s3 = load<u64>(state, 24);
    }
    store<f64>(to, x);
  }
  store<u64>(state, s0);
  store<u64>(state, s1, 8);
  store<u64>(state, s2, 16);
  store<u64>(state, s3, 24);
}
