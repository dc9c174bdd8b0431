/** The problems of lora-one; see the files that it names. */
export * from "./activation.ts";
export * from "./draw.ts";
export * from "./instances.ts";
export * from "./linear.ts";
