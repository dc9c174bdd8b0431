/**
 * What differs between Deno, Node and a browser, behind one interface: files, environment, notebook,
 * terminal, machine, native libraries. Beside it stand what all sides do alike where not each
 * brings it along: a synchronous hash, PNG, and whether this is a worker of a sweep.
 *
 * Nothing else in the library touches `Deno`, modules of Node or native packages, except the tasks.
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
