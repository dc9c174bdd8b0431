/** The experiments of lora-one; see the files that it names. */
export * from "./activation/descents.ts";
export * from "./activation/factors.ts";
export * from "./alignment/catapults.ts";
export * from "./alignment/courses.ts";
export * from "./alignment/half_learning.ts";
export * from "./alignment/portraits.ts";
export * from "./alignment/scale.ts";
export * from "./digits/mod.ts";
export * from "./one_step/alignment_times.ts";
export * from "./one_step/label_noise.ts";
export * from "./one_step/recovery.ts";
export { type StartLike } from "./physics.ts";
export * from "./spectral/basin.ts";
export * from "./spectral/condition_numbers.ts";
export * from "./starts/offset_sizes.ts";
export * from "./starts/offset_starts.ts";
