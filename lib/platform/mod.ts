/**
 * What differs between Deno, Node and a browser, behind one interface: files, environment, notebook,
 * terminal, machine, native libraries. Beside it stand what all sides do alike where not each
 * brings it along: a synchronous hash, PNG, and whether this is a worker of a sweep.
 *
 * Nothing else in the library touches `Deno`, modules of Node or native packages, except the tasks.
 *
 * @example A file beside a module, wherever the library runs; what is not there is an error that names it.
 * ```ts
 * import { MissingFile, platform } from "lora-dynamics/platform/mod.ts";
 * import { assertThrows } from "@std/assert";
 *
 * const place = new URL("file:///nowhere/rows.csv");
 * assertThrows(() => platform.files.readText(place), MissingFile, "/nowhere/rows.csv");
 * ```
 *
 * @module
 */
export {
  type Broadcast,
  type FigureFiles,
  type Files,
  type Machine,
  MissingFile,
  type Notebook,
  type Place,
  type Platform,
  type Terminal,
} from "./doors.ts";
export { becomeLane, isLane } from "./lane.ts";
export type { Native, ThinSvd } from "./native.ts";
export { platform } from "./platform.ts";
export { rasterize, type RasterOptions } from "./raster.ts";
export { sha256 } from "./sha256.ts";
