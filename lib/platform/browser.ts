/**
 * The doors in a browser, in a page or a worker. Beside the bundle lie the folders `data/`, as in the
 * project, and `packages/`, with the files of packages that are read; of a font `a.ttf` also its
 * widths, as `a.widths`.
 *
 * @module
 */
import { zlibSync } from "fflate";
import { MissingFile, type Notebook, type Place, type Platform } from "./doors.ts";
import { MemoryFiles } from "./_memory_files.ts";

/** What is used of it, as Deno's types know no pages. */
declare const XMLHttpRequest: new () => {
  open(method: "GET", url: string, asynchronous: false): void;
  overrideMimeType(type: string): void;
  send(): void;
  readonly status: number;
  readonly responseText: string;
};

const memory = new MemoryFiles();

/** Waits for the server's answer: in a page this is possible for text alone, so bytes come as such. */
function fetchSync(place: Place): Uint8Array<ArrayBuffer> {
  const request = new XMLHttpRequest();
  request.open("GET", String(place), false);
  request.overrideMimeType("text/plain; charset=x-user-defined");
  try {
    request.send();
  } catch (error) {
    throw new MissingFile(place, error);
  }
  if (request.status !== 200) throw new MissingFile(place, `status ${request.status}`);
  const text = request.responseText;
  return Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)); // modulo 256
}

const read = (place: Place) => memory.read(place) ?? fetchSync(place);
const readPackage = (specifier: string) =>
  read(new URL(`../../packages/${specifier}`, import.meta.url));

/** Outside of notebooks, until a kernel says otherwise. */
let notebook: Notebook = {
  broadcast: undefined,
  onInterrupt: () => () => {},
  distrustsSvg: false,
  offer: undefined,
};
let environment: Platform["environment"] = () => undefined;

/** Says that a kernel runs the library here: how it shows and hears the reader, and its variables. */
export function enterNotebook(
  kernel: Omit<Notebook, "distrustsSvg">,
  variables: Platform["environment"],
): void {
  notebook = { ...kernel, distrustsSvg: false };
  environment = variables;
}

/** Name and version of the browser, as it gives them. */
function versions(): Record<string, string> {
  const found = /(Chrome|Firefox|Version)\/([\d.]+)/.exec(navigator.userAgent);
  return { browser: found ? `${found[1].replace("Version", "Safari")} ${found[2]}` : "unknown" };
}

/** See {@linkcode Platform}. */
export const browser: Platform = {
  files: {
    read,
    readText: (place) => new TextDecoder().decode(read(place)),
    readPackage,
    readFontWidths: (specifier) => readPackage(specifier.replace(/\.ttf$/, ".widths")),
    mayRead: () => false,
    stat: (place) => memory.stat(place),
    names: (folder) => memory.names(folder),
    write: (place, content) => memory.write(place, content),
    makeFolder() {},
    rename: (from, to) => memory.rename(from, to),
    remove: (place) => memory.remove(place),
    path: (place) => memory.path(place),
  },
  get notebook() {
    return notebook;
  },
  terminal: { present: false, columns: 0, write() {} },
  machine: {
    get versions() {
      return versions();
    },
    system: "browser",
    processor: undefined,
    run: () => undefined,
  },
  environment: (variable) => environment(variable),
  deflate: (bytes) => zlibSync(bytes, { level: 4 }),
  unrefTimer() {},
  arithmetic: "compiled kernels",
  openBlas() {
    throw new Error(
      `Cannot use OpenBLAS as the library must run in Deno, on a computer that has it installed: ` +
        `current place is a browser, which has no native libraries`,
    );
  },
};
