import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { project } from "../site/live/_project.ts";
import { buildLibrary } from "../../lib/site/live/library.ts";
import { findChromium, openPage } from "./_chromium.ts";
import type { Report } from "./_in_browser.ts";
import { probe } from "./_probe.ts";

const chromium = findChromium();
if (!chromium) console.log("no chromium in the path: the library is not tried in a browser");

/** The page lies below the root, as on a server of many projects. */
const BASE = "/some/place/";

const PAGE = '<!doctype html><meta charset="utf-8"><script type="module" src="main.js"></script>';

/** Serves the bundle in `folder`; resolves with what the page sends. */
function serve(folder: string, modules: readonly string[]) {
  const report = Promise.withResolvers<Report>();
  const asked: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (!pathname.startsWith(BASE)) asked.push(pathname);
      const path = pathname.slice(BASE.length);
      if (path === "report") report.resolve(await request.json());
      if (path === "report") return new Response("thanks");
      if (path === "") return new Response(PAGE, { headers: { "content-type": "text/html" } });
      if (path === "modules.json") return Response.json(modules);
      const type = path.endsWith(".js") ? "text/javascript" : "application/octet-stream";
      try {
        return new Response(await Deno.readFile(`${folder}/${path}`), {
          headers: { "content-type": type },
        });
      } catch {
        return new Response("not there", { status: 404 });
      }
    },
  );
  return { server, asked, report: report.promise };
}

/** The promise, or an error after so many seconds. */
async function within<T>(work: Promise<T>, seconds: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("the page sent nothing")), 1000 * seconds);
  return await Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}

Deno.test({
  name: "the library runs in a browser: every mod.ts, a claim of each paper, a figure's files",
  ignore: !chromium,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const scripts = { main: "tests/platform/_in_browser.ts" };
      const library = await buildLibrary(folder, project, {
        scripts,
      });
      const modules = Object.values(library.modules);
      const { server, report, asked } = serve(folder, modules);
      await using _ = { [Symbol.asyncDispose]: () => server.shutdown() };
      await using _page = openPage(chromium!, `http://127.0.0.1:${server.addr.port}${BASE}`);
      const expected = await probe(`${folder}/figures`);
      const { error, globals, exports, found, openBlas } = await within(report, 60);
      assertEquals(error, undefined);
      assertEquals(globals, []);
      assertGreater(modules.length, 20);
      assertEquals(Object.keys(exports), modules);
      assert(Object.values(exports).every((count) => count > 0));
      assertEquals(found?.claims, expected.claims);
      assert(expected.claims.every(({ pass }) => pass));
      assertEquals(found?.files, expected.files);
      assertEquals(found?.shown, ["image/svg+xml", "text/plain"]);
      assertStringIncludes(openBlas!, "a browser, which has no native libraries");
      assertEquals(asked.filter((path) => path !== "/favicon.ico"), []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
