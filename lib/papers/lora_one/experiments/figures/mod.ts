/** Figures of lora-one: rows → figure; lines are theory, symbols are simulation. See the files named. */
export * from "./alignment.ts";
export * from "./maps.ts";
