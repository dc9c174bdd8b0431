/** The predictions of lora-one; see the files that it names. */
export * from "./activation.ts";
export * from "./floors.ts";
export * from "./linear.ts";
export * from "./noise.ts";
export * from "./one_step.ts";
export * from "./preconditioned.ts";
