// C += A B for matrices with any strides, in double or in single precision, by tiles of 4 rows and 2
// vectors of columns (4 columns or 8). Every entry of C is one sum in the order of k, each product
// rounded: the bits of the plain loop.

import { halfTile, openTile, tile } from "./tiles";

/** Depth and columns of the part of B that is packed at a time: 512 KB or 256. */
const DEPTH: i32 = 256;
const WIDTH: i32 = 256;

/** Bytes of rows of B that stay in the nearest memory. */
const NEAR: usize = 32768;

/** Words of 64 bits that `gemm` needs at `work`: B, four rows of A, one tile of C. */
export const gemmWork: i32 = 256 * 256 + 4 * 256 + 16;

/** Packs `depth × columns` entries of B in panels of `group` columns (4 or 8), filled up with zeros. */
function packPanels<T>(
  from: usize,
  rowStep: usize,
  columnStep: usize,
  depth: i32,
  columns: i32,
  group: i32,
  to: usize,
): void {
  for (let j = 0; j < columns; j += group) {
    const width = min(group, columns - j);
    let source = from + <usize> j * columnStep;
    for (let k = 0; k < depth; k++) {
      if (width == group) {
        store<T>(to, load<T>(source));
        store<T>(to, load<T>(source + columnStep), sizeof<T>());
        store<T>(to, load<T>(source + 2 * columnStep), 2 * sizeof<T>());
        store<T>(to, load<T>(source + 3 * columnStep), 3 * sizeof<T>());
        if (group == 8) {
          const next = source + 4 * columnStep;
          store<T>(to, load<T>(next), 4 * sizeof<T>());
          store<T>(to, load<T>(next + columnStep), 5 * sizeof<T>());
          store<T>(to, load<T>(next + 2 * columnStep), 6 * sizeof<T>());
          store<T>(to, load<T>(next + 3 * columnStep), 7 * sizeof<T>());
        }
      } else {
        for (let x = 0; x < group; x++) {
          const value = x < width ? load<T>(source + <usize> x * columnStep) : <T> 0;
          store<T>(to + <usize> x * sizeof<T>(), value);
        }
      }
      to += <usize> group * sizeof<T>();
      source += rowStep;
    }
  }
}

/** Copies `rows × columns` entries between places with rows of `fromStep` and `toStep` bytes. */
function copyTile<T>(
  from: usize,
  fromStep: usize,
  to: usize,
  toStep: usize,
  rows: i32,
  columns: i32,
): void {
  for (let i = 0; i < rows; i++) {
    memory.copy(to, from, <usize> columns * sizeof<T>());
    from += fromStep;
    to += toStep;
  }
}

/**
 * C (m × n, row-major) += A (m × k) B (k × n). Steps are in bytes: from row to row and from column
 * to column of A and of B, so that a transpose is a swap of its two steps. `work` takes `gemmWork`
 * words.
 */
function product<T>(
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
  const lanes = <i32> (16 / sizeof<T>());
  const group = 2 * lanes;
  const rows = work + <usize> (WIDTH * DEPTH) * sizeof<T>();
  const corner = rows + <usize> (4 * DEPTH) * sizeof<T>();
  const cRow = <usize> n * sizeof<T>();
  for (let column = 0; column < n; column += WIDTH) {
    const width = min(WIDTH, n - column);
    for (let inner = 0; inner < k; inner += DEPTH) {
      const depth = min(DEPTH, k - inner);
      const part = b + <usize> inner * bRow + <usize> column * bColumn;
      // A few columns of B that lie in whole vectors: to pack them or A would take longer than it saves.
      const open = width <= 2 * group && width % group == 0 && bColumn == sizeof<T>() &&
        <usize> depth * bRow <= NEAR;
      if (!open) packPanels<T>(part, bRow, bColumn, depth, width, group, work);
      for (let i = 0; i < m; i += 4) {
        const height = min(4, m - i);
        const strip = a + <usize> i * aRow + <usize> inner * aColumn;
        if (open && height == 4) {
          const to = c + <usize> i * cRow + <usize> column * sizeof<T>();
          openTile<T>(strip, aRow, aColumn, part, bRow, depth, to, cRow);
          if (width > group) openTile<T>(strip, aRow, aColumn, part + 32, bRow, depth, to + 32, cRow);
          continue;
        }
        if (open) packPanels<T>(part, bRow, bColumn, depth, width, group, work);
        packPanels<T>(strip, aColumn, aRow, depth, height, 4, rows);
        for (let j = 0; j < width; j += group) {
          const panel = work + <usize> (j * depth) * sizeof<T>();
          const across = min(group, width - j);
          const to = c + <usize> i * cRow + <usize> (column + j) * sizeof<T>();
          if (height == 4 && across == group) {
            tile<T>(rows, panel, depth, to, cRow);
          } else if (height == 4 && across == lanes) {
            halfTile<T>(rows, panel, depth, to, cRow);
          } else {
            copyTile<T>(to, cRow, corner, 32, height, across);
            if (across > lanes) tile<T>(rows, panel, depth, corner, 32);
            else halfTile<T>(rows, panel, depth, corner, 32);
            copyTile<T>(corner, 32, to, cRow, height, across);
          }
        }
      }
    }
  }
}

/** In double precision. */
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
  product<f64>(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, work);
}

/** In single precision. */
export function gemmSingle(
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
  product<f32>(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, work);
}
