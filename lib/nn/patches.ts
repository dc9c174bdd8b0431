import type { Tensor } from "./_tensor.ts";

/**
 * Square patches of square images, left to right, then top to bottom: the rows of an image's tokens
 * follow each other, and the pixels of a patch stand row by row.
 */
export function cutPatches(images: Tensor, side: number, patch: number, out: Tensor): Tensor {
  const from = images.data, to = out.data;
  let at = 0;
  for (let image = 0; image < from.length; image += side * side) {
    for (let top = 0; top < side; top += patch) {
      for (let left = 0; left < side; left += patch) {
        for (let i = top; i < top + patch; i++) {
          const row = image + i * side + left;
          for (let j = 0; j < patch; j++) to[at++] = from[row + j];
        }
      }
    }
  }
  return out;
}

/** Mean over the tokens of each example; `out` has one row for each. */
export function meanOverTokens(x: Tensor, out: Tensor): Tensor {
  const { rows, columns: d } = out, tokens = x.rows / rows;
  out.data.fill(0);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let t = 0; t < tokens; t++) {
      for (let j = 0; j < d; j++) out.data[i * d + j] += x.data[at++] / tokens;
    }
  }
  return out;
}

/** The transpose of `meanOverTokens`: each token gets its share of the gradient of the mean. */
export function spreadOverTokens(d: Tensor, out: Tensor): Tensor {
  const { rows, columns } = d, tokens = out.rows / rows;
  for (let i = 0, at = 0; i < rows; i++) {
    for (let t = 0; t < tokens; t++) {
      for (let j = 0; j < columns; j++) out.data[at++] = d.data[i * columns + j] / tokens;
    }
  }
  return out;
}
