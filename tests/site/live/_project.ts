import { DENO, DENO_HOME, INDEX, PYTHON, ROOT } from "../../../lib/cli/paths.ts";
import { isFile } from "../../../lib/cli/shell.ts";
import type { Project } from "../../../lib/site/live/project.ts";

/** This project, as the editions see it. */
export const project: Project = {
  ...{ root: ROOT, deno: DENO, index: INDEX, cache: DENO_HOME },
  python: await isFile(PYTHON) ? PYTHON : "python3",
};
