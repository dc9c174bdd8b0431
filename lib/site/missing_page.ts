/**
 * What a server shows for an address that leads nowhere. It stands at any depth, so its links begin at
 * the place of the site on its server.
 *
 * @module
 */
import { type Html, markup } from "./html.ts";
import { POLICY } from "./shell.ts";

/** The page, for a site at `base`: `"/lora-dynamics/"`. */
export function missingPage(base: string): Html {
  return markup`
    <!DOCTYPE html>
    <html lang="en" data-root="${base}">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${POLICY}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Not here – lora-dynamics</title>
        <link rel="icon" href="${base}assets/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="${base}assets/site.css">
        <script src="${base}assets/paper.js"></script>
      </head>
      <body class="plain">
        <main>
          <h1>There is no such page</h1>
          <p>
            Pages may have moved: <a href="${base}index.html">the start</a>,
            <a href="${base}ledger/index.html">all claims</a>, <a
              href="${base}gallery/index.html"
            >all figures</a>.
          </p>
        </main>
      </body>
    </html>
  `;
}
