/** Name of the method by which a notebook asks an object how to show it. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display");

/** Something that a notebook shows by itself when it is the last value of a cell. */
export interface Displayable<Content = string> {
  /** The output bundle: MIME type → content. */
  [jupyterDisplay](): Record<string, Content>;
}
