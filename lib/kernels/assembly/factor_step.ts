// One step of gradient descent on ½‖L R − T‖² in L (m × r) and R (r × n), without the residual:
// −E Rᵀ = T Rᵀ − L (R Rᵀ) and −Lᵀ E = Lᵀ T − (Lᵀ L) R, two products with T instead of three.
//
// R and its change lie side by side in panels of 4 columns, as in `low_rank.ts`, filled up with rows of
// zeros to a multiple of 8. One loop does all: 8 rows of a matrix against two rows of R.

import { both, clear, packPanels } from "./low_rank";
import { ours, sums, sweep } from "./sweep";

/** Columns of L with those that fill them up to pairs. */
// @ts-ignore: decorator of AssemblyScript
@inline
function slotsFor(r: i32): i32 {
  return (r + 1) & ~1;
}

/** Panels of 4 columns. */
// @ts-ignore: decorator of AssemblyScript
@inline
function panelsFor(n: i32): i32 {
  return (n + 3) >> 2;
}

/** Bytes of a panel. */
// @ts-ignore: decorator of AssemblyScript
@inline
function panelSize(r: i32): i32 {
  return ((r + 7) & ~7) << 6;
}

/** Number of 64-bit words that `factorStep` needs at `work`. */
export function factorStepWork(r: i32, n: i32): i32 {
  const own = panelsFor(slotsFor(r));
  return (panelsFor(n) + own) * (panelSize(r) >> 3) + 32 * own + 32 * panelsFor(n);
}

/** R += rate · change. */
function addPanels(
  from: usize,
  rate: f64,
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
        const at = target + <usize> x * columnStep;
        store<f64>(at, load<f64>(at) + rate * load<f64>(row + (<usize> x << 3), 32));
      }
      row += 64;
      target += rowStep;
    }
    from += size;
  }
}

/**
 * L += leftRate · (T − L R) Rᵀ and R += rightRate · Lᵀ (T − L R), both from the old values. L and T are
 * row-major; R has the steps `rightRow` and `rightColumn` in bytes, so that V with R = Vᵀ is a swap of
 * the two.
 */
export function factorStep(
  left: usize,
  right: usize,
  rightRow: usize,
  rightColumn: usize,
  target: usize,
  m: i32,
  r: i32,
  n: i32,
  leftRate: f64,
  rightRate: f64,
  work: usize,
): void {
  const slots = slotsFor(r);
  const panels = panelsFor(n);
  const own = panelsFor(slots);
  const size = <usize> panelSize(r);
  const step = <usize> n << 3;
  const grams = work + <usize> panels * size; // panels of −R Rᵀ, and beside it Lᵀ L
  const rows = grams + <usize> own * size; // of L
  const rowStep = <usize> own << 5;
  const corner = rows + 8 * rowStep; // rows of T, where there are less than 8 or a panel is not full
  const cornerStep = <usize> panels << 5;
  packPanels(right, rightRow, rightColumn, r, n, work, size);
  memory.fill(grams, 0, rows - grams);

  clear(ours, 256);
  for (let l = 0; l < slots; l += 8) {
    for (let k = 0; k < slots; k += 2) {
      clear(sums, 256);
      sweep(min(8, slots - l), work + (<usize> l << 6), 64, size, work + (<usize> k << 6), size, panels);
      for (let x = 0; x < min(8, slots - l); x++) {
        const to = grams + <usize> ((l + x) >> 2) * size + (<usize> k << 6) + ((x & 3) << 3);
        const from = sums + (<usize> x << 5);
        store<f64>(to, -both(v128.load(from)));
        store<f64>(to, -both(v128.load(from, 16)), 64);
      }
    }
  }

  for (let i = 0; i < m; i += 8) {
    const height = min(8, m - i);
    const l = left + (<usize> (i * r) << 3);
    clear(rows, 8 * rowStep);
    for (let x = 0; x < height; x++) {
      const to = rows + <usize> x * rowStep;
      const from = l + (<usize> (x * r) << 3);
      for (let k: usize = 0; k < <usize> r << 3; k += 8) store<f64>(to + k, load<f64>(from + k));
    }
    const t = target + <usize> i * step;
    const whole = height == 8 ? n >> 2 : 0;
    if (whole < panels) {
      const from = whole << 5, bytes = step - from;
      clear(corner, 8 * cornerStep);
      for (let x: usize = 0; x < <usize> height; x++) {
        memory.copy(corner + x * cornerStep, t + x * step + from, bytes);
      }
    }
    for (let k = 0; k < slots; k += 2) {
      const panel = <usize> k << 6;
      clear(sums, 256);
      for (let x: usize = 0; x < 8; x++) {
        const from = rows + x * rowStep + (<usize> k << 3);
        const to = ours + (x << 5);
        v128.store(to, v128.load64_splat(from));
        v128.store(to, v128.load64_splat(from, 8), 16);
      }
      sweep(height, t, step, 32, work + panel, size, whole);
      const rest = work + <usize> whole * size + panel;
      if (whole < panels) sweep(height, corner, cornerStep, 32, rest, size, panels - whole);
      sweep(height, rows, rowStep, 32, grams + panel, size, own);
      for (let x = 0; x < height; x++) {
        const to = l + (<usize> (x * r + k) << 3);
        const from = sums + (<usize> x << 5);
        store<f64>(to, load<f64>(to) + leftRate * both(v128.load(from)));
        if (k + 1 == r) continue;
        store<f64>(to, load<f64>(to, 8) + leftRate * both(v128.load(from, 16)), 8);
      }
    }
  }

  for (let l = 0; l < slots; l += 8) {
    for (let k = 0; k < slots; k += 2) {
      clear(ours, 256);
      for (let x = 0; x < min(8, slots - l); x++) {
        const from = grams + <usize> ((l + x) >> 2) * size + (<usize> k << 6) + ((x & 3) << 3);
        const to = ours + (<usize> x << 5);
        v128.store(to, f64x2.neg(v128.load64_splat(from, 32)));
        v128.store(to, f64x2.neg(v128.load64_splat(from, 96)), 16);
      }
      sweep(min(8, slots - l), work + (<usize> l << 6), 64, size, work + (<usize> k << 6), size, panels);
    }
  }
  addPanels(work, rightRate, rightRow, rightColumn, r, n, right, size);
}
