/**
 * Experiments of pre-training-hurts.
 *
 * @module
 */
export * from "./dynamics/courses.ts";
