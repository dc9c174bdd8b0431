import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DENO, DENO_DIR, DENO_HOME, inRoot, ROOT, VENV } from "../../lib/cli/paths.ts";
import { filesBelow } from "../../lib/cli/files.ts";
import { end, run } from "./_tasks.ts";

const SLUG = "rank-collapse", FOLDER = "rank_collapse";

/** Copies the project; what set-up has made is shared. */
async function copyProject(to: string): Promise<void> {
  const skipped = [".git", "notebooks/figures"].map((name) => inRoot(name));
  const copy = async (from: string, to: string): Promise<void> => {
    await Deno.mkdir(to, { recursive: true });
    for (const { name, isDirectory } of Deno.readDirSync(from)) {
      const source = `${from}/${name}`, target = `${to}/${name}`;
      if (source === DENO_HOME || source === VENV) await Deno.symlink(source, target);
      else if (skipped.includes(source)) continue;
      else if (isDirectory) await copy(source, target);
      else await Deno.copyFile(source, target);
    }
  };
  await copy(ROOT, to);
}

Deno.test("new-paper makes a paper that passes everything from the first minute", async (t) => {
  const folder = await Deno.makeTempDir();
  const project = `${folder}/project`;
  const deno = async (...args: string[]) => {
    const { code, stdout, stderr } = await end(
      new Deno.Command(DENO, {
        args,
        cwd: project,
        env: { DENO_DIR, NO_COLOR: "1", INIT_CWD: project },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    );
    assertEquals(code, 0, stdout + stderr);
    return stdout;
  };
  const task = (name: string, ...args: string[]) =>
    deno("run", "--quiet", `-P=${name}`, "--frozen", "--cached-only", ...args);
  const modules = `lib/papers/${FOLDER}`, tests = `tests/papers/${FOLDER}`;
  try {
    await copyProject(project);
    const said = await task("new-paper", "lib/cli/new_paper.ts", SLUG);

    await t.step("it says what it has made and what comes next", () => {
      for (const path of [`notebooks/${SLUG}.ipynb`, modules, tests]) {
        assertStringIncludes(said, path);
        assert(Deno.statSync(`${project}/${path}`));
      }
      assertStringIncludes(said, `deno task reproduce ${SLUG}`);
      const library = Deno.readTextFileSync(`${project}/lib/mod.ts`);
      assertStringIncludes(
        library,
        `export * as rankCollapse from "./${modules.slice(4)}/mod.ts";`,
      );
      const names = Array.from(library.matchAll(/^export \* as (\w+)/gm), ([, name]) => name);
      assertEquals(names, names.toSorted());
    });

    await t.step("nothing of the template's own names is left in it", () => {
      for (const part of [modules, tests]) {
        for (const { name, isFile } of Deno.readDirSync(`${project}/${part}`)) {
          const text = isFile ? Deno.readTextFileSync(`${project}/${part}/${name}`) : "";
          assert(!/template|new-paper/.test(text), `${part}/${name}`);
        }
      }
    });

    const checks: Record<string, () => Promise<unknown>> = {
      "it is formatted and linted": async () => {
        await deno("fmt", "--check", "--quiet", modules, tests, "lib/mod.ts", "deno.json");
        await deno("lint", "--quiet", modules, tests);
      },
      "it is one of the library's namespaces, and documented": async () => {
        // Types are checked where the template is; here only its places differ.
        const ask = 'import { rankCollapse } from "lora-dynamics"; rankCollapse.halfTimes.name;';
        await deno("eval", "--quiet", ask);
        const documented = [...filesBelow("lib", /^mod\.ts$/), `${modules}/mod.ts`];
        await deno("doc", "--lint", "--quiet", ...documented);
      },
      "its tests, its examples and the rules of the house pass": async () => {
        const options = ["--quiet", "--no-check", "-P=test", "--doc"];
        const where = [modules, tests, "tests/architecture_test.ts"];
        await deno("test", ...options, "--frozen", "--cached-only", ...where);
      },
      "its notebook runs through the kernel": async () => {
        const out = ["--preset", "quick", "--out", `${folder}/out`, "--json"];
        const [outcome] = JSON.parse(await task("reproduce", "lib/cli/reproduce.ts", SLUG, ...out));
        const { ok, claims, figures } = outcome;
        assertEquals([ok, claims, figures], [true, { passed: 2, total: 2 }, 1]);
      },
      "its claims are found": async () => {
        const said = await task("claims", "lib/cli/claims.ts", SLUG, "--preset", "quick");
        assertStringIncludes(said, "2 of 2 claims hold");
      },
    };
    for (const [name, check] of Object.entries(checks)) {
      await t.step(name, async () => void await check());
    }

    await t.step("a second paper of this name is refused, and nothing is changed", async () => {
      const library = Deno.readTextFileSync(`${project}/lib/mod.ts`);
      const again = new Deno.Command(DENO, {
        args: ["run", "--quiet", "-P=new-paper", "lib/cli/new_paper.ts", SLUG],
        cwd: project,
        env: { DENO_DIR, NO_COLOR: "1" },
      });
      const { code, stderr } = await again.output();
      assertEquals(code, 2);
      assertStringIncludes(new TextDecoder().decode(stderr), "slug must be a new name: there are");
      assertEquals(Deno.readTextFileSync(`${project}/lib/mod.ts`), library);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const mistakes: [string[], string][] = [
  [[], "needs exactly one slug: got 0"],
  [["Rank-Collapse"], "slug must be at most 32 small letters and digits"],
  [["rank collapse"], "slug must be at most 32 small letters and digits"],
  [["rank--collapse"], "slug must be at most 32 small letters and digits"],
  [["lora-one"], "slug must be a new name: there are chain, "],
  [["chain"], "slug must be a new name"],
];
for (const [args, message] of mistakes) {
  Deno.test(`new-paper ${args.join(" ")} ends with code 2 and says why`, async () => {
    const { code, stdout, stderr } = await run("new_paper", args, {}, "new-paper");
    assertEquals([code, stdout], [2, ""], stderr);
    assertStringIncludes(stderr, message);
  });
}
