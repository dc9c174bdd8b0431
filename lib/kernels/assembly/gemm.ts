// C += A B for matrices with any strides, by tiles of 4 rows and 2 vectors of 2 columns. Every entry
// of C is one sum in the order of k, each product rounded: the bits of the plain loop.

/** Depth and columns of the part of B that is packed at a time: 512 KB. */
const DEPTH: i32 = 256;
const WIDTH: i32 = 256;

/** Words of 64 bits that `gemm` needs at `work`: B, four rows of A, one tile of C. */
export const gemmWork: i32 = 256 * 256 + 4 * 256 + 16;

/** Packs `depth × columns` entries of B in panels of 4 columns, filled up with zeros. */
function packPanels(
  from: usize,
  rowStep: usize,
  columnStep: usize,
  depth: i32,
  columns: i32,
  to: usize,
): void {
  for (let j = 0; j < columns; j += 4) {
    const width = min(4, columns - j);
    let source = from + <usize> j * columnStep;
    for (let k = 0; k < depth; k++) {
      if (width == 4) {
        store<f64>(to, load<f64>(source));
        store<f64>(to, load<f64>(source + columnStep), 8);
        store<f64>(to, load<f64>(source + 2 * columnStep), 16);
        store<f64>(to, load<f64>(source + 3 * columnStep), 24);
      } else {
        for (let x = 0; x < 4; x++) {
          const value = x < width ? load<f64>(source + <usize> x * columnStep) : 0;
          store<f64>(to + (<usize> x << 3), value);
        }
      }
      to += 32;
      source += rowStep;
    }
  }
}

/** C tile (4 rows of `step` bytes, 4 columns) += packed rows of A times a packed panel of B. */
// @ts-ignore: decorator of AssemblyScript
@inline
function tile(a: usize, b: usize, depth: i32, c: usize, step: usize): void {
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
  for (let end = a + (<usize> depth << 5); a < end; a += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let y = v128.load64_splat(a);
    s00 = f64x2.add(s00, f64x2.mul(y, b0));
    s01 = f64x2.add(s01, f64x2.mul(y, b1));
    y = v128.load64_splat(a, 8);
    s10 = f64x2.add(s10, f64x2.mul(y, b0));
    s11 = f64x2.add(s11, f64x2.mul(y, b1));
    y = v128.load64_splat(a, 16);
    s20 = f64x2.add(s20, f64x2.mul(y, b0));
    s21 = f64x2.add(s21, f64x2.mul(y, b1));
    y = v128.load64_splat(a, 24);
    s30 = f64x2.add(s30, f64x2.mul(y, b0));
    s31 = f64x2.add(s31, f64x2.mul(y, b1));
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

/** The same for at most 2 columns: only the first two are computed. */
// @ts-ignore: decorator of AssemblyScript
@inline
function halfTile(a: usize, b: usize, depth: i32, c: usize, step: usize): void {
  const c1 = c + step;
  const c2 = c1 + step;
  const c3 = c2 + step;
  let s0 = v128.load(c);
  let s1 = v128.load(c1);
  let s2 = v128.load(c2);
  let s3 = v128.load(c3);
  for (let end = a + (<usize> depth << 5); a < end; a += 32) {
    const x = v128.load(b);
    s0 = f64x2.add(s0, f64x2.mul(v128.load64_splat(a), x));
    s1 = f64x2.add(s1, f64x2.mul(v128.load64_splat(a, 8), x));
    s2 = f64x2.add(s2, f64x2.mul(v128.load64_splat(a, 16), x));
    s3 = f64x2.add(s3, f64x2.mul(v128.load64_splat(a, 24), x));
    b += 32;
  }
  v128.store(c, s0);
  v128.store(c1, s1);
  v128.store(c2, s2);
  v128.store(c3, s3);
}

/** Copies `rows × columns` entries between places with rows of `fromStep` and `toStep` bytes. */
function copyTile(
  from: usize,
  fromStep: usize,
  to: usize,
  toStep: usize,
  rows: i32,
  columns: i32,
): void {
  for (let i = 0; i < rows; i++) {
    memory.copy(to, from, <usize> columns << 3);
    from += fromStep;
    to += toStep;
  }
}

/**
 * C (m × n, row-major) += A (m × k) B (k × n). Steps are in bytes: from row to row and from column
 * to column of A and of B, so that a transpose is a swap of its two steps. `work` takes `gemmWork`
 * words.
 */
export function gemm(
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
  work: usize,
): void {
  const rows = work + (<usize> (WIDTH * DEPTH) << 3);
  const corner = rows + (<usize> (4 * DEPTH) << 3);
  const cRow = <usize> n << 3;
  for (let column = 0; column < n; column += WIDTH) {
    const width = min(WIDTH, n - column);
    for (let inner = 0; inner < k; inner += DEPTH) {
      const depth = min(DEPTH, k - inner);
      const part = b + <usize> inner * bRow + <usize> column * bColumn;
      packPanels(part, bRow, bColumn, depth, width, work);
      for (let i = 0; i < m; i += 4) {
        const height = min(4, m - i);
        const strip = a + <usize> i * aRow + <usize> inner * aColumn;
        packPanels(strip, aColumn, aRow, depth, height, rows);
        for (let j = 0; j < width; j += 4) {
          const panel = work + (<usize> (j * depth) << 3);
          const across = min(4, width - j);
          const to = c + <usize> i * cRow + (<usize> (column + j) << 3);
          if (height == 4 && across == 4) {
            tile(rows, panel, depth, to, cRow);
          } else if (height == 4 && across == 2) {
            halfTile(rows, panel, depth, to, cRow);
          } else {
            copyTile(to, cRow, corner, 32, height, across);
            if (across > 2) tile(rows, panel, depth, corner, 32);
            else halfTile(rows, panel, depth, corner, 32);
            copyTile(corner, 32, to, cRow, height, across);
          }
        }
      }
    }
  }
}
