/// <reference lib="dom" />
/**
 * A reading page as a notebook: its cells can be edited and run, in a kernel of the browser.
 *
 * @module
 */
import { KernelClient, type KernelWorker } from "../client.ts";
import { Documentation } from "../documentation/documentation.ts";
import { drawOnClick, hand } from "../draw.ts";
import type { Output } from "../kernel/protocol.ts";
import { Cell } from "./cell.ts";
import { KeptEdits } from "./edits.ts";
import { notebookFile } from "./notebook_file.ts";
import { suggestions } from "./suggestions.ts";
import { Toolbar } from "./toolbar.ts";

/** The page's cells with their kernel. */
class Notebook {
  readonly #slug: string;
  readonly #base: URL;
  readonly #cells: readonly Cell[];
  readonly #kernel: KernelClient;
  readonly #documentation: Documentation;
  readonly #edits: KeptEdits;
  readonly #bar: Toolbar;
  /** Grows when what is asked for is to be forgotten. */
  #round = 0;

  constructor(article: HTMLElement, base: URL) {
    this.#slug = article.dataset.notebook!;
    this.#base = base;
    this.#documentation = new Documentation(async () =>
      await (await fetch(new URL("documentation.json", base))).json()
    );
    this.#kernel = new KernelClient({
      start: () => new Worker(new URL("kernel.js", base), { type: "module" }) as KernelWorker,
      onOutput: (output) => this.#show(output),
      onLost: () => this.#stale(0),
    });
    this.#bar = new Toolbar({
      runAll: () => this.#run(this.#cells),
      interrupt: () => this.#interrupt(),
      restart: () => this.#restart(),
      reset: () => this.#reset(),
      download: () => this.#download(),
      preset: () => this.#restart(),
    });
    this.#edits = new KeptEdits(
      this.#slug,
      () =>
        this.#bar.note(
          "The browser keeps no edits (its storage is full, or refused): they last as " +
            "long as this page. “Download” keeps them.",
        ),
    );
    const kept = this.#edits.read();
    const sections = Array.from(article.querySelectorAll<HTMLElement>("section.cell[data-cell]"));
    this.#cells = sections.map((section) =>
      new Cell(section, {
        run: (cell, next) => this.#runTo(cell, next),
        changed: (cell) => this.#changed(cell),
        explain: (code, at) => this.#documentation.at(code, at),
        suggest: (code, at) => suggestions(this.#documentation, this.#kernel, code, at),
      }, kept[section.dataset.cell!])
    );
    for (const { code } of this.#cells) this.#documentation.ran(code);
    document.body.append(this.#bar.element);
    this.#say();
  }

  /** Goes to the first cell. */
  focus(): void {
    this.#cells[0]?.focus();
  }

  /** What works beside the cells redraws what it has shown in an earlier one. */
  #show(output: Output): void {
    const id = output.type === "update_display_data" && output.content.transient?.display_id;
    const cell = id ? this.#cells.find(({ outputs }) => outputs.holds(id)) : undefined;
    (cell ?? this.#cells[Number(output.parent) - 1])?.outputs.add(output);
  }

  #runTo(cell: Cell, next: boolean): void {
    const at = this.#cells.indexOf(cell);
    this.#run([...this.#cells.slice(0, at).filter(({ state }) => state !== "done"), cell]);
    if (next) (this.#cells[at + 1] ?? cell).focus();
  }

  /** Runs cells one after the other, up to the first that fails. */
  async #run(cells: readonly Cell[]): Promise<void> {
    const round = this.#round, before = cells.map(({ state }) => state);
    for (const cell of cells) if (cell.state !== "running") cell.state = "waiting";
    this.#say();
    for (const [i, cell] of cells.entries()) {
      const good = this.#round === round && await this.#runOne(cell, round);
      this.#say();
      if (good) continue;
      if (this.#round === round) this.#round++;
      for (const [j, rest] of cells.entries()) {
        if (j > i && rest.state === "waiting") rest.state = before[j];
      }
      return;
    }
  }

  async #runOne(cell: Cell, round: number): Promise<boolean> {
    if (!this.#kernel.used) await this.#kernel.execute(this.#bar.settings, 0, undefined);
    if (this.#round !== round) return false;
    cell.outputs.clear();
    cell.state = "running";
    this.#say();
    const code = cell.code, ended = await this.#kernel.execute(code, cell.number, cell.number);
    this.#documentation.ran(code);
    if (ended.status === "error") cell.outputs.fail(ended);
    cell.state = ended.status === "error" ? "failed" : cell.code === code ? "done" : "stale";
    return ended.status === "ok";
  }

  /** What ran from here on counts no more. */
  #stale(from: number): void {
    for (const cell of this.#cells.slice(from)) {
      cell.state = cell.state === "done" || cell.state === "failed" ? "stale" : cell.state;
    }
  }

  #changed(cell: Cell): void {
    this.#stale(this.#cells.indexOf(cell));
    const edited = this.#cells.filter((one) => one.edited);
    this.#edits.write(Object.fromEntries(edited.map(({ number, code }) => [number, code])));
    this.#say();
  }

  async #interrupt(): Promise<void> {
    this.#bar.say("Interrupting …");
    await this.#kernel.interrupt();
    this.#say();
  }

  #restart(): void {
    this.#round++;
    this.#kernel.restart();
    this.#say();
  }

  #reset(): void {
    this.#restart();
    for (const cell of this.#cells) cell.reset();
    this.#edits.write({});
    this.#say();
  }

  async #download(): Promise<void> {
    try {
      const answer = await fetch(new URL(`notebooks/${this.#slug}.ipynb`, this.#base));
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const cells = this.#cells.map(({ code, outputs }) => ({ code, saved: outputs.saved }));
      const text = notebookFile(await answer.text(), cells);
      hand(`${this.#slug}.ipynb`, text, "application/x-ipynb+json");
    } catch (error) {
      this.#bar.note(`The notebook could not be downloaded: ${(error as Error).message}`);
    }
  }

  #say(): void {
    const busy = this.#cells.find(({ state }) => state === "running");
    const done = this.#cells.filter(({ state }) => state === "done").length;
    const all = this.#cells.length, edited = this.#cells.filter((cell) => cell.edited).length;
    const doing = busy ? `Running cell ${busy.number}. ` : "";
    const changed = edited > 0 ? `, ${edited} edited` : "";
    this.#bar.say(`${doing}${done} of ${all} cells run here${changed}.`, busy !== undefined);
  }
}

/** Turns the article into a notebook; `base` is the folder of the live edition. */
export function openNotebook(article: HTMLElement, base: URL): void {
  document.documentElement.classList.add("live");
  drawOnClick(new URL("convert.js", base));
  new Notebook(article, base).focus();
}
