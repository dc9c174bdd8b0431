/// <reference lib="dom" />
/**
 * What the reader changed, kept in the browser across visits.
 *
 * @module
 */

/** Edited cells by their number. */
export type Edits = Record<string, string>;

/** The edits of one notebook. */
export class KeptEdits {
  readonly #key: string;
  readonly #refused: () => void;

  /** `refused` is called when the browser keeps nothing: storage is full, or not allowed. */
  constructor(slug: string, refused: () => void) {
    this.#key = `lora-dynamics: edited cells of ${slug}`;
    this.#refused = refused;
  }

  /** What was kept; nothing where that cannot be read. */
  read(): Edits {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(this.#key) ?? "{}");
      const cells = Object.entries(Object(kept)).filter(([, code]) => typeof code === "string");
      return Object.fromEntries(cells) as Edits;
    } catch {
      return {};
    }
  }

  /** Keeps these edits, in place of those before. */
  write(edits: Edits): void {
    try {
      if (Object.keys(edits).length === 0) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, JSON.stringify(edits));
    } catch {
      this.#refused();
    }
  }
}
