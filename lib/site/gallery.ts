/**
 * The gallery: every saved figure with its files.
 *
 * @module
 */
import { downloads, picture, type Saved } from "./figures.ts";
import { type Html, markup } from "./html.ts";
import type { NotebookPage } from "./notebook_page.ts";
import type { Page } from "./shell.ts";

function entry(figure: Saved, slug: string): Html {
  const { id, caption, cell } = figure;
  const place = cell === undefined ? "" : `#${id}`;
  return markup`
    <figure id="${slug}-${id}">
      <div class="picture"><a href="../${slug}/index.html${place}">${
    picture(
      figure,
      caption,
      `../${slug}/`,
    )
  }</a></div>
      <figcaption><b>${id}.</b> ${caption} ${downloads(figure, `../${slug}/`)}</figcaption>
    </figure>
  `;
}

/** The page of all figures. */
export function galleryPage(pages: readonly NotebookPage[], zip: string): Page {
  const count = pages.reduce((sum, { gathered }) => sum + gathered.figures.saved.length, 0);
  return {
    path: "gallery/index.html",
    title: markup`Gallery of figures`,
    name: "Gallery of figures",
    description: `${count} figures as SVG, PDF, PNG, with the plotted numbers as CSV.`,
    formulas: true,
    wide: true,
    body: markup`
      <h1>Gallery of figures</h1>
      <p>
        ${count} figures. Lines are theory, marks and thin lines simulation, bands spread. A picture
        leads to its place in the notebook. SVG and PDF are vectors, PNG has 300 dots per inch; CSV holds
        the plotted numbers to the last bit, JSON the parameters and seeds of the run, commit, versions
        and machine. <a href="../${zip}" download>All files (figures.zip)</a>
      </p>
      <ul class="parts">${
      pages.map(({ slug, title }) => markup`<li><a href="#${slug}">${title}</a></li>`)
    }</ul>
      ${
      pages.map(({ slug, title, gathered }) =>
        markup`
          <section id="${slug}">
            <h2>${title}</h2>
            <div class="gallery">${
          gathered.figures.saved.map((figure) => entry(figure, slug))
        }</div>
          </section>
        `
      )
    }
    `,
  };
}
