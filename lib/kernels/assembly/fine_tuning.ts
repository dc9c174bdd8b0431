// Steps of the chain of fine-tuning with one input a step: the activation is a polynomial or the ReLU.
//
// What does not depend on the present state (the teacher's neurons) stays off the path from one state
// to the next, and sums run in two pairs: a step waits for its own state, not for the processor.

// @ts-ignore: decorator of AssemblyScript
@inline
const M: usize = 0, ACROSS: usize = 8, ETA: usize = 16, XI: usize = 24, PER_R0: usize = 32;
// @ts-ignore: decorator of AssemblyScript
@inline
const SQUARES: usize = 40, GATE: usize = 48, ETA_C: usize = 56, LEVEL: usize = 64, LIMIT: usize = 72;
// @ts-ignore: decorator of AssemblyScript
@inline
const VECTORS: usize = 80;

/** How the activation is computed. */
// @ts-ignore: decorator of AssemblyScript
@inline
const CUBIC = 0, POLYNOMIAL = 1, RELU = 2;

/** Bits of `flags`. */
// @ts-ignore: decorator of AssemblyScript
@inline
const UNIT = 1, LAZY = 2, TRAINS_C = 4, NOISE = 8;

/** Σ_j c_j wʲ, `terms ≥ 1` coefficients at `c`. */
// @ts-ignore: decorator of AssemblyScript
@inline
function horner(w: v128, c: usize, terms: i32): v128 {
  let at = c + (<usize> (terms - 1) << 3);
  let sum = v128.load64_splat(at);
  while (at > c) {
    at -= 8;
    sum = f64x2.add(f64x2.mul(sum, w), v128.load64_splat(at));
  }
  return sum;
}

/** `h (c₀ + c₁w) + hz (c₂ + c₃w)`, `w = z²`: the weight `h` is there before `w` is. */
// @ts-ignore: decorator of AssemblyScript
@inline
function cubic(h: v128, hz: v128, w: v128, c0: v128, c1: v128, c2: v128, c3: v128): v128 {
  const even = f64x2.mul(h, f64x2.add(c0, f64x2.mul(c1, w)));
  return f64x2.add(even, f64x2.mul(f64x2.add(c2, f64x2.mul(c3, w)), hz));
}

/** The polynomial with even coefficients at `c` and odd ones behind them. */
// @ts-ignore: decorator of AssemblyScript
@inline
function polynomial(z: v128, w: v128, c: usize, terms: i32): v128 {
  const odd = horner(w, c + (<usize> terms << 3), terms);
  return f64x2.add(horner(w, c, terms), f64x2.mul(odd, z));
}

// @ts-ignore: decorator of AssemblyScript
@inline
function total(s: v128): f64 {
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/** Moves ĉ along its gradient; on its sphere where `unit`. Whether it is still finite. */
function moveFactor(count: i32, at: usize, g: usize, factor: f64, unit: bool, limit: f64): bool {
  const end = at + (<usize> count << 3);
  let h = at, along: f64 = 0, radius2: f64 = 0, square: f64 = 0;
  for (let i = g; h < end; h += 8, i += 8) {
    const c = load<f64>(h);
    along += factor * load<f64>(i) * c;
    radius2 += c * c;
  }
  const part = unit ? along / radius2 : 0, size = unit ? radius2 : 1;
  h = at;
  for (let i = g; h < end; h += 8, i += 8) {
    const c = load<f64>(h), moved = c - size * (factor * load<f64>(i) - part * c);
    store<f64>(h, moved);
    square += moved * moved;
  }
  if (!unit) return square < limit;
  const back = Math.sqrt(radius2 / square);
  for (h = at; h < end; h += 8) store<f64>(h, load<f64>(h) * back);
  return true;
}

// @ts-ignore: decorator of AssemblyScript
@inline
function walk(
  kind: i32,
  steps: i32,
  k: i32,
  terms: i32,
  flags: i32,
  at: usize,
  draws: usize,
  rests: usize,
): i32 {
  const unit = (flags & UNIT) != 0, lazy = (flags & LAZY) != 0;
  const trains = (flags & TRAINS_C) != 0, noisy = (flags & NOISE) != 0;
  const eta = load<f64>(at, ETA), xi = load<f64>(at, XI), perR0 = load<f64>(at, PER_R0);
  const level = load<f64>(at, LEVEL), limit = load<f64>(at, LIMIT), etaC = load<f64>(at, ETA_C);
  const size = <usize> ((k + 1) & ~1) << 3, base = <usize> k << 3;
  const lambda = at + VECTORS, hatC = lambda + size, c = hatC + size, slopes = c + size;
  const values = slopes + size, derivatives = values + (<usize> terms << 4);
  const row = base + (noisy ? 24 : 16), p = f64x2.splat(perR0);
  const cubicValue = kind == CUBIC ? values : at, cubicSlope = kind == CUBIC ? derivatives : at;
  const v0 = v128.load64_splat(cubicValue), v1 = v128.load64_splat(cubicValue, 8);
  const v2 = v128.load64_splat(cubicValue, 16), v3 = v128.load64_splat(cubicValue, 24);
  const d0 = v128.load64_splat(cubicSlope), d1 = v128.load64_splat(cubicSlope, 8);
  const d2 = v128.load64_splat(cubicSlope, 16), zero = f64x2.splat(0);
  let m = load<f64>(at, M), across = load<f64>(at, ACROSS);
  let squares = load<f64>(at, SQUARES), gate: f64 = 0, step = 0, finite = true;
  while (step < steps) {
    const x1 = load<f64>(draws + base), x2 = load<f64>(draws + base, 8);
    const s = m * x1 + across * x2, shift = m * (xi * x1) + across * (xi * x2);
    const own = f64x2.splat(lazy ? 0 : perR0 * shift), his = f64x2.splat(xi * perR0 * x1);
    let e0 = f64x2.splat(0), e1 = e0, t0 = e0, t1 = e0, g0 = e0, g1 = e0;
    for (let i: usize = 0; i < size; i += 16) {
      const a = f64x2.mul(v128.load(draws + i), p);
      const z = f64x2.add(a, f64x2.mul(own, v128.load(hatC + i)));
      const y = f64x2.add(a, f64x2.mul(his, v128.load(c + i)));
      const weight = v128.load(lambda + i);
      let e: v128, d: v128, t: v128;
      if (kind == RELU) {
        e = f64x2.mul(weight, f64x2.max(z, zero));
        t = f64x2.mul(weight, f64x2.max(y, zero));
        d = v128.and(f64x2.gt(z, zero), weight);
      } else {
        const z2 = f64x2.mul(z, z), y2 = f64x2.mul(y, y);
        if (kind == CUBIC) {
          e = cubic(weight, f64x2.mul(weight, z), z2, v0, v1, v2, v3);
          t = cubic(weight, f64x2.mul(weight, y), y2, v0, v1, v2, v3);
          d = f64x2.add(f64x2.add(d0, f64x2.mul(d1, z2)), f64x2.mul(d2, z));
        } else {
          e = f64x2.mul(weight, polynomial(z, z2, values, terms));
          t = f64x2.mul(weight, polynomial(y, y2, values, terms));
          d = polynomial(z, z2, derivatives, terms);
        }
        d = f64x2.mul(weight, d);
      }
      if (trains) v128.store(slopes + i, d);
      const g = f64x2.mul(d, v128.load(hatC + i));
      if (i & 16) {
        e1 = f64x2.add(e1, e);
        t1 = f64x2.add(t1, t);
        g1 = f64x2.add(g1, g);
      } else {
        e0 = f64x2.add(e0, e);
        t0 = f64x2.add(t0, t);
        g0 = f64x2.add(g0, g);
      }
    }
    gate = xi * perR0 * total(f64x2.add(g0, g1));
    let error = total(f64x2.add(e0, e1)) - total(f64x2.add(t0, t1));
    if (lazy) error += gate * s;
    squares += error * error;
    if (noisy) error -= load<f64>(draws + base, 16);
    const move = eta * gate * error, rest = move * move * load<f64>(rests);
    if (unit) {
      // Across û the component is exact even where û is nearly u; the length is |û|² and both moves.
      const turn = move * (across * x1 - m * x2);
      const inverse = 1 / Math.sqrt((m * m + across * across) * (1 + turn * turn) + rest);
      const beside = across + m * turn;
      m = (m - across * turn) * inverse;
      across = Math.sqrt(beside * beside + rest) * inverse;
    } else {
      const beside = across - move * x2;
      const outside2 = beside * beside + rest;
      m -= move * x1;
      across = Math.sqrt(outside2);
      finite = m * m + outside2 < limit;
    }
    if (trains) {
      const held = moveFactor(k, hatC, slopes, etaC * perR0 * error * s, unit, limit);
      finite = finite && held;
    }
    step++;
    draws += row;
    rests += 8;
    if (!finite || Math.abs(m) >= level) break;
  }
  store<f64>(at, m, M);
  store<f64>(at, across, ACROSS);
  store<f64>(at, squares, SQUARES);
  store<f64>(at, gate, GATE);
  return finite ? step : -step;
}

/**
 * At most `steps` steps of the chain of fine-tuning; the state, its constants, the vectors λ, ĉ, c
 * (each with a zero behind an odd `k`), room for the slopes and the coefficients lie at `at`. A row of
 * draws is base features, two normals, and label noise if there is any. Ends after the step in which
 * |m| reaches the level, or |û|² or |ĉ|² the limit; the number of steps made, negative in the last case.
 */
export function fineTuningSteps(
  steps: i32,
  k: i32,
  terms: i32,
  flags: i32,
  at: usize,
  draws: usize,
  rests: usize,
): i32 {
  if (terms == 0) return walk(RELU, steps, k, 0, flags, at, draws, rests);
  if (terms == 2) return walk(CUBIC, steps, k, 2, flags, at, draws, rests);
  return walk(POLYNOMIAL, steps, k, terms, flags, at, draws, rests);
}
