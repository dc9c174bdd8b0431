/**
 * Which code computes a task: a hash over the meaning of its module and of all that it imports, with
 * the contents of the files that they name.
 *
 * @module
 */
import { platform, sha256 } from "../../../platform/mod.ts";
import { type Contents, contents } from "./contents.ts";
import { MODULE, type ModuleText, readModule, type Reference } from "./module.ts";
import { Packages } from "./packages.ts";
import type { CodeIdentity, TaskCode } from "../store.ts";

const ROOT = new URL("../../../../", import.meta.url);
/** The library: its modules have no effects when they are loaded, so re-exports can be followed. */
const LIBRARY = new URL("lib/", ROOT).href;
/** What runs tasks: it loads what a task names, and reads no data of its own. */
const MACHINERY = ["experiment/", "platform/"].map((room) => LIBRARY + room);
/** Most files of a folder that a task names. */
const MOST_FILES = 10_000;

const known = new Map<string, ModuleText>();
let packages: Packages | undefined;

/** How a file counts: a module by its meaning, a file that is a module by its bytes and its imports. */
type How = "module" | "file" | "data";

/** The walk from one task over all that it names. */
class Walk {
  readonly files = new Map<string, string>();
  readonly lines: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #queue: (readonly [url: URL, how: How])[] = [];
  readonly #packages = packages ??= new Packages(ROOT);
  readonly #task: TaskCode;

  constructor(task: TaskCode) {
    this.#task = task;
    this.#number(new URL(task.module), "module");
    for (const file of task.files ?? []) this.#number(new URL(file), "file");
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) this.#visit(...next);
  }

  /** The number of a place in order of discovery: where the project lies does not count. */
  #number(place: URL, how: How): number {
    const url = new URL(place.href);
    url.search = url.hash = "";
    const key = `${how} ${url.href}`, number = this.#numbers.get(key) ?? this.#numbers.size;
    if (number === this.#numbers.size) {
      this.#numbers.set(key, number);
      this.#queue.push([url, how]);
    }
    return number;
  }

  #fail(wanted: string, found: string): never {
    throw new TypeError(
      `Cannot keep results of ${this.#task.exportName} as ${wanted}: current value is ${found}`,
    );
  }

  #read(url: URL): Contents {
    if (url.protocol !== "file:") this.#fail("its code must lie in local files", url.href);
    try {
      const read = contents(url);
      this.files.set(url.href, read.mark);
      return read;
    } catch (error) {
      this.#fail("its files must be readable", `${url.href} (${(error as Error).message})`);
    }
  }

  #parse(url: URL, { bytes, mark }: Contents): ModuleText {
    if (!bytes) this.#fail("its modules must be local files", `${url.href} (${mark})`);
    const key = `${mark} ${MODULE.exec(url.pathname)}`;
    try {
      const text = known.get(key) ?? readModule(url.pathname, new TextDecoder().decode(bytes));
      known.set(key, text);
      return text;
    } catch (error) {
      this.#fail("its modules must be valid", `${url.href} (${(error as Error).message})`);
    }
  }

  #visit(url: URL, how: How): void {
    const read = this.#read(url), { mark, names } = read;
    if (how !== "module" && names) return this.#folder(url, names);
    if (how !== "data" && /\.c[tj]s$/.test(url.pathname)) this.#unknown(url, 1, "CommonJS");
    const parsed = MODULE.test(url.pathname) && how !== "data" &&
      (how === "module" || mark !== "absent");
    const text = parsed ? this.#parse(url, read) : undefined;
    this.lines.push(how === "module" && text ? `module ${text.meaning}` : `file ${mark}`);
    for (const { line, code } of text?.unknown ?? []) this.#unknown(url, line, code);
    for (const reference of text?.references ?? []) {
      this.lines.push(`  ${reference.specifier} is ${this.#targets(reference, url).join()}`);
    }
  }

  #folder(url: URL, names: readonly string[]): void {
    const base = url.href.replace(/\/?$/, "/");
    if (this.files.size + names.length > MOST_FILES) {
      this.#fail(`a folder that it reads must have at most ${MOST_FILES} files`, url.href);
    }
    const children = names.map((name) =>
      `${JSON.stringify(name)} ${this.#number(new URL(base + encodeURIComponent(name)), "data")}`
    );
    this.lines.push(`folder ${children.join()}`);
  }

  #unknown(url: URL, line: number, code: string): void {
    if (this.#task.files || MACHINERY.some((room) => url.href.startsWith(room))) return;
    const place = url.pathname.split("/").slice(-2).join("/");
    const text = code.length > 80 ? `${code.slice(0, 77)}...` : code;
    this.#fail(
      `what it imports and reads must be named by plain text; name other files yourself, ` +
        `task(import.meta.url, "${this.#task.exportName}", run, { files: ["./data.csv"] })`,
      `${text} in line ${line} of ${place}`,
    );
  }

  /** What a reference stands for, as text that does not tell where the project lies. */
  #targets(reference: Reference, from: URL): string[] {
    const { specifier, kind, names, data } = reference;
    if (kind === "url") {
      const url = new URL(specifier, from), folder = url.href.endsWith("/");
      const machinery = MACHINERY.some((room) => from.href.startsWith(room));
      return folder && machinery ? [] : [String(this.#number(url, "file"))];
    }
    const target = this.#packages.resolve(specifier, from);
    if (typeof target !== "string") {
      if (kind === "resolve") return [String(this.#number(target, "file"))];
      return data ? [String(this.#number(target, "data"))] : this.#through(target, names);
    }
    const linked = this.#packages.linked(target);
    if (linked) return [String(this.#number(linked, "data"))];
    try {
      return [this.#packages.identity(target)];
    } catch (error) {
      this.#fail("its packages must be locked", `${target} (${(error as Error).message})`);
    }
  }

  /** The module itself or, where it is one of the library that only passes on, the ones behind it. */
  #through(url: URL, names: readonly string[] | undefined): string[] {
    const passes = names !== undefined && this.#inLibrary(url);
    const text = passes ? this.#parse(url, this.#read(url)) : undefined;
    const behind = text?.passesOn ? names!.map((name) => this.#behind(url, text, name)) : [];
    if (behind.length === 0 || behind.includes(undefined)) {
      return [String(this.#number(url, "module"))];
    }
    return behind.map((reference, i) =>
      `${names![i]} = ${reference!.names} of ${this.#targets(reference!, url).join()}`
    );
  }

  /** Where a module gets an export from, if it is a module of the library. */
  #behind(url: URL, { exports, stars }: ModuleText, name: string): Reference | undefined {
    if (exports.has(name)) return exports.get(name);
    const star = stars.find(({ specifier }) => {
      const target = this.#packages.resolve(specifier, url);
      return typeof target !== "string" && this.#has(target, name);
    });
    return star && { ...star, names: [name] };
  }

  /** Whether a module of the library has an export; to look at it does not make it count. */
  #has(url: URL, name: string): boolean {
    if (!this.#inLibrary(url)) return false;
    const text = this.#parse(url, contents(url));
    return text.exports.has(name) || this.#behind(url, text, name) !== undefined;
  }

  #inLibrary(url: URL): boolean {
    return url.href.startsWith(LIBRARY) && MODULE.test(url.pathname);
  }
}

/**
 * The identity of a task's code.
 *
 * A module counts by its meaning: comments, layout and types do not. A file that is named by
 * `new URL("data.csv", import.meta.url)` counts with its contents, a folder with those of its files,
 * a package by its version in the lock file and those of its dependencies. Re-exports of the library
 * are followed by name, so that only what is used counts. Where the files lie does not count.
 *
 * @throws {TypeError} If a module is not a local file, or loads or reads what its text does not name.
 */
export function codeIdentity(task: TaskCode): CodeIdentity {
  const { files, lines } = new Walk(task);
  return { hash: sha256([JSON.stringify(platform.machine.versions), ...lines].join("\n")), files };
}
