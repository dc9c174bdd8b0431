// The tiles of `gemm.ts`: 4 rows and 1 or 2 vectors of C, whose sums stay in registers.

/** C tile (4 rows of `step` bytes, 2 vectors) += packed rows of A times a packed panel of B. */
// @ts-ignore: decorator of AssemblyScript
@inline
export function tile<T>(a: usize, b: usize, depth: i32, c: usize, step: usize): void {
  const c1 = c + step;
  const c2 = c1 + step;
  const c3 = c2 + step;
  let s00 = v128.load(c);
  let s01 = v128.load(c, 16);
  let s10 = v128.load(c1);
  let s11 = v128.load(c1, 16);
  let s20 = v128.load(c2);
  let s21 = v128.load(c2, 16);
  let s30 = v128.load(c3);
  let s31 = v128.load(c3, 16);
  for (let end = a + <usize> depth * 4 * sizeof<T>(); a < end; a += 4 * sizeof<T>()) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let y = v128.load_splat<T>(a);
    s00 = v128.add<T>(s00, v128.mul<T>(y, b0));
    s01 = v128.add<T>(s01, v128.mul<T>(y, b1));
    y = v128.load_splat<T>(a, sizeof<T>());
    s10 = v128.add<T>(s10, v128.mul<T>(y, b0));
    s11 = v128.add<T>(s11, v128.mul<T>(y, b1));
    y = v128.load_splat<T>(a, 2 * sizeof<T>());
    s20 = v128.add<T>(s20, v128.mul<T>(y, b0));
    s21 = v128.add<T>(s21, v128.mul<T>(y, b1));
    y = v128.load_splat<T>(a, 3 * sizeof<T>());
    s30 = v128.add<T>(s30, v128.mul<T>(y, b0));
    s31 = v128.add<T>(s31, v128.mul<T>(y, b1));
    b += 32;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

/** The same where A and B lie, or from A packed: rows and columns of A, and rows of B, so far apart. */
export function openTile<T>(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  depth: i32,
  c: usize,
  step: usize,
): void {
  const c1 = c + step;
  const c2 = c1 + step;
  const c3 = c2 + step;
  let s00 = v128.load(c);
  let s01 = v128.load(c, 16);
  let s10 = v128.load(c1);
  let s11 = v128.load(c1, 16);
  let s20 = v128.load(c2);
  let s21 = v128.load(c2, 16);
  let s30 = v128.load(c3);
  let s31 = v128.load(c3, 16);
  for (let k = 0; k < depth; k++) {
    let at = a;
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let y = v128.load_splat<T>(at);
    s00 = v128.add<T>(s00, v128.mul<T>(y, b0));
    s01 = v128.add<T>(s01, v128.mul<T>(y, b1));
    at += aRow;
    y = v128.load_splat<T>(at);
    s10 = v128.add<T>(s10, v128.mul<T>(y, b0));
    s11 = v128.add<T>(s11, v128.mul<T>(y, b1));
    at += aRow;
    y = v128.load_splat<T>(at);
    s20 = v128.add<T>(s20, v128.mul<T>(y, b0));
    s21 = v128.add<T>(s21, v128.mul<T>(y, b1));
    at += aRow;
    y = v128.load_splat<T>(at);
    s30 = v128.add<T>(s30, v128.mul<T>(y, b0));
    s31 = v128.add<T>(s31, v128.mul<T>(y, b1));
    a += aColumn;
    b += bRow;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

/** The same for at most one vector of columns: only the first is computed. */
// @ts-ignore: decorator of AssemblyScript
@inline
export function halfTile<T>(a: usize, b: usize, depth: i32, c: usize, step: usize): void {
  const c1 = c + step;
  const c2 = c1 + step;
  const c3 = c2 + step;
  let s0 = v128.load(c);
  let s1 = v128.load(c1);
  let s2 = v128.load(c2);
  let s3 = v128.load(c3);
  for (let end = a + <usize> depth * 4 * sizeof<T>(); a < end; a += 4 * sizeof<T>()) {
    const x = v128.load(b);
    s0 = v128.add<T>(s0, v128.mul<T>(v128.load_splat<T>(a), x));
    s1 = v128.add<T>(s1, v128.mul<T>(v128.load_splat<T>(a, sizeof<T>()), x));
    s2 = v128.add<T>(s2, v128.mul<T>(v128.load_splat<T>(a, 2 * sizeof<T>()), x));
    s3 = v128.add<T>(s3, v128.mul<T>(v128.load_splat<T>(a, 3 * sizeof<T>()), x));
    b += 32;
  }
  v128.store(c, s0);
  v128.store(c1, s1);
  v128.store(c2, s2);
  v128.store(c3, s3);
}
