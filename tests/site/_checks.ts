/**
 * What a reader must never meet in a page, and how a site is served for that.
 *
 * @module
 */
import { join, normalize } from "node:path";
import { gzipSync } from "node:zlib";
import { platform } from "../../lib/platform/mod.ts";
import type { BrowserPage } from "./_browser.ts";

/** Types of files as servers name them. */
const TYPES: Record<string, string> = {
  ...{ html: "text/html", css: "text/css", js: "text/javascript", svg: "image/svg+xml" },
  ...{ woff2: "font/woff2", json: "application/json" },
};

/** Serves a folder below a path, as a server of many projects does. */
export function serve(folder: string, base: string): Deno.HttpServer<Deno.NetAddr> {
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
export const FAULTS = `(async () => {
  await document.fonts.ready;
  const faults = [];
  const width = document.documentElement.scrollWidth - innerWidth;
  if (width > 0) faults.push("wider than the window by " + width);
  for (const image of document.images) {
    if (image.offsetParent === null) continue;
    image.loading = "eager";
    await image.decode().catch(() => faults.push("no picture " + image.src));
    const shape = image.getAttribute("width") / image.getAttribute("height");
    const off = Math.abs(image.naturalWidth / image.naturalHeight / shape - 1);
    if (!(off < 0.02)) faults.push("no place of its shape for " + image.src);
    if (!image.alt) faults.push("no words for " + image.src);
  }
  return faults;
})()`;

/** Sum of all moves of what was there already, as browsers count them; Firefox does not. */
export const SHIFT = `new Promise((resolve) => {
  let sum = 0;
  if (!PerformanceObserver.supportedEntryTypes.includes("layout-shift")) return resolve(0);
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) sum += value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 300);
})`;

const axe = () => new TextDecoder().decode(platform.files.readPackage("axe-core/axe.min.js"));

/** Violations of WCAG 2.1 AA, each with its first place. */
export async function violations(page: BrowserPage): Promise<string[]> {
  await page.evaluate(`${axe()}; 0`);
  return await page.evaluate<string[]>(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"] })
      .then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))`,
  );
}

/** Bytes of a page and of what it loads at first, packed as servers do. */
export function firstView(site: string, base: string, requests: readonly string[]): number {
  const paths = new Set(
    requests.filter((url) => !url.startsWith("data:")).map((url) => new URL(url).pathname),
  );
  return [...paths].reduce((sum, path) => {
    const bytes = Deno.readFileSync(join(site, path.slice(base.length - 1)));
    return sum + (path.endsWith(".woff2") ? bytes.length : gzipSync(bytes).length);
  }, 0);
}

/** Paths of all pages of a site. */
export function pagesOf(site: string, under = ""): string[] {
  return Array.from(Deno.readDirSync(join(site, under))).flatMap((entry) => {
    const path = join(under, entry.name);
    if (entry.isDirectory) return pagesOf(site, path);
    return entry.name === "index.html" ? [path] : [];
  }).sort();
}

/** Waits until an expression in the page is true. */
export async function until(page: BrowserPage, condition: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await page.evaluate<boolean>(`Boolean(${condition})`)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it never came: ${condition}`);
}
