/** The simulations of lora-one; see the files that it names. */
export * from "./descent/mod.ts";
export * from "./digits/mod.ts";
export * from "./runs/activation.ts";
export * from "./runs/basin.ts";
export * from "./runs/monte_carlo.ts";
export * from "./runs/noise.ts";
export * from "./runs/one_step.ts";
export * from "./runs/paired.ts";
export * from "./runs/portrait.ts";
export * from "./runs/reduced.ts";
export * from "./runs/scale.ts";
