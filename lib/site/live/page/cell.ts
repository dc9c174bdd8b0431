/// <reference lib="dom" />
/**
 * A cell of the page: its code, its outputs, its buttons.
 *
 * @module
 */
import type { EditorView } from "@codemirror/view";
import { editor, type EditorOptions, setCode } from "./editor.ts";
import { OutputArea } from "./outputs.ts";

/** What a cell asks of its notebook. */
export interface CellActions extends Pick<EditorOptions, "explain" | "suggest"> {
  /** Runs the cell, after those above that have not run. */
  run(cell: Cell, next: boolean): void;
  /** Hears that its code is another. */
  changed(cell: Cell): void;
}

/** How far a cell is. */
export type State = "published" | "waiting" | "running" | "done" | "failed" | "stale";

const WORDS: Record<State, string> = {
  published: "as published",
  waiting: "waiting",
  running: "running",
  done: "run here",
  failed: "failed",
  stale: "to be run again",
};

/** A button with a label and what it does. */
export function button(label: string, title: string, press: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.title = title;
  made.addEventListener("click", press);
  return made;
}

/** A cell that can be edited and run. */
export class Cell {
  /** Its number among the code cells, from 1. */
  readonly number: number;
  /** Its code as published. */
  readonly original: string;
  /** Where its outputs go. */
  readonly outputs: OutputArea;
  readonly #section: HTMLElement;
  readonly #view: EditorView;
  readonly #word = document.createElement("span");
  readonly #revert: HTMLButtonElement;
  #code: string;
  #state: State = "published";

  /** `kept` is the code as the reader left it, if he changed it. */
  constructor(section: HTMLElement, actions: CellActions, kept?: string) {
    const source = section.querySelector("details.code pre")!;
    section.querySelector("details.code .lines")?.remove(); // their number changes
    const area = section.querySelector<HTMLElement>(".outputs")!;
    this.#section = section;
    this.number = Number(section.dataset.cell);
    this.original = (source.textContent ?? "").replace(/\n$/, "");
    this.#code = kept ?? this.original;
    this.outputs = new OutputArea(area);
    this.#revert = button("Undo edits", `Cell ${this.number} as it was published`, () => {
      setCode(this.#view, this.original);
      this.focus();
    });
    const host = document.createElement("div");
    host.className = "live-editor";
    source.replaceWith(host);
    this.#view = editor(host, {
      ...actions,
      code: this.#code,
      label: `Code of cell ${this.number}`,
      run: (next) => actions.run(this, next),
      changed: (code) => {
        this.#code = code;
        this.#revert.hidden = !this.edited;
        actions.changed(this);
      },
    });
    const bar = document.createElement("p");
    bar.className = "live-cell-bar";
    const run = button(
      "Run",
      `Run cell ${this.number}, and first the cells above that have not run`,
      () => actions.run(this, false),
    );
    run.setAttribute("aria-label", `Run cell ${this.number}`);
    bar.append(run, this.#revert, this.#word);
    area.before(bar);
    if (this.edited) section.querySelector<HTMLDetailsElement>("details.code")!.open = true;
    this.#revert.hidden = !this.edited;
    this.state = "published";
  }

  /** Its code as it is now. */
  get code(): string {
    return this.#code;
  }

  /** Whether the reader changed it. */
  get edited(): boolean {
    return this.#code !== this.original;
  }

  /** How far it is. */
  get state(): State {
    return this.#state;
  }

  set state(state: State) {
    this.#state = state;
    this.#word.textContent = `[${this.number}] ${WORDS[state]}${this.edited ? ", edited" : ""}`;
    this.#section.dataset.state = state;
    this.#section.toggleAttribute("aria-busy", state === "running");
  }

  /** Goes to the editor. */
  focus(): void {
    this.#section.querySelector<HTMLDetailsElement>("details.code")!.open = true;
    this.#view.focus();
  }

  /** Back to what was published. */
  reset(): void {
    if (this.edited) setCode(this.#view, this.original);
    this.outputs.restore();
    this.state = "published";
  }
}
