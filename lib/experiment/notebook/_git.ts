/**
 * Commit of a checkout, read from its files; whether it is clean, from `git` where that may run.
 *
 * @module
 */

import { platform } from "../../platform/mod.ts";

/** Commit, and whether what determines results differs from it. */
export interface GitState {
  /** Full hash, or `"unknown"`. */
  readonly commit: string;
  /** Whether library, data or dependencies differ from that commit. */
  readonly dirty: boolean | "unknown";
}

const HASH = /^[0-9a-f]{40,64}$/;

/** Text of a file, without the white space around it; nothing when it cannot be read. */
function read(url: URL): string | undefined {
  try {
    return platform.files.readText(url).trim();
  } catch {
    return undefined;
  }
}

/** The folder that a file such as `gitdir: ../x` or `commondir` points to. */
function follow(from: URL, path: string): URL {
  return new URL(encodeURI(path.replaceAll("\\", "/")) + "/", from);
}

/** Hash of HEAD: in `.git` itself, or, in a worktree, in the folder that the file `.git` names. */
function readCommit(root: URL): string {
  const pointer = read(new URL(".git", root));
  const folder = pointer?.startsWith("gitdir: ")
    ? follow(root, pointer.slice(8))
    : new URL(".git/", root);
  const head = read(new URL("HEAD", folder)) ?? "";
  if (!head.startsWith("ref: ")) return HASH.test(head) ? head : "unknown";
  const ref = head.slice(5);
  const common = read(new URL("commondir", folder));
  const shared = common === undefined ? folder : follow(folder, common);
  const packed = () =>
    read(new URL("packed-refs", shared))?.split("\n")
      .find((line) => line.endsWith(` ${ref}`))?.split(" ")[0];
  const hash = read(new URL(ref, folder)) ?? read(new URL(ref, shared)) ?? packed() ?? "";
  return HASH.test(hash) ? hash : "unknown";
}

/** What `git status` says of the files that determine results. */
function isDirty(root: URL): boolean | "unknown" {
  const args = ["--no-optional-locks", "status", "--porcelain", "--", "lib", "data", "deno.*"];
  const changes = platform.machine.run("git", args, root);
  return changes === undefined ? "unknown" : changes !== "";
}

/** State of the checkout in the folder `root`; unknown when it is none. */
export function gitState(root: URL): GitState {
  const commit = readCommit(root);
  return { commit, dirty: commit === "unknown" ? "unknown" : isDirty(root) };
}
