// Products of long rows with a vector, and moves of the rows along it: what one sample of online SGD
// costs. Sums run in eight partial sums (entries i modulo 8), added pairwise at the end, so that the
// bits depend on n alone.

// @ts-ignore: decorator of AssemblyScript
@inline
function total(s0: v128, s1: v128, s2: v128, s3: v128): f64 {
  const s = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/** x · y, `n` entries. */
export function dot(n: i32, x: usize, y: usize): f64 {
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  const end = x + (<usize> n << 3);
  for (const last = end - 56; x < last; x += 64, y += 64) {
    s0 = f64x2.add(s0, f64x2.mul(v128.load(x), v128.load(y)));
    s1 = f64x2.add(s1, f64x2.mul(v128.load(x, 16), v128.load(y, 16)));
    s2 = f64x2.add(s2, f64x2.mul(v128.load(x, 32), v128.load(y, 32)));
    s3 = f64x2.add(s3, f64x2.mul(v128.load(x, 48), v128.load(y, 48)));
  }
  let sum = total(s0, s1, s2, s3);
  for (; x < end; x += 8, y += 8) sum += load<f64>(x) * load<f64>(y);
  return sum;
}

/** Writes the product of each of `rows` rows at `w`, one after the other, with x at `out`. */
export function rowsTimesVector(rows: i32, n: i32, w: usize, x: usize, out: usize): void {
  const step = <usize> n << 3;
  let i = 0;
  for (; i + 1 < rows; i += 2) {
    let a = w, b = w + step, y = x;
    let a0 = f64x2.splat(0), a1 = a0, a2 = a0, a3 = a0;
    let b0 = a0, b1 = a0, b2 = a0, b3 = a0;
    const end = x + step;
    for (const last = end - 56; y < last; y += 64, a += 64, b += 64) {
      let v = v128.load(y);
      a0 = f64x2.add(a0, f64x2.mul(v128.load(a), v));
      b0 = f64x2.add(b0, f64x2.mul(v128.load(b), v));
      v = v128.load(y, 16);
      a1 = f64x2.add(a1, f64x2.mul(v128.load(a, 16), v));
      b1 = f64x2.add(b1, f64x2.mul(v128.load(b, 16), v));
      v = v128.load(y, 32);
      a2 = f64x2.add(a2, f64x2.mul(v128.load(a, 32), v));
      b2 = f64x2.add(b2, f64x2.mul(v128.load(b, 32), v));
      v = v128.load(y, 48);
      a3 = f64x2.add(a3, f64x2.mul(v128.load(a, 48), v));
      b3 = f64x2.add(b3, f64x2.mul(v128.load(b, 48), v));
    }
    let first = total(a0, a1, a2, a3);
    let second = total(b0, b1, b2, b3);
    for (; y < end; y += 8, a += 8, b += 8) {
      first += load<f64>(a) * load<f64>(y);
      second += load<f64>(b) * load<f64>(y);
    }
    store<f64>(out, first);
    store<f64>(out, second, 8);
    out += 16;
    w += step << 1;
  }
  if (i < rows) store<f64>(out, dot(n, w, x));
}

/** y += scale · x, `n` entries of 8 or 4 bytes. */
// @ts-ignore: decorator of AssemblyScript
@inline
function add<T>(n: i32, scale: T, x: usize, y: usize): void {
  const s = v128.splat<T>(scale);
  const end = y + <usize> n * sizeof<T>();
  for (const last = end - 56; y < last; y += 64, x += 64) {
    v128.store(y, v128.add<T>(v128.load(y), v128.mul<T>(s, v128.load(x))));
    v128.store(y, v128.add<T>(v128.load(y, 16), v128.mul<T>(s, v128.load(x, 16))), 16);
    v128.store(y, v128.add<T>(v128.load(y, 32), v128.mul<T>(s, v128.load(x, 32))), 32);
    v128.store(y, v128.add<T>(v128.load(y, 48), v128.mul<T>(s, v128.load(x, 48))), 48);
  }
  for (; y < end; y += sizeof<T>(), x += sizeof<T>()) {
    store<T>(y, load<T>(y) + scale * load<T>(x));
  }
}

/** In double precision. */
export function addScaled(n: i32, scale: f64, x: usize, y: usize): void {
  add<f64>(n, scale, x, y);
}

/** In single precision. */
export function addScaledSingle(n: i32, scale: f64, x: usize, y: usize): void {
  add<f32>(n, <f32> scale, x, y);
}

/** y ← shrink · y + scale · x, `n` entries; returns the new |y|². */
export function shrinkAndMove(n: i32, shrink: f64, scale: f64, x: usize, y: usize): f64 {
  const r = f64x2.splat(shrink), s = f64x2.splat(scale);
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  const end = y + (<usize> n << 3);
  for (const last = end - 56; y < last; y += 64, x += 64) {
    let v = f64x2.add(f64x2.mul(r, v128.load(y)), f64x2.mul(s, v128.load(x)));
    v128.store(y, v);
    s0 = f64x2.add(s0, f64x2.mul(v, v));
    v = f64x2.add(f64x2.mul(r, v128.load(y, 16)), f64x2.mul(s, v128.load(x, 16)));
    v128.store(y, v, 16);
    s1 = f64x2.add(s1, f64x2.mul(v, v));
    v = f64x2.add(f64x2.mul(r, v128.load(y, 32)), f64x2.mul(s, v128.load(x, 32)));
    v128.store(y, v, 32);
    s2 = f64x2.add(s2, f64x2.mul(v, v));
    v = f64x2.add(f64x2.mul(r, v128.load(y, 48)), f64x2.mul(s, v128.load(x, 48)));
    v128.store(y, v, 48);
    s3 = f64x2.add(s3, f64x2.mul(v, v));
  }
  let sum = total(s0, s1, s2, s3);
  for (; y < end; y += 8, x += 8) {
    const v = shrink * load<f64>(y) + scale * load<f64>(x);
    store<f64>(y, v);
    sum += v * v;
  }
  return sum;
}

/** w_i += c_i x for each of `rows` rows at `w`, c at `scales`; a row with c_i = 0 is not touched. */
export function moveRows(rows: i32, n: i32, scales: usize, x: usize, w: usize): void {
  const step = <usize> n << 3;
  for (let i = 0; i < rows; i++, w += step, scales += 8) {
    const scale = load<f64>(scales);
    if (scale != 0) addScaled(n, scale, x, w);
  }
}

/**
 * x_ij += (rate · w_i) y_ij for each of `rows` rows of `n` entries of y and those of x, `step` bytes
 * apart, and weighted_ij = w_i x_ij.
 */
export function moveWeighted(
  rows: i32,
  n: i32,
  step: usize,
  rate: f64,
  weights: usize,
  y: usize,
  x: usize,
  weighted: usize,
): void {
  const bytes = <usize> n << 3;
  for (const end = weights + (<usize> rows << 3); weights < end; weights += 8) {
    const weight = load<f64>(weights);
    const scale = rate * weight;
    const w = f64x2.splat(weight);
    const s = f64x2.splat(scale);
    let at = x;
    const last = x + bytes;
    for (; at + 8 < last; at += 16) {
      const moved = f64x2.add(v128.load(at), f64x2.mul(s, v128.load(y)));
      v128.store(at, moved);
      v128.store(weighted, f64x2.mul(w, moved));
      y += 16;
      weighted += 16;
    }
    if (at < last) {
      const moved = load<f64>(at) + scale * load<f64>(y);
      store<f64>(at, moved);
      store<f64>(weighted, weight * moved);
      y += 8;
      weighted += 8;
    }
    x += step;
  }
}
