/**
 * A reader of JupyterLab, or of JupyterLite, which is the same application.
 *
 * @module
 */
import type { Page } from "../live/_browser.ts";

const CELLS = "document.querySelectorAll('.jp-CodeCell')";

/** Whether the kernel waits: an expression of the page. */
export const idle =
  `jupyterapp.shell.currentWidget?.sessionContext.session?.kernel?.status === "idle"`;

/** An output as notebooks keep it. */
export interface Output {
  readonly output_type: string;
  readonly data?: Record<string, string>;
}

/** The cells of the notebook that is open, as its file has them: an expression of the page. */
export const model =
  "Array.from(jupyterapp.shell.currentWidget.content.model.cells, (cell) => cell.toJSON())";

/** Where a notebook of the edition opens, on the site of this address. */
export const inLite = (url: string) => (name: string) =>
  `${url}lite/notebooks/index.html?path=${name}`;

/** The claims that outputs show as checked, in their order: `"C3 agrees"`. */
export function verdicts(outputs: readonly Output[]): string[] {
  const html = outputs.map(({ data }) => [data?.["text/html"] ?? ""].flat().join("")).join("");
  const found = html.matchAll(/<summary><b>(\w+)<\/b> (\w+) /g);
  return Array.from(found, ([, id, word]) => `${id} ${word}`);
}

/** The application as a reader uses it; `address` is where a notebook opens. */
export class Lab {
  constructor(readonly page: Page, readonly address: (name: string) => string) {}

  /** Opens a notebook; its kernel is ready. */
  async open(name: string): Promise<void> {
    // Otherwise the browser asks whether the changes may be lost, and waits.
    if (await this.page.evaluate("Boolean(globalThis.jupyterapp)")) {
      await this.command("docmanager:save");
    }
    await this.page.go(this.address(name));
    await this.page.until(`globalThis.jupyterapp && ${CELLS}.length > 0 && ${idle}`, 90);
  }

  /** Carries out a command of the application, and waits until it is over. */
  async command(name: string, seconds = 300): Promise<void> {
    await this.page.evaluate(
      `globalThis.over = false, void jupyterapp.commands.execute("${name}").finally(() => over = true)`,
    );
    await this.page.until("over", seconds);
  }

  /** Begins a command of the application. */
  start(name: string): Promise<unknown> {
    return this.page.evaluate(`void jupyterapp.commands.execute("${name}")`);
  }

  /** What the cells show, in their order, without scrolling to them. */
  outputs<T = Record<string, unknown>[]>(): Promise<T[]> {
    return this.page.evaluate(
      `${model}.filter((cell) => cell.cell_type === "code").map((cell) => cell.outputs)`,
    );
  }

  /** Goes to a code cell. */
  select(cell: number): Promise<unknown> {
    return this.page.evaluate(`jupyterapp.shell.currentWidget.content.activeCellIndex = ${cell}`);
  }

  /** Waits until the kernel waits. */
  async settled(seconds = 60): Promise<void> {
    await this.page.until(idle, seconds);
  }
}
