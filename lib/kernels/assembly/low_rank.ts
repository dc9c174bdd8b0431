// Gradient of ½‖L R − T‖² in L (m × r) and R (r × n), in one pass over T (m × n): each 4 × 4 tile of
// the residual is made in registers, used for both gradients, and forgotten. R and its gradient are
// packed side by side in panels of 4 columns, one cache line for each row: rows of a power-of-two
// length would otherwise all meet in the same few lines of the cache.

import { sweep2, sweep4 } from "./short";

/** Columns that L is filled up to with zeros, so that a tile for few columns fits. */
// @ts-ignore: decorator of AssemblyScript
@inline
function slotsFor(r: i32): i32 {
  return r <= 2 ? 2 : r <= 4 ? 4 : r;
}

/** Panels that stay near while the rows pass: about 24 KB. */
// @ts-ignore: decorator of AssemblyScript
@inline
function sweep(r: i32): i32 {
  return max(4, 384 / r);
}

/** Number of 64-bit words that `lowRankGradient` needs at `work`. */
export function lowRankWork(r: i32, n: i32): i32 {
  const slots = slotsFor(r);
  return ((n + 3) / 4) * 8 * slots + 12 * slots + 16;
}

/** Zeros, some multiple of 16 bytes; for so few `memory.fill` costs a call of the engine. */
// @ts-ignore: decorator of AssemblyScript
@inline
export function clear(at: usize, bytes: usize): void {
  for (const end = at + bytes; at < end; at += 16) v128.store(at, f64x2.splat(0));
}

/** Packs R in panels, filled up with zeros, each row followed by room for its gradient: zero. */
export function packPanels(
  from: usize,
  rowStep: usize,
  columnStep: usize,
  r: i32,
  n: i32,
  to: usize,
  size: usize,
): void {
  memory.fill(to, 0, <usize> ((n + 3) / 4) * size);
  for (let j = 0; j < n; j += 4) {
    const width = min(4, n - j);
    let source = from + <usize> j * columnStep;
    let row = to;
    for (let k = 0; k < r; k++) {
      for (let x = 0; x < width; x++) {
        store<f64>(row + (<usize> x << 3), load<f64>(source + <usize> x * columnStep));
      }
      row += 64;
      source += rowStep;
    }
    to += size;
  }
}

/** Packs up to 4 rows of L side by side, filled up with zeros. */
function packRows(from: usize, rank: usize, height: i32, to: usize, size: usize): void {
  if (height < 4 || size > 4 * rank) clear(to, size);
  for (let x = 0; x < height; x++) {
    let at = to + (<usize> x << 3);
    for (let end = from + rank; from < end; from += 8) {
      store<f64>(at, load<f64>(from));
      at += 32;
    }
  }
}

/** Takes the gradient of R out of its panels. */
function unpackPanels(
  from: usize,
  rowStep: usize,
  columnStep: usize,
  r: i32,
  n: i32,
  to: usize,
  size: usize,
): void {
  for (let j = 0; j < n; j += 4) {
    const width = min(4, n - j);
    let target = to + <usize> j * columnStep;
    let row = from;
    for (let k = 0; k < r; k++) {
      for (let x = 0; x < width; x++) {
        store<f64>(target + <usize> x * columnStep, load<f64>(row + (<usize> x << 3), 32));
      }
      row += 64;
      target += rowStep;
    }
    from += size;
  }
}

// @ts-ignore: decorator of AssemblyScript
@inline
export function both(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

// @ts-ignore: decorator of AssemblyScript
@inline
function addTo(address: usize, x: f64): void {
  store<f64>(address, load<f64>(address) + x);
}

/**
 * One tile: residual of 4 packed rows of L and one panel against T, added into the
 * gradient of the panel and into `sums`, 4 vectors for each k. Returns the squares of the residual.
 */
// @ts-ignore: decorator of AssemblyScript
@inline
function tile(rows: usize, rank: usize, panel: usize, t: usize, tStep: usize, sums: usize): v128 {
  const end = panel + (rank << 3);
  let e00 = f64x2.splat(0);
  let e01 = e00;
  let e10 = e00;
  let e11 = e00;
  let e20 = e00;
  let e21 = e00;
  let e30 = e00;
  let e31 = e00;
  let l = rows;
  for (let x = panel; x < end; x += 64) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    let y = v128.load64_splat(l);
    e00 = f64x2.add(e00, f64x2.mul(y, x0));
    e01 = f64x2.add(e01, f64x2.mul(y, x1));
    y = v128.load64_splat(l, 8);
    e10 = f64x2.add(e10, f64x2.mul(y, x0));
    e11 = f64x2.add(e11, f64x2.mul(y, x1));
    y = v128.load64_splat(l, 16);
    e20 = f64x2.add(e20, f64x2.mul(y, x0));
    e21 = f64x2.add(e21, f64x2.mul(y, x1));
    y = v128.load64_splat(l, 24);
    e30 = f64x2.add(e30, f64x2.mul(y, x0));
    e31 = f64x2.add(e31, f64x2.mul(y, x1));
    l += 32;
  }
  e00 = f64x2.sub(e00, v128.load(t));
  e01 = f64x2.sub(e01, v128.load(t, 16));
  t += tStep;
  e10 = f64x2.sub(e10, v128.load(t));
  e11 = f64x2.sub(e11, v128.load(t, 16));
  t += tStep;
  e20 = f64x2.sub(e20, v128.load(t));
  e21 = f64x2.sub(e21, v128.load(t, 16));
  t += tStep;
  e30 = f64x2.sub(e30, v128.load(t));
  e31 = f64x2.sub(e31, v128.load(t, 16));
  l = rows;
  for (let x = panel; x < end; x += 64) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    let y = v128.load64_splat(l);
    let g0 = f64x2.mul(y, e00);
    let g1 = f64x2.mul(y, e01);
    y = v128.load64_splat(l, 8);
    g0 = f64x2.add(g0, f64x2.mul(y, e10));
    g1 = f64x2.add(g1, f64x2.mul(y, e11));
    y = v128.load64_splat(l, 16);
    g0 = f64x2.add(g0, f64x2.mul(y, e20));
    g1 = f64x2.add(g1, f64x2.mul(y, e21));
    y = v128.load64_splat(l, 24);
    g0 = f64x2.add(g0, f64x2.mul(y, e30));
    g1 = f64x2.add(g1, f64x2.mul(y, e31));
    v128.store(x, f64x2.add(v128.load(x, 32), g0), 32);
    v128.store(x, f64x2.add(v128.load(x, 48), g1), 48);
    g0 = f64x2.add(f64x2.mul(e00, x0), f64x2.mul(e01, x1));
    v128.store(sums, f64x2.add(v128.load(sums), g0));
    g0 = f64x2.add(f64x2.mul(e10, x0), f64x2.mul(e11, x1));
    v128.store(sums, f64x2.add(v128.load(sums, 16), g0), 16);
    g0 = f64x2.add(f64x2.mul(e20, x0), f64x2.mul(e21, x1));
    v128.store(sums, f64x2.add(v128.load(sums, 32), g0), 32);
    g0 = f64x2.add(f64x2.mul(e30, x0), f64x2.mul(e31, x1));
    v128.store(sums, f64x2.add(v128.load(sums, 48), g0), 48);
    l += 32;
    sums += 64;
  }
  e00 = f64x2.add(f64x2.mul(e00, e00), f64x2.mul(e01, e01));
  e10 = f64x2.add(f64x2.mul(e10, e10), f64x2.mul(e11, e11));
  e20 = f64x2.add(f64x2.mul(e20, e20), f64x2.mul(e21, e21));
  e30 = f64x2.add(f64x2.mul(e30, e30), f64x2.mul(e31, e31));
  return f64x2.add(f64x2.add(e00, e10), f64x2.add(e20, e30));
}

/** `count` panels against 4 packed rows of L, by the tile for that many columns. */
function strip(
  slots: i32,
  rows: usize,
  panel: usize,
  count: i32,
  t: usize,
  step: usize,
  sums: usize,
): v128 {
  if (slots == 2) {
    const upper = sweep2(rows, panel, count, t, step, sums);
    const lower = sweep2(rows + 16, panel, count, t + 2 * step, step, sums + 32);
    return f64x2.add(upper, lower);
  }
  if (slots == 4) {
    const upper = sweep4(rows, panel, count, t, step, sums);
    const lower = sweep4(rows + 16, panel, count, t + 2 * step, step, sums + 32);
    return f64x2.add(upper, lower);
  }
  let squares = f64x2.splat(0);
  const rank = <usize> slots << 3;
  for (const end = panel + <usize> count * (rank << 3); panel < end; panel += rank << 3) {
    squares = f64x2.add(squares, tile(rows, rank, panel, t, step, sums));
    t += 32;
  }
  return squares;
}

/**
 * Writes (L R − T) Rᵀ at `leftGradient` and Lᵀ (L R − T) at `rightGradient`; returns the loss
 * ½‖L R − T‖². L and T are row-major; R and its gradient have the steps `rightRow` and
 * `rightColumn` in bytes, so that V with R = Vᵀ is a swap of the two.
 */
export function lowRankGradient(
  left: usize,
  right: usize,
  rightRow: usize,
  rightColumn: usize,
  target: usize,
  m: i32,
  r: i32,
  n: i32,
  leftGradient: usize,
  rightGradient: usize,
  work: usize,
): f64 {
  const rank = <usize> r << 3;
  const slots = slotsFor(r);
  const step = <usize> n << 3;
  const panels = (n + 3) / 4;
  const size = <usize> slots << 6;
  const sums = work + <usize> panels * size;
  const rows = sums + size;
  const corner = rows + (size >> 1);
  packPanels(right, rightRow, rightColumn, r, n, work, size);
  memory.fill(leftGradient, 0, <usize> m * rank);
  let squares = f64x2.splat(0);
  const atOnce = sweep(slots);
  for (let first = 0; first < panels; first += atOnce) {
    const last = min(first + atOnce, panels);
    for (let i = 0; i < m; i += 4) {
      const height = min(4, m - i);
      packRows(left + <usize> i * rank, rank, height, rows, size >> 1);
      clear(sums, size);
      let panel = work + <usize> first * size;
      let t = target + <usize> i * step + (<usize> first << 5);
      const whole = height < 4 ? 0 : max(0, min(last, n / 4) - first);
      squares = f64x2.add(squares, strip(slots, rows, panel, whole, t, step, sums));
      for (let p = first + whole; p < last; p++) {
        panel = work + <usize> p * size;
        t = target + <usize> i * step + (<usize> p << 5);
        memory.fill(corner, 0, 128);
        const bytes = <usize> min(4, n - 4 * p) << 3;
        for (let x: usize = 0; x < <usize> height; x++) {
          memory.copy(corner + (x << 5), t + x * step, bytes);
        }
        squares = f64x2.add(squares, strip(slots, rows, panel, 1, corner, 32, sums));
      }
      let g = leftGradient + <usize> i * rank;
      for (let x: usize = 0; x < <usize> height; x++) {
        for (let k: usize = 0; k < rank; k += 8) {
          addTo(g, both(v128.load(sums + (k << 3) + (x << 4))));
          g += 8;
        }
      }
    }
  }
  unpackPanels(work, rightRow, rightColumn, r, n, rightGradient, size);
  return 0.5 * both(squares);
}
