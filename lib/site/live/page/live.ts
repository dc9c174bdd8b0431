/// <reference lib="dom" />
/**
 * What every notebook page loads: the button that turns it into a notebook. All else comes when it
 * is pressed.
 *
 * @module
 */

const button = document.querySelector<HTMLButtonElement>("#run-live");
const article = document.querySelector<HTMLElement>("article[data-notebook]");

if (button && article && location.protocol !== "file:") {
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { openNotebook } = await import("./notebook.ts");
      openNotebook(article, new URL("./", import.meta.url));
      button.hidden = true;
    } catch (error) {
      button.disabled = false;
      button.textContent = `It could not be loaded (${(error as Error).message}). Try again`;
    }
  });
}
