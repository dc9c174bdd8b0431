/**
 * The side that answers here, chosen once, when this is loaded.
 *
 * @module
 */
import { browser } from "./browser.ts";
import { deno } from "./deno.ts";
import type { Platform } from "./doors.ts";
import { node } from "./node.ts";

/** Node's `process`, which Deno has, too, and bundlers may put an imitation of into a page. */
const { process } = globalThis as { process?: { getBuiltinModule?: unknown } };

/** Deno's doors where there is Deno, Node's where there is Node, else a browser's. */
export const platform: Platform = "Deno" in globalThis
  ? deno
  : typeof process?.getBuiltinModule === "function"
  ? node
  : browser;
