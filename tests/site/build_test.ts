import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { dirname, join, normalize } from "node:path";
import { unzipSync } from "fflate";
import { buildSite, type SiteOptions } from "../../lib/site/build.ts";
import { code, data, HOSTILE, pretend, text, writeCopy, writeHostile } from "./_executed.ts";

/** Options for a site of these notebooks in a folder of its own. */
const options = (folder: string, notebooks: string[]): SiteOptions => ({
  ...{ from: `${folder}/from`, out: `${folder}/site`, base: "/some/place/", notebooks },
  texts: [
    { folder: "notation", name: "Notation", source: "# Notation\n\n## A\n\n$x$\n", wide: true },
    { folder: "licence", name: "Licence", source: "# Licence\n\nMIT", quiet: true },
  ],
  guide: [{
    folder: "guide/change",
    name: "change",
    source: "# Change\n\nIt is easy: [a](../../../LICENSE) [b](../x.txt)",
  }],
  documentation: {
    modules: {
      "lora-dynamics/ode/mod.ts": {
        solve: {
          markdown:
            "**solve** (lora-dynamics/ode/mod.ts)\n\n```ts\nfunction solve(f: F): S\n```\n\nSolves.",
        },
      },
    },
  },
  made: "lora-dynamics 0.1.0",
});

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function filesIn(folder: string, under = ""): string[] {
  return Array.from(Deno.readDirSync(join(folder, under))).flatMap((entry) =>
    entry.isDirectory ? filesIn(folder, join(under, entry.name)) : [join(under, entry.name)]
  ).sort();
}

/** Addresses in a page that lead to no file or place of the site; those of other sites apart. */
function lost(folder: string): string[] {
  const files = new Set(filesIn(folder));
  const places = new Map<string, Set<string>>();
  const read = (path: string) => Deno.readTextFileSync(join(folder, path));
  for (const path of files) {
    if (!path.endsWith(".html")) continue;
    const ids = Array.from(read(path).matchAll(/\bid="([^"]*)"/g), ([, id]) => id);
    assertEquals(ids.length, new Set(ids).size, `${path}: two places of one name`);
    places.set(path, new Set(ids));
  }
  return [...places.keys()].filter((path) => path !== "404.html").flatMap((path) => {
    const found = read(path).matchAll(/\b(?:href|src|srcset)="([^"]*)"/g);
    return Array.from(found, ([, address]) => address).filter((address) => {
      const outside = /^https?:/.test(address);
      if (outside || address.startsWith("data:")) return false;
      const [file, place] = address.split("#");
      const target = file === "" ? path : normalize(join(dirname(path), file.split("?")[0]));
      return !files.has(target) || place !== undefined && !places.get(target)?.has(place);
    }).map((address) => `${path}: ${address}`);
  });
}

Deno.test("a site of two notebooks has all its pages, and every address leads somewhere", async () => {
  await inFolder(async (folder) => {
    await pretend(`${folder}/from`, "convergence-rate");
    await pretend(`${folder}/from`, "lora-one");
    const made = await buildSite(options(folder, ["convergence-rate", "lora-one"]));
    const files = filesIn(`${folder}/site`);
    for (
      const path of [
        ...["index.html", "convergence-rate/index.html", "lora-one/lora-one.ipynb", "404.html"],
        ...["ledger/index.html", "ledger/claims.json", "gallery/index.html", "figures.zip"],
        ...["notation/index.html", "api/index.html", "api/ode/index.html", "assets/search.js"],
        ...["lora-one/F1.svg", "lora-one/F1.dark.svg", "lora-one/F1.csv", "assets/katex.css"],
      ]
    ) assert(files.includes(path), path);
    assertEquals(lost(`${folder}/site`), []);
    assertEquals(made.pages, files.filter((path) => path.endsWith("/index.html")).length + 1);
    const read = (path: string) => Deno.readTextFileSync(`${folder}/site/${path}`);
    // Every page may load nothing from elsewhere, and runs no script of its own text.
    for (const path of files.filter((path) => path.endsWith(".html"))) {
      assertStringIncludes(
        read(path),
        "default-src &#39;none&#39;; script-src &#39;self&#39;",
        path,
      );
      assertEquals(/<script(?![^>]*\bsrc=)|\son\w+="/.test(read(path)), false, path);
      assertEquals(read(path).match(/\b(?:src|srcset)="https?:[^"]*"/g), null, path);
    }
    const css = ["site", "katex"].map((name) => read(`assets/${name}.css`)).join("");
    assertEquals(css.match(/url\((?!fonts\/|data:font\/woff2;base64,)[^)]*\)/g), null);
    assertStringIncludes(read("404.html"), 'href="/some/place/assets/site.css"');
    assertEquals(JSON.parse(read("ledger/claims.json")).length, made.claims);
    const zip = unzipSync(Deno.readFileSync(`${folder}/site/figures.zip`));
    assertEquals(Object.keys(zip).length, 5 * made.figures);
  });
});

Deno.test("code cells stand in order with their source exactly, as what runs them expects", async () => {
  await inFolder(async (folder) => {
    const sources = ['const a = "<b>&amp;";\n\n// end  ', "table(rows);"];
    await writeCopy(`${folder}/from`, "x", [
      text("# Title"),
      ...sources.map((source) => code(source, data({ "text/plain": "1" }))),
    ]);
    const live = async (site: string, notebooks: readonly string[]) => {
      assertEquals(notebooks, ["x"]);
      await Deno.mkdir(`${site}/live`);
      await Deno.writeTextFile(`${site}/live/live.js`, "");
    };
    await buildSite({ ...options(folder, ["x"]), live });
    const page = Deno.readTextFileSync(`${folder}/site/x/index.html`);
    assertStringIncludes(page, '<article data-notebook="x">');
    assertStringIncludes(page, '<button type="button" id="run-live" hidden>');
    const cells = Array.from(
      page.matchAll(
        /<section class="cell" id="cell-(\d)" data-cell="\1">[^]*?<pre><code>([^]*?)<\/code>/g,
      ),
      ([, , inner]) =>
        inner.replaceAll(/<[^>]*>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">")
          .replaceAll("&quot;", '"').replaceAll("&amp;", "&"),
    );
    assertEquals(cells, sources);
    assertEquals(lost(`${folder}/site`), []);
  });
});

Deno.test("hostile texts in title, parameter, caption, claim and output are shown, not obeyed", async () => {
  await inFolder(async (folder) => {
    await writeHostile(`${folder}/from`, "x");
    await buildSite({ ...options(folder, ["x"]), made: HOSTILE });
    for (const path of filesIn(`${folder}/site`).filter((path) => path.endsWith(".html"))) {
      const page = Deno.readTextFileSync(`${folder}/site/${path}`);
      assertEquals(page.match(/<script(?![^>]*\bsrc=)|<script>|onerror=alert(?!\()/g), null, path);
      assertEquals(page.match(/<img src=x|href="javascript:/g), null, path);
    }
    const search = Deno.readTextFileSync(`${folder}/site/assets/search.js`);
    assertEquals(
      JSON.parse(search.replace("globalThis.SEARCH = ", "").replace(/;\n$/, "")).length > 1,
      true,
    );
  });
});

Deno.test("a copy that has failed, has not run or is not there stops the build, and the old site stays", async () => {
  await inFolder(async (folder) => {
    const good = [text("# A"), code("1;", data({ "text/plain": "1" }))];
    await writeCopy(`${folder}/from`, "x", good);
    await buildSite(options(folder, ["x"]));
    const failed = code("f();", { output_type: "error", ename: "E", evalue: "no", traceback: [] });
    await writeCopy(`${folder}/from`, "x", [...good, failed]);
    const build = () => buildSite(options(folder, ["x"]));
    await assertRejects(
      build,
      Error,
      "page of x as its executed copy must be whole: code cell 2 (f();) failed",
    );
    await writeCopy(`${folder}/from`, "x", [text("# A"), { ...code("1;"), execution_count: null }]);
    await assertRejects(build, Error, "code cell 1 (1;) has not run");
    await assertRejects(
      () => buildSite(options(folder, ["y"])),
      Error,
      `Cannot build the page of y as there is no executed copy ${folder}/from/y/y.ipynb`,
    );
    assert(filesIn(`${folder}/site`).includes("x/index.html"));
    assertEquals(filesIn(folder).filter((path) => path.includes(".tmp")), []);
    // An edition that fails leaves it, too.
    await writeCopy(`${folder}/from`, "x", good);
    const lite = () => Promise.reject(new Error("no wheel"));
    await assertRejects(() => buildSite({ ...options(folder, ["x"]), lite }), Error, "no wheel");
    assert(filesIn(`${folder}/site`).includes("x/index.html"));
  });
});

Deno.test("a site replaces a site, and nothing else", async () => {
  await inFolder(async (folder) => {
    await writeCopy(`${folder}/from`, "x", [text("# A"), code("1;", data({ "text/plain": "1" }))]);
    await Deno.mkdir(`${folder}/site`);
    await buildSite(options(folder, ["x"]));
    await Deno.writeTextFile(`${folder}/site/old.html`, "");
    await buildSite(options(folder, ["x"]));
    assertEquals(filesIn(`${folder}/site`).includes("old.html"), false);
    await Deno.remove(`${folder}/site/.lora-dynamics-site`);
    await assertRejects(
      () => buildSite(options(folder, ["x"])),
      Error,
      "Cannot build the site as --out must be a new or empty folder, or an earlier site",
    );
    const out = `${folder}/from/x/x.ipynb`;
    await assertRejects(
      () => buildSite({ ...options(folder, ["x"]), out }),
      Error,
      "must be a folder",
    );
  });
});
