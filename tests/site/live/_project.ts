import type { Project } from "../../../lib/site/live/project.ts";
import { DENO, INDEX, ROOT } from "../../../lib/cli/paths.ts";

/** This project, as the editions see it. */
export const project: Project = { root: ROOT, deno: DENO, index: INDEX };
