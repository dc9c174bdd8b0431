import { assert, assertEquals } from "@std/assert";
import { dirname, join, normalize } from "node:path";
import { gzipSync } from "node:zlib";
import { notebooksIn } from "../../lib/cli/files.ts";
import { inRoot, NOTEBOOKS } from "../../lib/cli/paths.ts";
import { documentation } from "../../lib/cli/kernel/documentation.ts";
import { buildSite } from "../../lib/site/build.ts";
import { platform } from "../../lib/platform/mod.ts";
import { type BrowserPage, findChromium, startBrowser } from "./_browser.ts";
import { pretend } from "./_executed.ts";

const chromium = findChromium();
if (!chromium) console.log("no chromium in the path: the site is not opened in a browser");

/** Rooms whose documentation is looked at. */
const ROOMS = ["lib/ode/mod.ts", "lib/papers/gradient_flow_mf/mod.ts"];

/** The project's texts with outputs put in: real formulas, tables and headings, and no kernel. */
async function buildAll(folder: string): Promise<string> {
  const notebooks = notebooksIn(NOTEBOOKS), out = `${folder}/site`;
  for (const slug of notebooks) await pretend(`${folder}/from`, slug);
  const read = (name: string) => Deno.readTextFileSync(inRoot("notebooks", name));
  await buildSite({
    ...{ from: `${folder}/from`, out, base: "/some/place/", notebooks, made: "a test" },
    texts: [
      { folder: "notation", name: "Notation", source: read("NOTATION.md"), wide: true },
      { folder: "disagreements", name: "Disagreements", source: read("DISAGREEMENTS.md") },
      { folder: "licence", name: "Licence", source: "# Licence\n\nMIT", quiet: true },
    ],
    guide: [{
      folder: "guide/sweeps",
      name: "sweeps",
      source: Deno.readTextFileSync(inRoot("lib/site/guide/sweeps.md")),
    }],
    documentation: (await documentation(ROOMS)).modules,
  });
  return out;
}

const TYPES: Record<string, string> = {
  ...{ html: "text/html", css: "text/css", js: "text/javascript", svg: "image/svg+xml" },
  ...{ woff2: "font/woff2", json: "application/json" },
};

/** Serves a folder below a path, as a server of many projects does. */
function serve(folder: string, base: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const path = normalize(join(folder, pathname.slice(base.length - 1)));
    try {
      const type = TYPES[path.split(".").at(-1)!] ?? "application/octet-stream";
      const bytes = pathname.startsWith(base) ? await Deno.readFile(path) : undefined;
      if (bytes) return new Response(bytes, { headers: { "content-type": type } });
    } catch { /* there is no such file */ }
    return new Response("not there", { status: 404 });
  });
}

/** What a reader must never meet: by what it is called. */
const FAULTS = `(async () => {
  await document.fonts.ready;
  const faults = [];
  const width = document.documentElement.scrollWidth - innerWidth;
  if (width > 0) faults.push("wider than the window by " + width);
  for (const image of document.images) {
    if (image.offsetParent === null) continue;
    image.loading = "eager";
    await image.decode().catch(() => faults.push("no picture " + image.src));
    if (!image.alt) faults.push("no words for " + image.src);
  }
  return faults;
})()`;

/** Sum of all moves of what was there already, as browsers count them. */
const SHIFT = `new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) sum += value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 300);
})`;

const axe = () => new TextDecoder().decode(platform.files.readPackage("axe-core/axe.min.js"));

/** Violations of WCAG 2.1 AA, each with its first place. */
async function violations(page: BrowserPage): Promise<string[]> {
  await page.evaluate(`${axe()}; 0`);
  return await page.evaluate<string[]>(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"] })
      .then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))`,
  );
}

/** Bytes of a page and of what it loads at first, packed as servers do. */
function firstView(site: string, base: string, requests: readonly string[]): number {
  const paths = new Set(
    requests.filter((url) => !url.startsWith("data:")).map((url) => new URL(url).pathname),
  );
  return [...paths].reduce((sum, path) => {
    const bytes = Deno.readFileSync(join(site, path.slice(base.length - 1)));
    return sum + (path.endsWith(".woff2") ? bytes.length : gzipSync(bytes).length);
  }, 0);
}

Deno.test({
  name:
    "every page in a browser: nothing missing, asked elsewhere, too wide, moving or inaccessible",
  ignore: !chromium,
  async fn(t) {
    const folder = await Deno.makeTempDir(), base = "/some/place/";
    const site = await buildAll(folder);
    await using browser = await startBrowser(chromium!);
    const server = serve(site, base), origin = `http://127.0.0.1:${server.addr.port}`;
    try {
      const page = await browser.page();
      const paths = pagesOf(site);
      assert(paths.length > 12);

      await t.step("wide and narrow, on light and dark paper", async () => {
        for (const path of paths) {
          for (const [width, dark] of [[1280, false], [390, true]] as const) {
            await page.look(width, { dark });
            await page.open(`${origin}${base}${path}`);
            const where = `${path} at ${width}`;
            if (width === 1280) {
              const size = firstView(site, base, page.requests);
              assert(size <= 400_000, `${where}: first view of ${size} bytes`);
            }
            assertEquals(await page.evaluate(FAULTS), [], where);
            // A rarer font of formulas may come a moment later and change the width of a sign.
            assert(await page.evaluate<number>(SHIFT) < 0.001, `${where}: something moves`);
            assertEquals(page.complaints, [], where);
            const elsewhere = page.requests.filter((url) => !url.startsWith(origin + base));
            assertEquals(elsewhere.filter((url) => !url.startsWith("data:")), [], where);
          }
          const { size } = Deno.statSync(join(site, path));
          assert(size <= 3e6, `${path} has ${size} bytes`);
        }
      });

      await t.step("WCAG 2.1 AA by axe-core", async () => {
        // One page of each kind: those of a kind come from the same few lines.
        const kinds = [
          ...["index.html", "lora-one/index.html", "ledger/index.html", "gallery/index.html"],
          ...[
            "notation/index.html",
            "disagreements/index.html",
            "api/index.html",
            "api/ode/index.html",
          ],
        ];
        for (const path of kinds) {
          for (const dark of [false, true]) {
            await page.look(dark ? 390 : 1280, { dark });
            await page.open(`${origin}${base}${path}`);
            await page.evaluate(
              "document.querySelectorAll('.claim').forEach((c, i) => c.open = i < 3)",
            );
            assertEquals(await violations(page), [], `${path}${dark ? ", dark" : ""}`);
          }
        }
      });

      await t.step("from the disk", async () => {
        await page.look(1280);
        for (const path of ["index.html", "lora-one/index.html", "api/ode/index.html"]) {
          await page.open(`file://${site}/${path}`);
          assertEquals([...await page.evaluate<string[]>(FAULTS), ...page.complaints], [], path);
          assertEquals(page.requests.filter((url) => !url.startsWith(`file://${site}/`)), []);
        }
        await search(page);
      });

      await t.step(
        "what the scripts do: search, paper, filter, places inside folded claims",
        async () => {
          await page.open(`${origin}${base}lora-one/index.html`);
          await search(page);
          await page.evaluate("document.querySelector('#paper').click()");
          const shown = "getComputedStyle(document.querySelector('.on-dark')).display";
          assertEquals(await page.evaluate(shown), "inline");
          await page.open(`${origin}${base}ledger/index.html#lora-one-C3`);
          assertEquals(await page.evaluate(shown.replace("'.on-dark'", "'main'")), "block");
          assertEquals(await page.evaluate("document.documentElement.dataset.paper"), "dark");
          assertEquals(await page.evaluate("document.getElementById('lora-one-C3').open"), true);
          const count = await page.evaluate<string>(`(() => {
          const typed = document.querySelector("#words");
          typed.value = "lora-one nothing-like-this";
          typed.dispatchEvent(new Event("input"));
          return document.querySelector("#left").value;
        })()`);
          assertEquals(count.startsWith("0 of "), true, count);
        },
      );

      await t.step("by keyboard: to the text, to the search and its hits", async () => {
        await page.open(`${origin}${base}index.html`);
        const press = async (key: string, code = key) => {
          const text = key.length === 1 ? key : key === "Enter" ? "\r" : undefined;
          await page.send("Input.dispatchKeyEvent", { type: "keyDown", key, code, text });
          await page.send("Input.dispatchKeyEvent", { type: "keyUp", key, code });
        };
        await press("Tab");
        assertEquals(await page.evaluate("document.activeElement.className"), "skip");
        await press("/", "Slash");
        assertEquals(await page.evaluate("document.activeElement.id"), "search");
        await page.send("Input.insertText", { text: "descent lemma" });
        await until(
          page,
          "!document.querySelector('#hits').hidden && document.querySelector('#hits a')",
        );
        await press("ArrowDown");
        assertEquals(await page.evaluate("document.activeElement.closest('#hits') !== null"), true);
        await press("Escape");
        assertEquals(await page.evaluate("document.querySelector('#hits').hidden"), true);
      });

      await t.step("without scripts everything can be read", async () => {
        const still = await browser.page({ scripts: false });
        await still.look(1280);
        await still.open(`${origin}${base}lora-one/index.html`);
        const { root } = await still.send("DOM.getDocument", { depth: 0 });
        const all = async (selector: string) =>
          (await still.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector })).nodeIds;
        assert((await all("figure img")).length > 20);
        for (const selector of ["#search", "#paper"]) {
          const [nodeId] = await all(selector);
          const shown = still.send("DOM.getBoxModel", { nodeId });
          assertEquals(await shown.then(() => "shown", () => "hidden"), "hidden", selector);
        }
        assertEquals(still.complaints, []);
        await still.close();
      });

      await t.step("on paper no navigation, and figures for light paper", async () => {
        await page.look(800, { dark: true, print: true });
        await page.open(`${origin}${base}lora-one/index.html`);
        const shown = (selector: string) =>
          page.evaluate<string>(`getComputedStyle(document.querySelector("${selector}")).display`);
        assertEquals(await Promise.all([".top", ".on-dark", ".on-light"].map(shown)), [
          ...["none", "none", "inline"],
        ]);
      });
    } finally {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

function pagesOf(site: string, under = ""): string[] {
  return Array.from(Deno.readDirSync(join(site, under))).flatMap((entry) => {
    const path = join(under, entry.name);
    if (entry.isDirectory) return pagesOf(site, path);
    return entry.name === "index.html" ? [path] : [];
  }).sort();
}

async function until(page: BrowserPage, condition: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await page.evaluate<boolean>(`Boolean(${condition})`)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it never came: ${condition}`);
}

/** Searches for words of a notebook: a hit must lead to its place. */
async function search(page: BrowserPage): Promise<void> {
  await page.evaluate(`(() => {
    const input = document.querySelector("#search");
    input.focus();
    input.value = "solveOde";
    input.dispatchEvent(new Event("input"));
  })()`);
  await until(page, "document.querySelector('#hits a')");
  const found = await page.evaluate<string>("document.querySelector('#hits a').href");
  assertEquals(new URL(found).hash, "#solveOde");
  assertEquals(dirname(new URL(found).pathname).endsWith("/api/ode"), true, found);
}
