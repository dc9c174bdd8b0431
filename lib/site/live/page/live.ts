/// <reference lib="dom" />
/**
 * What every notebook page loads: the button that turns it into a notebook, and the one that opens
 * its explorer. All else comes when one is pressed.
 *
 * @module
 */
import { EXPLORERS } from "../explorers/mod.ts";

/** The styles of what is added to the page. */
function addStyle(): void {
  const href = new URL("live.css", import.meta.url).href;
  if (document.querySelector(`link[href="${href}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
}

const button = document.querySelector<HTMLButtonElement>("#run-live");
const article = document.querySelector<HTMLElement>("article[data-notebook]");

if (button && article && location.protocol !== "file:") {
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { openNotebook } = await import("./notebook.ts");
      addStyle();
      openNotebook(article, new URL("./", import.meta.url));
      button.hidden = true;
    } catch (error) {
      button.disabled = false;
      button.textContent = `It could not be loaded (${(error as Error).message}). Try again`;
    }
  });
}

const explorer = article && EXPLORERS[article.dataset.notebook!];

if (button && article && explorer && location.protocol !== "file:") {
  // The site keeps a place for it, so that nothing moves when it comes.
  const place = document.querySelector<HTMLElement>("#explorer");
  const box = place ?? document.createElement("section"), open = document.createElement("button");
  box.setAttribute("aria-label", "Explorer");
  open.type = "button";
  open.id = "open-explorer";
  open.textContent = "Explore the theory with sliders";
  box.append(open);
  if (!place) (button.closest("p") ?? button).after(box);
  const show = async () => {
    open.disabled = true;
    try {
      const [{ openExplorer }, found] = await Promise.all([
        import("../explorers/panel.ts"),
        explorer(),
      ]);
      addStyle();
      openExplorer(box, found.explorer);
    } catch (error) {
      open.disabled = false;
      open.textContent = `It could not be loaded (${(error as Error).message}). Try again`;
    }
  };
  open.addEventListener("click", show);
  if (location.hash.startsWith("#explore")) show();
}
