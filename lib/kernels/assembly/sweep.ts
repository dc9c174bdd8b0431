// The loop of `factor_step.ts`: 8 rows of a matrix against two rows of R in panels. What it needs of L,
// and the sums over columns, have fixed addresses, where an engine checks no bounds; the two rows of a
// branch are what fits into the registers, and a branch keeps compilers from moving sums across it.

/** Two columns of 8 rows of L, each number twice. */
export const ours: usize = memory.data(256, 64);

/** The sums of 8 rows against two rows of R: vectors of even and odd columns. */
export const sums: usize = memory.data(256, 64);

/**
 * `count` panels: their change += transposed two columns of L times 8 rows of `a`, `sums` += these rows
 * times two rows of R. Steps in bytes, from row to row and from panel to panel.
 */
export function sweep(rows: i32, a: usize, step: usize, group: usize, panel: usize, size: usize, count: i32): void {
  for (const end = panel + <usize> count * size; panel < end; panel += size) {
    const v0 = v128.load(panel);
    const v1 = v128.load(panel, 16);
    let g0 = v128.load(panel, 32);
    let g1 = v128.load(panel, 48);
    const w0 = v128.load(panel, 64);
    const w1 = v128.load(panel, 80);
    let h0 = v128.load(panel, 96);
    let h1 = v128.load(panel, 112);
    let row = a;
    let x = v128.load(row);
    let y = v128.load(row, 16);
    let l = v128.load(ours);
    g0 = f64x2.add(g0, f64x2.mul(x, l));
    g1 = f64x2.add(g1, f64x2.mul(y, l));
    let s = f64x2.add(f64x2.mul(x, v0), f64x2.mul(y, v1));
    v128.store(sums, f64x2.add(v128.load(sums), s));
    l = v128.load(ours, 16);
    h0 = f64x2.add(h0, f64x2.mul(x, l));
    h1 = f64x2.add(h1, f64x2.mul(y, l));
    s = f64x2.add(f64x2.mul(x, w0), f64x2.mul(y, w1));
    v128.store(sums, f64x2.add(v128.load(sums, 16), s), 16);
    row += step;
    x = v128.load(row);
    y = v128.load(row, 16);
    l = v128.load(ours, 32);
    g0 = f64x2.add(g0, f64x2.mul(x, l));
    g1 = f64x2.add(g1, f64x2.mul(y, l));
    s = f64x2.add(f64x2.mul(x, v0), f64x2.mul(y, v1));
    v128.store(sums, f64x2.add(v128.load(sums, 32), s), 32);
    l = v128.load(ours, 48);
    h0 = f64x2.add(h0, f64x2.mul(x, l));
    h1 = f64x2.add(h1, f64x2.mul(y, l));
    s = f64x2.add(f64x2.mul(x, w0), f64x2.mul(y, w1));
    v128.store(sums, f64x2.add(v128.load(sums, 48), s), 48);
    if (rows > 2) {
      row += step;
      x = v128.load(row);
      y = v128.load(row, 16);
      l = v128.load(ours, 64);
      g0 = f64x2.add(g0, f64x2.mul(x, l));
      g1 = f64x2.add(g1, f64x2.mul(y, l));
      s = f64x2.add(f64x2.mul(x, v0), f64x2.mul(y, v1));
      v128.store(sums, f64x2.add(v128.load(sums, 64), s), 64);
      l = v128.load(ours, 80);
      h0 = f64x2.add(h0, f64x2.mul(x, l));
      h1 = f64x2.add(h1, f64x2.mul(y, l));
      s = f64x2.add(f64x2.mul(x, w0), f64x2.mul(y, w1));
      v128.store(sums, f64x2.add(v128.load(sums, 80), s), 80);
      row += step;
      x = v128.load(row);
      y = v128.load(row, 16);
      l = v128.load(ours, 96);
      g0 = f64x2.add(g0, f64x2.mul(x, l));
      g1 = f64x2.add(g1, f64x2.mul(y, l));
      s = f64x2.add(f64x2.mul(x, v0), f64x2.mul(y, v1));
      v128.store(sums, f64x2.add(v128.load(sums, 96), s), 96);
      l = v128.load(ours, 112);
      h0 = f64x2.add(h0, f64x2.mul(x, l));
      h1 = f64x2.add(h1, f64x2.mul(y, l));
      s = f64x2.add(f64x2.mul(x, w0), f64x2.mul(y, w1));
      v128.store(sums, f64x2.add(v128.load(sums, 112), s), 112);
      if (rows > 4) {
        row += step;
        x = v128.load(row);
        y = v128.load(row, 16);
        l = v128.load(ours, 128);
        g0 = f64x2.add(g0, f64x2.mul(x, l));
        g1 = f64x2.add(g1, f64x2.mul(y, l));
        s = f64x2.add(f64x2.mul(x, v0), f64x2.mul(y, v1));
        v128.store(sums, f64x2.add(v128.load(sums, 128), s), 128);
        l = v128.load(ours, 144);
        h0 = f64x2.add(h0, f64x2.mul(x, l));
        h1 = f64x2.add(h1, f64x2.mul(y, l));
        s = f64x2.add(f64x2.mul(x, w0), f64x2.mul(y, w1));
        v128.store(sums, f64x2.add(v128.load(sums, 144), s), 144);
        row += step;
        x = v128.load(row);
        y = v128.load(row, 16);
        l = v128.load(ours, 160);
        g0 = f64x2.add(g0, f64x2.mul(x, l));
        g1 = f64x2.add(g1, f64x2.mul(y, l));
        s = f64x2.add(f64x2.mul(x, v0), f64x2.mul(y, v1));
        v128.store(sums, f64x2.add(v128.load(sums, 160), s), 160);
        l = v128.load(ours, 176);
        h0 = f64x2.add(h0, f64x2.mul(x, l));
        h1 = f64x2.add(h1, f64x2.mul(y, l));
        s = f64x2.add(f64x2.mul(x, w0), f64x2.mul(y, w1));
        v128.store(sums, f64x2.add(v128.load(sums, 176), s), 176);
        if (rows > 6) {
          row += step;
          x = v128.load(row);
          y = v128.load(row, 16);
          l = v128.load(ours, 192);
          g0 = f64x2.add(g0, f64x2.mul(x, l));
          g1 = f64x2.add(g1, f64x2.mul(y, l));
          s = f64x2.add(f64x2.mul(x, v0), f64x2.mul(y, v1));
          v128.store(sums, f64x2.add(v128.load(sums, 192), s), 192);
          l = v128.load(ours, 208);
          h0 = f64x2.add(h0, f64x2.mul(x, l));
          h1 = f64x2.add(h1, f64x2.mul(y, l));
          s = f64x2.add(f64x2.mul(x, w0), f64x2.mul(y, w1));
          v128.store(sums, f64x2.add(v128.load(sums, 208), s), 208);
          row += step;
          x = v128.load(row);
          y = v128.load(row, 16);
          l = v128.load(ours, 224);
          g0 = f64x2.add(g0, f64x2.mul(x, l));
          g1 = f64x2.add(g1, f64x2.mul(y, l));
          s = f64x2.add(f64x2.mul(x, v0), f64x2.mul(y, v1));
          v128.store(sums, f64x2.add(v128.load(sums, 224), s), 224);
          l = v128.load(ours, 240);
          h0 = f64x2.add(h0, f64x2.mul(x, l));
          h1 = f64x2.add(h1, f64x2.mul(y, l));
          s = f64x2.add(f64x2.mul(x, w0), f64x2.mul(y, w1));
          v128.store(sums, f64x2.add(v128.load(sums, 240), s), 240);
        }
      }
    }
    v128.store(panel, g0, 32);
    v128.store(panel, g1, 48);
    v128.store(panel, h0, 96);
    v128.store(panel, h1, 112);
    a += group;
  }
}
