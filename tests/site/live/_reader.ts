/**
 * A reader of a live page: opens it, types over its cells, presses its buttons.
 *
 * @module
 */
import type { Page } from "./_browser.ts";

/** What the bar says, as an expression of the page. */
export const status = "document.querySelector('.live-bar [role=status]').textContent";

/** A notebook page as a reader uses it. */
export class Reader {
  constructor(readonly page: Page) {}

  /** Opens a page and presses "Run and edit in the browser". */
  async open(url: string): Promise<void> {
    await this.page.go(url);
    await this.page.until("!document.querySelector('#run-live').hidden");
    await this.page.evaluate("document.querySelector('#run-live').click()");
    await this.page.until("document.querySelector('.live-bar')");
  }

  /** What a cell shows. */
  text(cell: number): Promise<string> {
    return this.page.evaluate(`document.querySelector("#cell-${cell} .outputs").innerText`);
  }

  /** Presses a button of the bar. */
  press(button: string): Promise<unknown> {
    return this.page.evaluate(
      `[...document.querySelectorAll(".live-bar button")].find((b) => b.textContent === "${button}").click()`,
    );
  }

  /** Presses a cell's button. */
  start(cell: number): Promise<unknown> {
    return this.page.evaluate(
      `document.querySelector("#cell-${cell} .live-cell-bar button").click()`,
    );
  }

  /** Waits until no cell runs. */
  async settled(seconds = 60): Promise<void> {
    await this.page.until(
      `document.querySelector(".cell[data-state=running], .cell[data-state=waiting]") === null`,
      seconds,
    );
  }

  /** How far a cell is. */
  state(cell: number): Promise<string> {
    return this.page.evaluate(`document.querySelector("#cell-${cell}").dataset.state`);
  }

  /** Runs a cell, and what stands above and has not run, and waits. */
  async run(cell: number, seconds = 60): Promise<string> {
    await this.start(cell);
    await this.settled(seconds);
    return await this.text(cell);
  }

  /** Types over the code of a cell. */
  async write(cell: number, code: string): Promise<void> {
    await this.page.evaluate(`document.querySelector("#cell-${cell} .cm-content").focus()`);
    await this.page.press("a", "ctrl");
    await this.page.type(code);
  }

  /** The code of a cell as it stands in the page. */
  code(cell: number): Promise<string> {
    return this.page.evaluate(
      `[...document.querySelectorAll("#cell-${cell} .cm-line")].map((line) => line.textContent).join("\\n")`,
    );
  }

  /** The claims that the page shows as checked, in their order: `"C3 agrees"`. */
  verdicts(): Promise<string[]> {
    return this.page.evaluate(
      `[...document.querySelectorAll(".outputs details summary:has(> b)")].map((s) => s.textContent.split(" (")[0])`,
    );
  }

  /** How many entries the page's BibTeX has; 0 where it has none. */
  citations(): Promise<number> {
    return this.page.evaluate(
      `Number(/BibTeX, (\\d+) entries/.exec(document.body.textContent)?.[1] ?? 0)`,
    );
  }
}
