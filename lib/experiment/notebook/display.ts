/** Name of the method by which a notebook asks an object how to show it. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display");

/** Something that a notebook shows by itself when it is the last value of a cell. */
export interface Displayable<Content = string> {
  /** The output bundle: MIME type → content. */
  [jupyterDisplay](): Record<string, Content>;
}

type Bundler = (figure: object) => Record<string, string>;

let bundler: Bundler | undefined;

/** Says how figures are shown; the room that draws them does so when it is loaded. */
export function showFiguresBy(show: Bundler): void {
  bundler = show;
}

/**
 * The same figure, which a notebook shows as a picture when it is the last value of a cell. What it
 * holds stays as it was: nothing that is counted or copied is added.
 */
export function shownByItself<F extends object>(figure: F): F {
  return Object.defineProperty(figure, jupyterDisplay, {
    value(this: object) {
      return bundler?.(this) ?? { "text/plain": "A figure" };
    },
  });
}
