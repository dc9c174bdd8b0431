/**
 * `deno task npm`: the library as a package for npm.
 *
 * @module
 */
import { relative, resolve } from "node:path";
import { runTask, UsageError } from "./args.ts";
import { buildPackage } from "./npm/build.ts";
import { DENO_HOME, userFolder } from "./paths.ts";
import { USAGES } from "./usages.ts";

/** Whether a folder may be emptied: it is not there, is empty, or holds a package of ours. */
function isOurs(folder: string): boolean {
  try {
    if (Array.from(Deno.readDirSync(folder)).length === 0) return true;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
  try {
    return JSON.parse(Deno.readTextFileSync(`${folder}/package.json`)).name === "lora-dynamics";
  } catch {
    return false;
  }
}

if (import.meta.main) {
  await runTask("npm", USAGES.npm, async (args) => {
    const given = args.text("out");
    const out = given === undefined ? `${DENO_HOME}/npm` : resolve(userFolder(), given);
    if (!isOurs(out)) {
      throw new UsageError(
        `Cannot build the package as --out must be a new or empty folder, or an earlier package: ` +
          `current value is "${given}"`,
      );
    }
    await buildPackage(out);
    const place = relative(userFolder(), out) || ".";
    console.log(`npm: ${place} is ready for npm pack and npm publish`);
    return 0;
  });
}
