/** Figures of lora-one: rows → figure; lines are theory, symbols are simulation. See the files named. */
export * from "./figures_alignment.ts";
export * from "./figures_digits.ts";
export * from "./figures_maps.ts";
