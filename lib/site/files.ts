/**
 * The files of a site while it is built: they are written together when all of them are known.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { Html } from "./html.ts";

type Content = { readonly bytes: Uint8Array } | { readonly text: string } | {
  readonly from: string;
};

/** Files by their path from the start of the site. */
export class Files {
  readonly #contents = new Map<string, Content>();

  /** Adds a file. */
  write(path: string, content: string | Html | Uint8Array): void {
    const given = content instanceof Uint8Array ? { bytes: content } : { text: String(content) };
    this.#contents.set(path, given);
  }

  /** Adds a file that lies somewhere already. */
  copy(path: string, from: string): void {
    this.#contents.set(path, { from });
  }

  /** Paths of all files so far. */
  get paths(): string[] {
    return [...this.#contents.keys()].sort();
  }

  /** The bytes of a file. */
  async bytes(path: string): Promise<Uint8Array> {
    const content = this.#contents.get(path)!;
    if ("bytes" in content) return content.bytes;
    return "text" in content
      ? new TextEncoder().encode(content.text)
      : await Deno.readFile(content.from);
  }

  /** Writes all files below a folder. */
  async save(folder: string): Promise<void> {
    for (const [path, content] of this.#contents) {
      const target = join(folder, path);
      await Deno.mkdir(dirname(target), { recursive: true });
      if ("from" in content) await Deno.copyFile(content.from, target);
      else if ("text" in content) await Deno.writeTextFile(target, content.text);
      else await Deno.writeFile(target, content.bytes);
    }
  }
}
