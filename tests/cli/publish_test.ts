import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DENO, DENO_DIR, inRoot, ROOT } from "../../lib/cli/paths.ts";

const read = (name: string) => Deno.readTextFileSync(inRoot(name));
const config = JSON.parse(read("deno.json"));

/** A rehearsal of publishing to JSR; types are checked with all others. */
async function rehearse(...more: string[]): Promise<{ success: boolean; text: string }> {
  const { success, stdout, stderr } = await new Deno.Command(DENO, {
    args: ["publish", "--dry-run", "--allow-dirty", "--no-check", ...more],
    cwd: ROOT,
    env: { DENO_DIR, NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { success, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("one version: deno.json, the citation file, the newest section of the change log", () => {
  assertMatch(config.version, /^\d+\.\d+\.\d+$/);
  assertEquals(/^version: (.+)$/m.exec(read("CITATION.cff"))?.[1], config.version);
  const sections = Array.from(
    read("CHANGELOG.md").matchAll(/^## (\d+\.\d+\.\d+) \((unreleased|\d{4}-\d\d-\d\d)\)/gm),
    ([, version]) => version,
  );
  assertEquals(sections[0], config.version);
  assertEquals(
    sections.length,
    read("CHANGELOG.md").match(/^## /gm)?.length,
    "a section of no form",
  );
  const numbers = sections.map((version) => version.split(".").map(Number));
  const descending = numbers.toSorted((a, b) => b[0] - a[0] || b[1] - a[1] || b[2] - a[2]);
  assertEquals(numbers, descending);
  assertEquals(new Set(sections).size, sections.length);
});

Deno.test("publishing to JSR passes its rehearsal, with library and data and nothing else", async () => {
  const { success, text } = await rehearse("--allow-slow-types");
  assert(success, text);
  const files = Array.from(
    text.matchAll(/file:\/\/(\S+) \(/g),
    ([, path]) => path.slice(ROOT.length + 1),
  );
  for (
    const path of ["lib/mod.ts", "lib/ode/mod.ts", "data/digits.csv.gz", "README.md", "LICENSE"]
  ) {
    assert(files.includes(path), `${path} is missing`);
  }
  const foreign = /^(?:tests|notebooks|\.|deno\.lock|lib\/(?:cli|site|kernels\/assembly)\/)/;
  assertEquals(files.filter((path) => foreign.test(path)), []);
});

Deno.test("types that must be inferred are those of the papers' parameters alone", async () => {
  const { success, text } = await rehearse();
  assert(!success);
  assertStringIncludes(text, "contains errors for slow types");
  const places = Array.from(text.matchAll(/--> (\S+?):\d+:\d+/g), ([, path]) => path);
  const warnings = ["lib/experiment/sweep/_worker.ts"]; // imports what it is told to
  const others = places.map((path) => path.slice(ROOT.length + 1)).filter((path) =>
    !path.startsWith("lib/papers/") && !warnings.includes(path)
  );
  assertEquals(others, []);
});

Deno.test("the guide's page that is the npm package's README links to nothing beside it", () => {
  const links = Array.from(
    read("lib/site/guide/library.md").matchAll(/\]\(([^)\s]+)\)/g),
    ([, target]) => target,
  );
  assertEquals(links.filter((target) => !target.startsWith("https:")), []);
});
