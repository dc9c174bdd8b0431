/**
 * The side that answers here, chosen once, when this is loaded.
 *
 * @module
 */
import { browser } from "./browser.ts";
import { deno } from "./deno.ts";
import type { Platform } from "./doors.ts";

/** Deno's doors where there is Deno, else a browser's. */
export const platform: Platform = "Deno" in globalThis ? deno : browser;
