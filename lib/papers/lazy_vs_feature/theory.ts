/** The predictions of lazy-vs-feature; see the files that it names. */
export * from "./theory_flow.ts";
export * from "./theory_frozen.ts";
export * from "./theory_landscape.ts";
export * from "./theory_moments.ts";
export * from "./theory_plane.ts";
