/** The predictions of lazy-vs-feature; see the files that it names. */
export * from "./bounds.ts";
export * from "./flow.ts";
export * from "./fluctuations.ts";
export * from "./frozen.ts";
export * from "./interpolation.ts";
export * from "./joint.ts";
export * from "./kernel.ts";
export * from "./landscape.ts";
export * from "./moments.ts";
export * from "./plane.ts";
export * from "./second_layer.ts";
export * from "./separated.ts";
export * from "./series.ts";
export * from "./tangent.ts";
export * from "./width.ts";
