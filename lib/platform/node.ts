/**
 * The doors in Node: files and environment as there are, no notebook, no module workers, no native
 * libraries. Nothing of Node is imported, so that a bundle for a browser can hold this file.
 *
 * @module
 */
import { MissingFile, type Place, type Platform } from "./doors.ts";

const fs = () => process.getBuiltinModule("node:fs");

/** Reasons that mean that there is nothing of this kind at a place. */
const ABSENT = ["ENOENT", "ENOTDIR", "EISDIR"];

/** Whether the error says that there is nothing of this kind. */
function absent(error: unknown): boolean {
  return ABSENT.includes((error as { code?: string }).code ?? "");
}

function needing<T>(place: Place, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw absent(error) ? new MissingFile(place, error) : error;
  }
}

/** The same where nothing is as good as something. */
function ifThere<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (absent(error)) return undefined;
    throw error;
  }
}

const read = (place: Place) =>
  needing(place, () => new Uint8Array(fs().readFileSync(place)) as Uint8Array<ArrayBuffer>);
const readPackage = (specifier: string) => read(new URL(import.meta.resolve(specifier)));

function path(place: Place): string {
  const { fileURLToPath } = process.getBuiltinModule("node:url");
  const { resolve } = process.getBuiltinModule("node:path");
  return resolve(place instanceof URL ? fileURLToPath(place) : place);
}

/** See {@linkcode Platform}. */
export const node: Platform = {
  files: {
    read,
    readText: (place) => new TextDecoder().decode(read(place)),
    readPackage,
    readFontWidths: readPackage,
    mayRead: (place) => !(place instanceof URL && place.protocol !== "file:"),
    stat(place) {
      const found = ifThere(() => fs().statSync(place));
      const kind = found?.isFile() ? "file" : found?.isDirectory() ? "folder" : "other";
      return found && { kind, changed: found.mtimeMs };
    },
    names: (folder) => ifThere(() => fs().readdirSync(folder)) ?? [],
    write: (place, content) => fs().writeFileSync(place, content),
    makeFolder: (place) => void fs().mkdirSync(place, { recursive: true }),
    rename: (from, to) => needing(from, () => fs().renameSync(from, to)),
    remove: (place) => void ifThere(() => fs().unlinkSync(place)),
    path,
  },
  notebook: {
    broadcast: undefined,
    onInterrupt: () => () => {},
    distrustsSvg: false,
    offer: undefined,
  },
  terminal: {
    get present() {
      return process.stderr.isTTY === true;
    },
    get columns() {
      return process.stderr.columns;
    },
    write: (text) => void fs().writeSync(2, text),
  },
  machine: {
    get versions() {
      return { node: process.versions.node, v8: process.versions.v8! };
    },
    get system() {
      return `${process.platform} ${process.arch}`;
    },
    get processor() {
      return process.getBuiltinModule("node:os").cpus()[0]?.model;
    },
    run(program, args, folder) {
      const { spawnSync } = process.getBuiltinModule("node:child_process");
      const { status, stdout } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
      return status === 0 ? stdout : undefined;
    },
  },
  environment: (variable) => process.env[variable],
  deflate: (bytes) => process.getBuiltinModule("node:zlib").deflateSync(bytes, { level: 4 }),
  unrefTimer: (timer) => void (timer as { unref?: () => void }).unref?.(),
  arithmetic: "compiled kernels",
  openBlas() {
    throw new Error(
      `Cannot use OpenBLAS as the library must run in Deno, which calls native libraries: ` +
        `current place is Node ${process.versions.node}`,
    );
  },
};
