/** Figures of lora-one: rows → figure; lines are theory, symbols are simulation. See the files named. */
export * from "./alignment.ts";
export { type MapCell } from "./map_panel.ts";
export * from "./maps.ts";
