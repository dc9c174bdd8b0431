/**
 * The height of text while a figure is drawn. Drawing is synchronous and begins in one place, so marks,
 * which Plot calls without saying for which figure, can ask here.
 *
 * @module
 */
import { theme } from "./theme.ts";

let height = theme.fontSize;

/** Height in points of the text of the figure that is being drawn. */
export function textSize(): number {
  return height;
}

/** Draws with text of the given height in points. */
export function inTextSize<T>(size: number, draw: () => T): T {
  const before = height;
  height = size;
  try {
    return draw();
  } finally {
    height = before;
  }
}
