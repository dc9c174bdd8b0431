/**
 * The doors in Deno. Nothing is asked of it, or of the user, before a door is used; no package is
 * imported, so that a bundle for a browser can hold this file.
 *
 * @module
 */
import { type Broadcast, MissingFile, type Place, type Platform } from "./doors.ts";
import { openLibrary } from "./_openblas.ts";

function granted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}

/** Runs what needs a file; that there is none gets one name for all systems. */
function needing<T>(place: Place, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { NotFound, IsADirectory, NotADirectory } = Deno.errors;
    const missing = [NotFound, IsADirectory, NotADirectory].some((kind) => error instanceof kind);
    throw missing ? new MissingFile(place, error) : error;
  }
}

/** The same where nothing is as good as something. */
function ifThere<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return undefined;
    throw error;
  }
}

function path(place: Place): string {
  const { fileURLToPath } = process.getBuiltinModule("node:url");
  const { resolve } = process.getBuiltinModule("node:path");
  return resolve(place instanceof URL ? fileURLToPath(place) : place);
}

/** Files beside modules that came from a server cannot be had at once. */
function onServer(place: Place): Error {
  return new Error(
    `Cannot read ${place} as it must lie on this computer: the library was loaded from a server, ` +
      `which sends modules only; npm:lora-dynamics brings digits, fonts and references`,
  );
}

function local(place: Place): Place {
  if (!(place instanceof URL) || place.protocol === "file:") return place;
  throw onServer(place);
}

const read = (place: Place) => needing(place, () => Deno.readFileSync(local(place)));

/** A file of a package, which the import map of a checkout names. */
function readPackage(specifier: string): Uint8Array<ArrayBuffer> {
  if (!import.meta.url.startsWith("file:")) throw onServer(specifier);
  return read(new URL(import.meta.resolve(specifier)));
}

function broadcast(): Broadcast | undefined {
  try {
    return Deno.jupyter.broadcast;
  } catch {
    return undefined; // outside of a kernel
  }
}

function run(program: string, args: readonly string[], cwd: URL): string | undefined {
  if (!granted({ name: "run", command: program })) return undefined;
  try {
    const command = new Deno.Command(program, { args: [...args], cwd, stderr: "null" });
    const { success, stdout } = command.outputSync();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  }
}

/** See {@linkcode Platform}. */
export const deno: Platform = {
  files: {
    read,
    readText: (place) => needing(place, () => Deno.readTextFileSync(local(place))),
    readPackage,
    readFontWidths: readPackage,
    mayRead: (place) =>
      !(place instanceof URL && place.protocol !== "file:") &&
      granted({ name: "read", path: place }),
    stat(place) {
      const found = ifThere(() => Deno.statSync(place));
      const kind = found?.isFile ? "file" : found?.isDirectory ? "folder" : "other";
      return found && { kind, changed: found.mtime?.getTime() ?? 0 };
    },
    names: (folder) => ifThere(() => Array.from(Deno.readDirSync(folder), (e) => e.name)) ?? [],
    write(place, content) {
      if (typeof content === "string") Deno.writeTextFileSync(place, content);
      else Deno.writeFileSync(place, content);
    },
    makeFolder: (place) => Deno.mkdirSync(place, { recursive: true }),
    rename: (from, to) => needing(from, () => Deno.renameSync(from, to)),
    remove: (place) => void ifThere(() => Deno.removeSync(place)),
    path,
  },
  notebook: {
    get broadcast() {
      return broadcast();
    },
    onInterrupt(stop) {
      if (!broadcast()) return () => {};
      Deno.addSignalListener("SIGINT", stop);
      return () => Deno.removeSignalListener("SIGINT", stop);
    },
    distrustsSvg: true,
    offer: undefined,
  },
  terminal: {
    get present() {
      return Deno.stderr.isTerminal();
    },
    get columns() {
      return Deno.consoleSize().columns;
    },
    write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
  },
  machine: {
    get versions() {
      return { ...Deno.version };
    },
    get system() {
      return `${Deno.build.os} ${Deno.build.arch}`;
    },
    get processor() {
      if (!granted({ name: "sys", kind: "cpus" })) return undefined;
      return process.getBuiltinModule("node:os").cpus()[0]?.model;
    },
    run,
  },
  environment: (variable) =>
    granted({ name: "env", variable }) ? Deno.env.get(variable) : undefined,
  deflate: (bytes) => process.getBuiltinModule("node:zlib").deflateSync(bytes, { level: 4 }),
  unrefTimer: (timer) => Deno.unrefTimer(timer),
  arithmetic: "compiled kernels",
  openBlas: openLibrary,
};
