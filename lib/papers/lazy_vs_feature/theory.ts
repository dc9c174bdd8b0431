/** The predictions of lazy-vs-feature; see the files that it names. */
export * from "./theory_bounds.ts";
export * from "./theory_flow.ts";
export * from "./theory_fluctuations.ts";
export * from "./theory_frozen.ts";
export * from "./theory_interpolation.ts";
export * from "./theory_joint.ts";
export * from "./theory_landscape.ts";
export * from "./theory_moments.ts";
export * from "./theory_plane.ts";
export * from "./theory_second_layer.ts";
export * from "./theory_separated.ts";
export * from "./theory_series.ts";
export * from "./theory_tangent.ts";
export * from "./theory_width.ts";
export { gaussLegendre } from "./theory_quadrature.ts";
