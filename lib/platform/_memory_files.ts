/**
 * Files that live in memory.
 *
 * @module
 */
import { MissingFile, type Place } from "./doors.ts";

interface File {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly changed: number;
}

/** Files by their absolute path; folders are the beginnings of paths, and need not be made. */
export class MemoryFiles {
  readonly #files = new Map<string, File>();

  /** The path from `/` on, without `.`, `..` and doubled strokes; an address stays what it is. */
  path(place: Place): string {
    if (place instanceof URL && place.protocol !== "file:") return place.href.replace(/\/$/, "");
    const path = place instanceof URL ? decodeURIComponent(place.pathname) : place;
    const parts: string[] = [];
    for (const part of path.split("/")) {
      if (part === "..") parts.pop();
      else if (part !== "" && part !== ".") parts.push(part);
    }
    return `/${parts.join("/")}`;
  }

  /** A copy of the content, if there is such a file. */
  read(place: Place): Uint8Array<ArrayBuffer> | undefined {
    return this.#files.get(this.path(place))?.bytes.slice();
  }

  stat(place: Place): { kind: "file" | "folder"; changed: number } | undefined {
    const found = this.#files.get(this.path(place));
    if (found) return { kind: "file", changed: found.changed };
    return this.names(place).length > 0 ? { kind: "folder", changed: 0 } : undefined;
  }

  names(folder: Place): string[] {
    const start = `${this.path(folder)}/`.replace("//", "/");
    const below = [...this.#files.keys()].filter((path) => path.startsWith(start));
    return [...new Set(below.map((path) => path.slice(start.length).split("/")[0]))];
  }

  write(place: Place, content: string | Uint8Array): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content.slice();
    this.#files.set(this.path(place), { bytes: new Uint8Array(bytes), changed: Date.now() });
  }

  rename(from: Place, to: Place): void {
    const file = this.#files.get(this.path(from));
    if (!file) throw new MissingFile(from);
    this.#files.delete(this.path(from));
    this.#files.set(this.path(to), file);
  }

  remove(place: Place): void {
    this.#files.delete(this.path(place));
  }
}
