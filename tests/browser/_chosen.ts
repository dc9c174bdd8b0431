/**
 * The notebooks that the command line names, or all.
 *
 * @module
 */
import { notebooksIn } from "../../lib/cli/files.ts";
import { NOTEBOOKS } from "../../lib/cli/paths.ts";

/** Names of the notebooks that are to run. */
export const chosen: readonly string[] = Deno.args.length > 0 ? Deno.args : notebooksIn(NOTEBOOKS);
