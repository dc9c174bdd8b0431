/**
 * The frame of every page: head, navigation, contents, foot.
 *
 * @module
 */
import { attribute, type Html, markup, NOTHING, type Piece } from "./html.ts";
import { INLINE_FONTS } from "./inline_fonts.ts";
import type { Section } from "./markdown.ts";

/** A page before it has its frame. */
export interface Page {
  /** Path of its file, from the start of the site: `"lora-one/index.html"`. */
  readonly path: string;
  /** Title, formulas included. */
  readonly title: Html;
  /** Title as words. */
  readonly name: string;
  /** A sentence for those who find the page. */
  readonly description: string;
  /** What stands in the page, headings and all. */
  readonly body: Html;
  /** Places to which the contents lead. */
  readonly contents?: readonly Section[];
  /** Whether it uses the whole width: tables and pictures. */
  readonly wide?: boolean;
  /** Whether it holds formulas. */
  readonly formulas?: boolean;
}

/** What all pages of a site have in common. */
export interface Frame {
  /** The notebooks, in the order in which they are read. */
  readonly notebooks: readonly { readonly slug: string; readonly title: Html }[];
  /** Version and commit of what has run. */
  readonly made: string;
  /** Whether there is a page on disagreements, a library, … beside the notebooks. */
  readonly pages: readonly { readonly path: string; readonly name: string }[];
}

/**
 * Nothing from elsewhere, no script in the page itself. Styles may stand in the page, since KaTeX sets
 * widths there; WebAssembly, workers and blobs belong to the live pages.
 */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** The way from a page to the start of the site: `"../"`. */
export function toRoot(path: string): string {
  return "../".repeat(path.split("/").length - 1);
}

function contents(sections: readonly Section[]): Html {
  const items: Html[] = [];
  const shown = sections.filter(({ level }) => level === 2 || level === 3);
  for (let i = 0; i < shown.length; i++) {
    const { id, title } = shown[i];
    const inner: Html[] = [];
    while (shown[i + 1]?.level === 3) {
      const sub = shown[++i];
      inner.push(markup`<li><a href="#${sub.id}">${sub.title}</a></li>`);
    }
    const list = inner.length > 0 ? markup`<ol>${inner}</ol>` : NOTHING;
    items.push(markup`<li><a href="#${id}">${title}</a>${list}</li>`);
  }
  return markup`
    <details class="contents" id="contents">
      <summary>Contents</summary>
      <nav aria-label="Contents of this page"><ol>${items}</ol></nav>
    </details>
  `;
}

function navigation({ path }: Page, { notebooks, pages }: Frame, root: string): Html {
  const link = (target: string, name: Piece) => {
    const here = attribute("aria-current", target === path ? "page" : undefined);
    return markup`<li><a href="${root}${target}"${here}>${name}</a></li>`;
  };
  return markup`
    <header class="top">
      <p class="brand"><a href="${root}index.html">lora-dynamics</a></p>
      <nav aria-label="Site">
        <details class="menu">
          <summary>Notebooks</summary>
          <ul>${notebooks.map(({ slug, title }) => link(`${slug}/index.html`, title))}</ul>
        </details>
        <ul>${pages.map((page) => link(page.path, page.name))}</ul>
      </nav>
      <search class="search needs-script">
        <input
          type="search"
          id="search"
          placeholder="Search"
          aria-label="Search all pages"
          autocomplete="off"
        >
        <div id="hits" hidden></div>
      </search>
      <button type="button" class="paper needs-script" id="paper">Dark</button>
    </header>
  `;
}

/** Length of markup that fills any window. */
const WINDOW = 100_000;

/**
 * The first place that no window shows at first. Browsers that know `rel="expect"` draw nothing before
 * it is there: a table that is drawn half would move its columns with every row that comes.
 */
function pastFirstView({ text }: Html): string {
  return / id="([^"]+)"/.exec(text.slice(WINDOW))?.[1] ?? "foot";
}

/** A page in its frame. */
export function framed(page: Page, frame: Frame): Html {
  const root = toRoot(page.path);
  const title = page.path === "index.html" ? page.name : `${page.name} – lora-dynamics`;
  const beside = page.contents?.some(({ level }) => level === 2)
    ? contents(page.contents)
    : NOTHING;
  const formulas = page.formulas
    ? markup`<link rel="stylesheet" href="${root}assets/katex.css">`
    : NOTHING;
  const fonts = attribute("data-fonts", page.formulas ? INLINE_FONTS.join(", ") : undefined);
  const kind = beside === NOTHING ? page.wide ? "wide" : "plain" : "with-contents";
  return markup`
    <!DOCTYPE html>
    <html lang="en" data-root="${root}">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${POLICY}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${title}</title>
        <meta name="description" content="${page.description}">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="${root}assets/icon.svg" type="image/svg+xml">
        <link rel="expect" href="#${pastFirstView(page.body)}" blocking="render">
        ${formulas}<link rel="stylesheet" href="${root}assets/site.css">
        <script src="${root}assets/paper.js"${fonts}></script>
        <script src="${root}assets/site.js" defer></script>
      </head>
      <body class="${kind}">
        <a class="skip" href="#main">Skip to the text</a>
        ${navigation(page, frame, root)} ${beside}
        <main id="main" tabindex="-1">
          ${page.body}
        </main>
        <footer id="foot">
          <p>${frame.made}. Code under the <a href="${root}licence/index.html">MIT licence</a>.</p>
        </footer>
      </body>
    </html>
  `;
}
