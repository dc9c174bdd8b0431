/** The predictions of lora-one; see the files that it names. */
export * from "./theory_floors.ts";
export * from "./theory_linear.ts";
export * from "./theory_noise.ts";
export * from "./theory_one_step.ts";
export * from "./theory_preconditioned.ts";
