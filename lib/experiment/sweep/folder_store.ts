/**
 * Results on disk: one small file per finished cell, which is there whole or not at all.
 *
 * @module
 */
import { checkString, show } from "../../check.ts";
import { MissingFile, platform } from "../../platform/mod.ts";
import type { Row } from "../table/row.ts";
import { decodeResult, encodeResult } from "./_encode.ts";
import {
  type CellStore,
  type CodeIdentity,
  type Failure,
  StoreError,
  type TaskCode,
} from "./store.ts";

const { files } = platform;

/** Ends of the names of files. */
type Kind = "jsonl" | "error.json";

/** Code of a task as it was when this process first asked: what the process has loaded. */
const loaded = new Map<string, CodeIdentity>();

/** A file that changed after this process began; it may have loaded the old one. */
function changedSince(code: CodeIdentity): string | undefined {
  const now = Date.now();
  return [...code.files.keys()].find((href) => {
    const time = files.stat(new URL(href))?.changed ?? 0;
    return time > performance.timeOrigin && time <= now;
  });
}

/** The code of a task, unless it changed after this process began. */
async function loadedCode(task: TaskCode): Promise<CodeIdentity> {
  const key = JSON.stringify([task.module, task.files]), known = loaded.get(key);
  if (known) return known;
  const { codeIdentity } = await import("./code/identity.ts"); // the parser is loaded where it is needed only
  const code = codeIdentity(task), file = changedSince(code);
  if (file !== undefined) {
    throw new Error(
      `Cannot keep results of ${task.exportName} as its code must be what this process has loaded: ` +
        `${
          file.split("/").slice(-2).join("/")
        } changed since the process began; restart the kernel, ` +
        `or the command`,
    );
  }
  loaded.set(key, code);
  return code;
}

/** Absolute path of a folder that is given by path, URL or the text of a URL. */
function folderPath(folder: string | URL): string {
  if (!(folder instanceof URL)) checkString("keep results", "folder", folder);
  const isUrl = folder instanceof URL || /^(file|https?|data):/.test(folder);
  const url = isUrl ? new URL(folder) : undefined;
  if (folder !== "" && (url === undefined || url.protocol === "file:")) {
    return files.path(url ?? folder);
  }
  throw new TypeError(
    `Cannot keep results as folder must be a path or a file URL: current value is ${
      show(String(folder))
    }`,
  );
}

/**
 * A folder that keeps the rows of finished cells for later processes, and for several at once.
 *
 * - A cell's name is a hash of its parameters, its seed, its task, and the code that computes it:
 *   what the modules that it imports mean, the contents of the files that they name, the versions of
 *   the packages. An edited formula gives new names; an edited comment, type, caption, or a file that
 *   the task does not import gives none. Code that loads or reads what its text does not name is
 *   refused, unless the task names the files (see `TaskOptions`).
 * - A file is written under another name and then renamed, so it is whole or absent, whatever is killed
 *   when. Several writers need no lock: they write equal files.
 * - Every file carries a checksum. One that is truncated or damaged is moved to `damaged/` and
 *   computed again.
 * - A failed cell leaves the text of its error, and is not tried again unless the sweep says `retry`.
 *
 * Needs `--allow-read` and `--allow-write` for the folder and `--allow-read` for the code.
 *
 * @param folder Path, or file URL; made when the first result is kept.
 * @throws {TypeError} If the folder is no path or file URL, or something else stands at its place.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { FolderStore } from "lora-dynamics/experiment/mod.ts";
 *
 * const folder = Deno.makeTempDirSync();
 * const store = new FolderStore(folder);
 * store.set("ab12", [{ x: -0, y: NaN }], 0.5);
 * assertEquals(new FolderStore(folder).get("ab12"), [{ x: -0, y: NaN }]);
 * assertEquals(store.get("cd34"), undefined);
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export class FolderStore implements CellStore {
  /** Absolute path of the folder. */
  readonly folder: string;
  readonly #shards = new Map<string, { readonly names: Set<string>; readonly listed: number }>();

  /** See the class. */
  constructor(folder: string | URL) {
    this.folder = folderPath(folder);
    if ((files.stat(this.folder)?.kind ?? "folder") === "folder") return;
    throw new TypeError(
      `Cannot keep results as folder must be a folder: current value is ${this.folder}`,
    );
  }

  /**
   * Identity of the code of a task in this process.
   *
   * @throws {TypeError} If it cannot be told which code and files compute the task.
   * @throws {Error} If the code has changed since the process began.
   */
  async identify(task: TaskCode): Promise<CodeIdentity> {
    const code = await loadedCode(task), places = [...code.files.keys()];
    const around = places.find((href) =>
      `${this.folder}/`.startsWith(`${files.path(new URL(href))}/`)
    );
    if (around === undefined) return code;
    throw new TypeError(
      `Cannot keep results of ${task.exportName} as their folder must lie outside of what the code ` +
        `reads, ${around}: current value is ${this.folder}`,
    );
  }

  #shard(hash: string): string {
    return `${this.folder}/${hash[0]}`;
  }

  /** Names of the files beside a cell's, at most a second old: to ask for each would cost an exception. */
  #names(hash: string): Set<string> {
    const known = this.#shards.get(hash[0]);
    if (known && performance.now() - known.listed < 1000) return known.names;
    const names = new Set(files.names(this.#shard(hash)));
    this.#shards.set(hash[0], { names, listed: performance.now() });
    return names;
  }

  #read(hash: string, kind: Kind): string | undefined {
    if (!this.#names(hash).has(`${hash}.${kind}`)) return undefined;
    try {
      return files.readText(`${this.#shard(hash)}/${hash}.${kind}`);
    } catch (error) {
      if (error instanceof MissingFile) return undefined; // set aside meanwhile
      throw error;
    }
  }

  /** Writes a file whole or not at all. */
  #write(hash: string, kind: Kind, text: string): void {
    const folder = this.#shard(hash), name = `${hash}.${kind}`;
    const part = `${folder}/.${crypto.randomUUID()}.part`;
    try {
      if (this.#names(hash).size === 0) files.makeFolder(folder);
      files.write(part, text);
      files.rename(part, `${folder}/${name}`);
    } catch (error) {
      this.#remove(part);
      throw new StoreError(
        `Cannot keep a result as ${this.folder} must be a folder with room that can be written: ` +
          (error as Error).message,
        { cause: error },
      );
    }
    this.#names(hash).add(name);
  }

  #remove(path: string): void {
    try {
      files.remove(path);
    } catch { /* it cannot be removed */ }
  }

  /** Rows of a finished cell. A damaged file is set aside. */
  get(hash: string): readonly Row[] | undefined {
    return this.#result(hash)?.rows;
  }

  /** Seconds that a finished cell took. */
  seconds(hash: string): number | undefined {
    return this.#result(hash)?.seconds;
  }

  #result(hash: string): { rows: Row[]; seconds: number } | undefined {
    const text = this.#read(hash, "jsonl");
    if (text === undefined) return undefined;
    const result = decodeResult(hash, text);
    if (result === undefined) this.#setAside(hash);
    return result;
  }

  #setAside(hash: string): void {
    this.#names(hash).delete(`${hash}.jsonl`);
    try {
      files.makeFolder(`${this.folder}/damaged`);
      files.rename(
        `${this.#shard(hash)}/${hash}.jsonl`,
        `${this.folder}/damaged/${hash}-${crypto.randomUUID().slice(0, 8)}.jsonl`,
      );
    } catch (error) {
      // Another process has set it aside, or the folder is read-only: it will be computed again.
      if (!(error instanceof MissingFile)) console.error(`damaged result left: ${hash}`);
    }
  }

  /** Whether a finished cell has a file; cheaper than reading it. */
  has(hash: string): boolean {
    return this.#names(hash).has(`${hash}.jsonl`);
  }

  /** Keeps the rows of a finished cell, and forgets that it failed before. */
  set(hash: string, rows: readonly Row[], seconds = 0): void {
    this.#write(hash, "jsonl", encodeResult(hash, rows, seconds));
    this.#forget(hash);
  }

  #forget(hash: string): void {
    const name = `${hash}.error.json`;
    if (this.#names(hash).delete(name)) this.#remove(`${this.#shard(hash)}/${name}`);
  }

  /** Why a cell failed. */
  failure(hash: string): Failure | undefined {
    const text = this.#read(hash, "error.json");
    try {
      return text === undefined ? undefined : JSON.parse(text) as Failure;
    } catch {
      return undefined;
    }
  }

  /** Keeps the text of an error. */
  fail(hash: string, failure: Failure): void {
    this.#write(hash, "error.json", JSON.stringify(failure) + "\n");
  }
}
