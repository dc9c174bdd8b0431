/**
 * Experiments of pre-training-hurts.
 *
 * @module
 */
export * from "./dynamics/courses.ts";
export * from "./dynamics/stability.ts";
