/** The simulations of lazy-vs-feature; see the files that it names. */
export * from "./chain.ts";
export * from "./controller.ts";
export * from "./direct.ts";
export * from "./direct_scratch.ts";
export * from "./exactness.ts";
export * from "./general.ts";
export * from "./inputs.ts";
export * from "./joint.ts";
export * from "./plane.ts";
export * from "./regression.ts";
export * from "./runs.ts";
export * from "./scratch.ts";
export * from "./signs.ts";
