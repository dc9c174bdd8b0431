// The tiles of `low_rank.ts` for at most 2 and at most 4 columns of L; same panels, same sums.

/**
 * Two columns of L, two packed rows: `count` panels with T `step` bytes from row to row. What the
 * rows need stays in registers, which saves most of the traffic that a short sum over k has.
 */
export function sweep2(
  rows: usize,
  panel: usize,
  count: i32,
  t: usize,
  step: usize,
  sums: usize,
): v128 {
  const l00 = v128.load64_splat(rows, 0);
  const l01 = v128.load64_splat(rows, 32);
  const l10 = v128.load64_splat(rows, 8);
  const l11 = v128.load64_splat(rows, 40);
  let s00 = v128.load(sums, 0);
  let s01 = v128.load(sums, 64);
  let s10 = v128.load(sums, 16);
  let s11 = v128.load(sums, 80);
  let squares = f64x2.splat(0);
  for (const end = panel + <usize> count * 128; panel < end; panel += 128) {
    let x0 = v128.load(panel, 0);
    let x1 = v128.load(panel, 64);
    let e0 = f64x2.mul(l00, x0);
    e0 = f64x2.add(e0, f64x2.mul(l01, x1));
    let e1 = f64x2.mul(l10, x0);
    e1 = f64x2.add(e1, f64x2.mul(l11, x1));
    e0 = f64x2.sub(e0, v128.load(t));
    e1 = f64x2.sub(e1, v128.load(t + step));
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(e0, e0), f64x2.mul(e1, e1)));
    let g = f64x2.add(f64x2.mul(l00, e0), f64x2.mul(l10, e1));
    v128.store(panel, f64x2.add(v128.load(panel, 32), g), 32);
    s00 = f64x2.add(s00, f64x2.mul(e0, x0));
    s10 = f64x2.add(s10, f64x2.mul(e1, x0));
    g = f64x2.add(f64x2.mul(l01, e0), f64x2.mul(l11, e1));
    v128.store(panel, f64x2.add(v128.load(panel, 96), g), 96);
    s01 = f64x2.add(s01, f64x2.mul(e0, x1));
    s11 = f64x2.add(s11, f64x2.mul(e1, x1));
    x0 = v128.load(panel, 16);
    x1 = v128.load(panel, 80);
    e0 = f64x2.mul(l00, x0);
    e0 = f64x2.add(e0, f64x2.mul(l01, x1));
    e1 = f64x2.mul(l10, x0);
    e1 = f64x2.add(e1, f64x2.mul(l11, x1));
    e0 = f64x2.sub(e0, v128.load(t, 16));
    e1 = f64x2.sub(e1, v128.load(t + step, 16));
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(e0, e0), f64x2.mul(e1, e1)));
    g = f64x2.add(f64x2.mul(l00, e0), f64x2.mul(l10, e1));
    v128.store(panel, f64x2.add(v128.load(panel, 48), g), 48);
    s00 = f64x2.add(s00, f64x2.mul(e0, x0));
    s10 = f64x2.add(s10, f64x2.mul(e1, x0));
    g = f64x2.add(f64x2.mul(l01, e0), f64x2.mul(l11, e1));
    v128.store(panel, f64x2.add(v128.load(panel, 112), g), 112);
    s01 = f64x2.add(s01, f64x2.mul(e0, x1));
    s11 = f64x2.add(s11, f64x2.mul(e1, x1));
    t += 32;
  }
  v128.store(sums, s00, 0);
  v128.store(sums, s01, 64);
  v128.store(sums, s10, 16);
  v128.store(sums, s11, 80);
  return squares;
}

/**
 * Four columns of L, two packed rows: `count` panels with T `step` bytes from row to row. What the
 * rows need stays in registers, which saves most of the traffic that a short sum over k has.
 */
export function sweep4(
  rows: usize,
  panel: usize,
  count: i32,
  t: usize,
  step: usize,
  sums: usize,
): v128 {
  const l00 = v128.load64_splat(rows, 0);
  const l01 = v128.load64_splat(rows, 32);
  const l02 = v128.load64_splat(rows, 64);
  const l03 = v128.load64_splat(rows, 96);
  const l10 = v128.load64_splat(rows, 8);
  const l11 = v128.load64_splat(rows, 40);
  const l12 = v128.load64_splat(rows, 72);
  const l13 = v128.load64_splat(rows, 104);
  let s00 = v128.load(sums, 0);
  let s01 = v128.load(sums, 64);
  let s02 = v128.load(sums, 128);
  let s03 = v128.load(sums, 192);
  let s10 = v128.load(sums, 16);
  let s11 = v128.load(sums, 80);
  let s12 = v128.load(sums, 144);
  let s13 = v128.load(sums, 208);
  let squares = f64x2.splat(0);
  for (const end = panel + <usize> count * 256; panel < end; panel += 256) {
    let x0 = v128.load(panel, 0);
    let x1 = v128.load(panel, 64);
    let x2 = v128.load(panel, 128);
    let x3 = v128.load(panel, 192);
    let e0 = f64x2.mul(l00, x0);
    e0 = f64x2.add(e0, f64x2.mul(l01, x1));
    e0 = f64x2.add(e0, f64x2.mul(l02, x2));
    e0 = f64x2.add(e0, f64x2.mul(l03, x3));
    let e1 = f64x2.mul(l10, x0);
    e1 = f64x2.add(e1, f64x2.mul(l11, x1));
    e1 = f64x2.add(e1, f64x2.mul(l12, x2));
    e1 = f64x2.add(e1, f64x2.mul(l13, x3));
    e0 = f64x2.sub(e0, v128.load(t));
    e1 = f64x2.sub(e1, v128.load(t + step));
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(e0, e0), f64x2.mul(e1, e1)));
    let g = f64x2.add(f64x2.mul(l00, e0), f64x2.mul(l10, e1));
    v128.store(panel, f64x2.add(v128.load(panel, 32), g), 32);
    s00 = f64x2.add(s00, f64x2.mul(e0, x0));
    s10 = f64x2.add(s10, f64x2.mul(e1, x0));
    g = f64x2.add(f64x2.mul(l01, e0), f64x2.mul(l11, e1));
    v128.store(panel, f64x2.add(v128.load(panel, 96), g), 96);
    s01 = f64x2.add(s01, f64x2.mul(e0, x1));
    s11 = f64x2.add(s11, f64x2.mul(e1, x1));
    g = f64x2.add(f64x2.mul(l02, e0), f64x2.mul(l12, e1));
    v128.store(panel, f64x2.add(v128.load(panel, 160), g), 160);
    s02 = f64x2.add(s02, f64x2.mul(e0, x2));
    s12 = f64x2.add(s12, f64x2.mul(e1, x2));
    g = f64x2.add(f64x2.mul(l03, e0), f64x2.mul(l13, e1));
    v128.store(panel, f64x2.add(v128.load(panel, 224), g), 224);
    s03 = f64x2.add(s03, f64x2.mul(e0, x3));
    s13 = f64x2.add(s13, f64x2.mul(e1, x3));
    x0 = v128.load(panel, 16);
    x1 = v128.load(panel, 80);
    x2 = v128.load(panel, 144);
    x3 = v128.load(panel, 208);
    e0 = f64x2.mul(l00, x0);
    e0 = f64x2.add(e0, f64x2.mul(l01, x1));
    e0 = f64x2.add(e0, f64x2.mul(l02, x2));
    e0 = f64x2.add(e0, f64x2.mul(l03, x3));
    e1 = f64x2.mul(l10, x0);
    e1 = f64x2.add(e1, f64x2.mul(l11, x1));
    e1 = f64x2.add(e1, f64x2.mul(l12, x2));
    e1 = f64x2.add(e1, f64x2.mul(l13, x3));
    e0 = f64x2.sub(e0, v128.load(t, 16));
    e1 = f64x2.sub(e1, v128.load(t + step, 16));
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(e0, e0), f64x2.mul(e1, e1)));
    g = f64x2.add(f64x2.mul(l00, e0), f64x2.mul(l10, e1));
    v128.store(panel, f64x2.add(v128.load(panel, 48), g), 48);
    s00 = f64x2.add(s00, f64x2.mul(e0, x0));
    s10 = f64x2.add(s10, f64x2.mul(e1, x0));
    g = f64x2.add(f64x2.mul(l01, e0), f64x2.mul(l11, e1));
    v128.store(panel, f64x2.add(v128.load(panel, 112), g), 112);
    s01 = f64x2.add(s01, f64x2.mul(e0, x1));
    s11 = f64x2.add(s11, f64x2.mul(e1, x1));
    g = f64x2.add(f64x2.mul(l02, e0), f64x2.mul(l12, e1));
    v128.store(panel, f64x2.add(v128.load(panel, 176), g), 176);
    s02 = f64x2.add(s02, f64x2.mul(e0, x2));
    s12 = f64x2.add(s12, f64x2.mul(e1, x2));
    g = f64x2.add(f64x2.mul(l03, e0), f64x2.mul(l13, e1));
    v128.store(panel, f64x2.add(v128.load(panel, 240), g), 240);
    s03 = f64x2.add(s03, f64x2.mul(e0, x3));
    s13 = f64x2.add(s13, f64x2.mul(e1, x3));
    t += 32;
  }
  v128.store(sums, s00, 0);
  v128.store(sums, s01, 64);
  v128.store(sums, s02, 128);
  v128.store(sums, s03, 192);
  v128.store(sums, s10, 16);
  v128.store(sums, s11, 80);
  v128.store(sums, s12, 144);
  v128.store(sums, s13, 208);
  return squares;
}
