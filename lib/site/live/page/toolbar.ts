/// <reference lib="dom" />
/**
 * The bar of a notebook: buttons for all of it, and how far it is.
 *
 * @module
 */
import { button } from "./cell.ts";

/** What the buttons do. */
export interface ToolbarActions {
  /** Runs all cells. */
  runAll(): void;
  /** Interrupts the cell that runs. */
  interrupt(): void;
  /** Ends the kernel; a new one comes with the next cell. */
  restart(): void;
  /** Back to what was published. */
  reset(): void;
  /** Hands the reader the notebook as a file. */
  download(): void;
  /** Hears that another preset is wanted. */
  preset(): void;
}

const KEYS =
  "In a cell: Shift+Enter runs it and goes on, Ctrl+Enter runs it, Shift+Tab shows what is " +
  "known about a name, Tab or Ctrl+Space completes, Escape and then Tab leaves it.";

/** The bar, at the foot of the window. */
export class Toolbar {
  /** What stands in the page. */
  readonly element = document.createElement("section");
  readonly #status = document.createElement("span");
  readonly #note = document.createElement("p");
  readonly #preset = document.createElement("select");
  readonly #interrupt: HTMLButtonElement;

  /** The bar of a notebook. */
  constructor(actions: ToolbarActions) {
    this.#interrupt = button("Interrupt", "Stop the cell that runs", actions.interrupt);
    this.#interrupt.disabled = true;
    this.#status.setAttribute("role", "status");
    this.#note.setAttribute("role", "alert");
    this.#note.hidden = true;
    for (const preset of ["quick", "full"]) this.#preset.add(new Option(preset));
    this.#preset.addEventListener("change", actions.preset);
    const preset = document.createElement("label");
    preset.title = "quick: the whole notebook in about a minute; full: the paper's statistics";
    preset.append("Preset ", this.#preset);
    const keys = document.createElement("details"), summary = document.createElement("summary");
    summary.textContent = "Keys";
    keys.append(summary, KEYS);
    this.element.className = "live-bar";
    this.element.setAttribute("aria-label", "Notebook");
    this.element.append(
      button("Run all", "Run all cells from the top", actions.runAll),
      this.#interrupt,
      button("Restart", "End the kernel with all variables; edits stay", actions.restart),
      button("Reset", "Undo all edits and show what was published", actions.reset),
      button("Download .ipynb", "The notebook with your edits and outputs", actions.download),
      preset,
      this.#status,
      keys,
      this.#note,
    );
  }

  /** Code that tells a new kernel the preset. */
  get settings(): string {
    const settings = JSON.stringify({ preset: this.#preset.value });
    return `Deno.env.set("LORA_DYNAMICS", ${JSON.stringify(settings)});`;
  }

  /** Says how far the notebook is. */
  say(text: string, busy = !this.#interrupt.disabled): void {
    if (this.#status.textContent !== text) this.#status.textContent = text;
    this.#interrupt.disabled = !busy;
  }

  /** Says what the reader must know, until the next time. */
  note(text: string): void {
    this.#note.textContent = text;
    this.#note.hidden = false;
  }
}
