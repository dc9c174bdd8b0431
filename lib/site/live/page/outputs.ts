/// <reference lib="dom" />
/**
 * Outputs of a cell as elements.
 *
 * @module
 */
import type { Bundle, Ended, Output } from "../kernel/protocol.ts";
import { markdown } from "./markdown.ts";
import { onAnyPaper, picture } from "./picture.ts";

/** What a saved notebook holds of an output. */
export type SavedOutput = Record<string, unknown>;

function preformatted(text: string, kind: string): HTMLElement {
  const pre = document.createElement("pre");
  pre.className = kind;
  pre.textContent = text;
  return pre;
}

/**
 * Elements of an output. The page runs no script that stands in markup: its own moves what a slider
 * shows, by the attribute that it knows.
 */
function fromHtml(html: string): HTMLElement {
  const box = document.createElement("div"), template = document.createElement("template");
  template.innerHTML = html;
  for (const element of template.content.querySelectorAll<HTMLElement>("*")) {
    for (const name of element.getAttributeNames()) {
      if (name.startsWith("on")) element.removeAttribute(name);
    }
    if (element.dataset.label === undefined || element.style.display !== "none") continue;
    element.style.display = "";
    element.hidden = true;
  }
  onAnyPaper(template.content);
  for (const table of template.content.querySelectorAll("table")) {
    const wide = document.createElement("div");
    wide.className = "scroll";
    wide.tabIndex = 0; // what can be scrolled sideways can be reached by keyboard
    table.replaceWith(wide);
    wide.append(table);
  }
  box.append(template.content);
  return box;
}

function rendered(data: Bundle): HTMLElement {
  const text = (type: string) => [data[type]].flat().join("");
  if (data["text/html"] !== undefined) {
    return fromHtml(text("text/html"));
  }
  if (data["text/markdown"] !== undefined) return markdown(text("text/markdown"));
  if (data["image/svg+xml"] !== undefined) return picture(text("image/svg+xml"));
  if (data["image/png"] !== undefined) {
    const image = new Image();
    image.src = `data:image/png;base64,${text("image/png")}`;
    image.alt = text("text/plain");
    return image;
  }
  return preformatted(text("text/plain"), "stream stdout");
}

/** The place below a cell where its outputs go. */
export class OutputArea {
  readonly #box: HTMLElement;
  readonly #published: readonly Node[];
  readonly #shown = new Map<string, { element: HTMLElement; saved: SavedOutput }>();
  #saved: SavedOutput[] | undefined;

  /** The published outputs stay until the cell runs. */
  constructor(box: HTMLElement) {
    this.#box = box;
    this.#published = Array.from(box.childNodes);
  }

  /** Outputs of the reader's own run; nothing while the published ones are shown. */
  get saved(): readonly SavedOutput[] | undefined {
    return this.#saved;
  }

  /** Makes room for those of a new run. */
  clear(): void {
    this.#box.replaceChildren();
    this.#shown.clear();
    this.#saved = [];
  }

  /** Shows what was published. */
  restore(): void {
    this.#box.replaceChildren(...this.#published);
    this.#saved = undefined;
  }

  /** Whether it shows the output of this name, which may be drawn anew. */
  holds(id: string): boolean {
    return this.#shown.has(id);
  }

  /** Shows an output. */
  add({ type, content }: Output): void {
    if (type === "stream") return this.#write(content.name, content.text);
    const id: string | undefined = content.transient?.display_id;
    const element = rendered(content.data);
    const old = id === undefined ? undefined : this.#shown.get(id);
    if (type === "update_display_data") {
      if (!old) return;
      old.element.replaceWith(element);
      Object.assign(old.saved, { data: content.data });
      this.#shown.set(id!, { element, saved: old.saved });
      return;
    }
    const { data, metadata = {}, execution_count } = content;
    const count = type === "execute_result" ? { execution_count } : {};
    const saved = { output_type: type, data, metadata, ...count };
    this.#saved?.push(saved);
    this.#box.append(element);
    if (id !== undefined) this.#shown.set(id, { element, saved });
  }

  /** Shows how a cell failed. */
  fail({ ename, evalue, traceback }: Ended & { status: "error" }): void {
    const pre = preformatted(traceback.join("\n"), "error");
    pre.setAttribute("role", "alert");
    this.#box.append(pre);
    this.#saved?.push({ output_type: "error", ename, evalue, traceback });
  }

  #write(name: string, text: string): void {
    const last = this.#box.lastElementChild, kind = `stream ${name}`;
    if (last?.className === kind && last.localName === "pre") last.append(text);
    else this.#box.append(preformatted(text, kind));
    const saved = this.#saved?.at(-1);
    if (saved?.output_type === "stream" && saved.name === name) saved.text += text;
    else this.#saved?.push({ output_type: "stream", name, text });
  }
}
