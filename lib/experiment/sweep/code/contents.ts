/**
 * What lies at a place, with a mark that tells any two contents apart. The driver takes the marks of
 * all that computes a task; its workers look whether the same is still there.
 *
 * @module
 */
import { platform, sha256 } from "../../../platform/mod.ts";

/** A file with its bytes, a folder with its names, or nothing. */
export interface Contents {
  /** Text that follows the contents. */
  readonly mark: string;
  /** Bytes of a file. */
  readonly bytes?: Uint8Array;
  /** Names in a folder, sorted. */
  readonly names?: readonly string[];
}

/** Reads a file, or the names in a folder. */
export function contents(url: URL): Contents {
  const { files } = platform, kind = files.stat(url)?.kind;
  if (kind === undefined || kind === "other") return { mark: kind ?? "absent" };
  if (kind === "folder") {
    const names = files.names(url).sort();
    return { mark: `folder ${sha256(JSON.stringify(names))}`, names };
  }
  const bytes = files.read(url);
  return { mark: sha256(bytes), bytes };
}

/** The first of the places whose contents are no longer what their mark says. */
export function changed(marks: ReadonlyMap<string, string>): string | undefined {
  for (const [href, mark] of marks) if (contents(new URL(href)).mark !== mark) return href;
}
