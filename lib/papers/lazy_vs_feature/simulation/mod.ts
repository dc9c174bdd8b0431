/** The simulations of lazy-vs-feature; see the files that it names. */
export * from "./chain.ts";
export * from "./courses.ts";
export * from "./direct.ts";
export * from "./direct_scratch.ts";
export * from "./general.ts";
export * from "./hitting.ts";
export * from "./inputs.ts";
export * from "./laws.ts";
export * from "./options.ts";
export * from "./plane.ts";
export * from "./regression.ts";
export * from "./scratch.ts";
export * from "./signs.ts";
