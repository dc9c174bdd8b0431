/** A file of an archive. */
export interface ArchivedFile {
  /** Its path in the archive. */
  readonly path: string;
  /** Its content. */
  readonly bytes: Uint8Array;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).replace(/\0[^]*$/, "");

/**
 * The files of a tar archive in the format `ustar`.
 *
 * @throws {TypeError} If it has an entry that is neither file nor folder, or ends in the middle of one.
 */
export function untar(archive: Uint8Array): ArchivedFile[] {
  const files: ArchivedFile[] = [];
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0;) {
    const head = archive.subarray(at, at + 512), kind = String.fromCharCode(head[156]);
    const name = text(head.subarray(0, 100)), prefix = text(head.subarray(345, 500));
    const path = prefix === "" ? name : `${prefix}/${name}`;
    const size = Number.parseInt(text(head.subarray(124, 136)).trim() || "0", 8);
    const bytes = archive.subarray(at + 512, at + 512 + size);
    if (!["0", "5", "\0"].includes(kind) || bytes.length !== size) {
      throw new TypeError(`Cannot unpack the archive as ${path} must be a whole file or a folder`);
    }
    if (kind !== "5") files.push({ path, bytes });
    at += 512 * (1 + Math.ceil(size / 512));
  }
  return files;
}
