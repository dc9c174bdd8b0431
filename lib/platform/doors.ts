/**
 * What the library asks of the place where it runs, and all that it asks.
 *
 * @module
 */
import type { Native } from "./native.ts";

/** A path, or the URL of a file. */
export type Place = string | URL;

/** There is no file where one is to be read. */
export class MissingFile extends Error {
  /** `"MissingFile"`. */
  override name = "MissingFile";

  /** `place` is named as it was asked for. */
  constructor(place: Place, cause?: unknown) {
    super(`Cannot read ${place} as it must be a file: found none`, { cause });
  }
}

/**
 * Files, read and written at once: digits and fonts are needed in the middle of computations that
 * are not asynchronous. In a browser, what is written lives in memory as long as the page, and what
 * was not written is asked of the server.
 */
export interface Files {
  /**
   * Content of a file.
   *
   * @throws {MissingFile} If there is no file of this name.
   */
  read(place: Place): Uint8Array<ArrayBuffer>;
  /** The same as text in UTF-8. */
  readText(place: Place): string;
  /** The same for a file of a package that `deno.json` names, like `package/folder/file.ttf`. */
  readPackage(specifier: string): Uint8Array<ArrayBuffer>;
  /**
   * The same for a font of which only the widths of characters are wanted: a browser loads no more
   * than the tables `head`, `hhea`, `hmtx` and `cmap`.
   */
  readFontWidths(specifier: string): Uint8Array<ArrayBuffer>;
  /** Whether a file on this computer may be read without a question to the user. */
  mayRead(place: Place): boolean;
  /** What stands there, if anything; `changed` in ms since 1970. */
  stat(place: Place): { kind: "file" | "folder" | "other"; changed: number } | undefined;
  /** Names in a folder; none when there is no such folder. */
  names(folder: Place): string[];
  /** Writes a file, over one that was there. */
  write(place: Place, content: string | Uint8Array): void;
  /** Makes a folder and those above it. */
  makeFolder(place: Place): void;
  /**
   * Moves a file, over one that was there.
   *
   * @throws {MissingFile} If there is none to move.
   */
  rename(from: Place, to: Place): void;
  /** Removes a file; that there is none is no error. */
  remove(place: Place): void;
  /** The absolute path. */
  path(place: Place): string;
}

/** Sends a message of the notebook's protocol, such as `display_data`, past the order of results. */
export type Broadcast = (type: string, content: Record<string, unknown>) => Promise<void>;

/** The notebook in which the library runs, if it does. */
export interface Notebook {
  /** How an output is shown at once; `undefined` outside of notebooks. */
  readonly broadcast: Broadcast | undefined;
  /** Calls `stop` when the reader interrupts, until the result is called; never outside. */
  onInterrupt(stop: () => void): () => void;
  /** Whether a front end may refuse to show SVG, so that a figure needs a PNG beside it. */
  readonly distrustsSvg: boolean;
  /** Hands the reader the files of a figure, where there is no folder to put them in. */
  readonly offer: ((id: string, files: FigureFiles) => void) | undefined;
}

/** A figure as text, with all that is needed to draw it as PDF or PNG. */
export interface FigureFiles {
  /** The drawing. */
  readonly svg: string;
  /** Its numbers. */
  readonly csv: string;
  /** What is known of it. */
  readonly json: string;
  /** Width. */
  readonly inches: number;
  /** What a PDF says of itself. */
  readonly words: {
    readonly title: string;
    readonly alt?: string;
    readonly source?: string;
    readonly link?: string;
  };
}

/** The terminal, for what is no result: standard error. */
export interface Terminal {
  /** Whether there is one. */
  readonly present: boolean;
  /** Its width in characters. */
  readonly columns: number;
  /** Writes text as it is. */
  write(text: string): void;
}

/** What computes. */
export interface Machine {
  /** Versions of the runtime and its parts, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Operating system and architecture. */
  readonly system: string;
  /** Model of the processor, where it may be known. */
  readonly processor: string | undefined;
  /** Output of a program run in a folder; nothing where it may not run, or fails. */
  run(program: string, args: readonly string[], folder: URL): string | undefined;
}

/** Everything that differs between Deno, Node and a browser. */
export interface Platform {
  /** Reads and writes. */
  readonly files: Files;
  /** Shows and hears the reader. */
  readonly notebook: Notebook;
  /** Draws progress. */
  readonly terminal: Terminal;
  /** Says what computes. */
  readonly machine: Machine;
  /** Value of an environment variable; nothing when it is unset or may not be read. */
  environment(variable: string): string | undefined;
  /** Compresses to the format of zlib: fast, as most of a picture is empty. */
  deflate(bytes: Uint8Array): Uint8Array;
  /** Lets the process end before the timer does. */
  unrefTimer(timer: ReturnType<typeof setTimeout>): void;
  /** What products and decompositions are computed with, as `linalg` has it in words. */
  arithmetic: string;
  /**
   * Opens the library at `path`, or an OpenBLAS.
   *
   * @throws {Error} If there is none; the message says what was tried.
   */
  openBlas(path?: string): Native;
}
