// Products of many small matrices of the same shapes at once. Entries that have the same place in
// their matrices lie side by side, so that every vector instruction serves two products.

/**
 * C (m × n) += A (m × k) B (k × n) for each of `lanes` products, `lanes` a multiple of 4. Entries
 * of one place are `lanes` numbers side by side; C is row-major, the steps of A and B are in bytes,
 * from row to row and from column to column. Each sum is in the order of k.
 */
export function addProducts(
  lanes: i32,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  c: usize,
): void {
  const size = <usize> lanes << 3;
  for (let i = 0; i < m; i++) {
    let column = b;
    let j = 0;
    for (; j + 1 < n; j += 2) {
      for (let lane: usize = 0; lane < size; lane += 32) {
        const to = c + lane;
        let s0 = v128.load(to);
        let s1 = v128.load(to, 16);
        let t0 = v128.load(to + size);
        let t1 = v128.load(to + size, 16);
        let x = a + lane;
        let y = column + lane;
        let z = y + bColumn;
        for (let l = 0; l < k; l++) {
          const x0 = v128.load(x);
          const x1 = v128.load(x, 16);
          s0 = f64x2.add(s0, f64x2.mul(x0, v128.load(y)));
          s1 = f64x2.add(s1, f64x2.mul(x1, v128.load(y, 16)));
          t0 = f64x2.add(t0, f64x2.mul(x0, v128.load(z)));
          t1 = f64x2.add(t1, f64x2.mul(x1, v128.load(z, 16)));
          x += aColumn;
          y += bRow;
          z += bRow;
        }
        v128.store(to, s0);
        v128.store(to, s1, 16);
        v128.store(to + size, t0);
        v128.store(to + size, t1, 16);
      }
      column += 2 * bColumn;
      c += 2 * size;
    }
    if (j < n) {
      for (let lane: usize = 0; lane < size; lane += 32) {
        const to = c + lane;
        let s0 = v128.load(to);
        let s1 = v128.load(to, 16);
        let x = a + lane;
        let y = column + lane;
        for (let l = 0; l < k; l++) {
          s0 = f64x2.add(s0, f64x2.mul(v128.load(x), v128.load(y)));
          s1 = f64x2.add(s1, f64x2.mul(v128.load(x, 16), v128.load(y, 16)));
          x += aColumn;
          y += bRow;
        }
        v128.store(to, s0);
        v128.store(to, s1, 16);
      }
      c += size;
    }
    a += aRow;
  }
}
