/**
 * Part of `deno task test:browser`: every page of the site in Firefox, where it is installed.
 *
 * @module
 */
import { everyPage, withSite } from "../site/_every_page.ts";
import { findFirefox, startFirefox } from "../site/_firefox.ts";

const firefox = findFirefox();
if (!firefox) console.log("no firefox in the path: it does not open the site");

for (const [paper, width] of [["light", 1280], ["dark", 390]] as const) {
  Deno.test({
    name: `every page in Firefox at ${width} px on ${paper} paper: nothing is missing or too wide`,
    ignore: !firefox,
    async fn() {
      const dark = paper === "dark", browser = startFirefox(firefox!, { dark });
      await withSite(
        undefined,
        browser,
        ({ site, start, page }) => everyPage(site, start, page, width, dark),
      );
    },
  });
}
