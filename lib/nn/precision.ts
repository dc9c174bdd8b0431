/** Size of the numbers of a network: 64 bits or 32. */
export type Precision = "double" | "single";

/** The known names. */
export const precisions: readonly Precision[] = ["double", "single"];

/** The arrays of a network of this precision. */
export type FloatsOf<P extends Precision> = P extends "single" ? Float32Array : Float64Array;
