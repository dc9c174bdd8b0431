/**
 * Where links between the project's own texts lead in the site.
 *
 * @module
 */
import { toRoot } from "./shell.ts";

const PAGES: Readonly<Record<string, string>> = {
  "NOTATION.md": "notation",
  "DISAGREEMENTS.md": "disagreements",
  "DECISIONS.md": "decisions",
  "LICENSE": "licence",
  "README.md": ".",
};

/** The pages that the guide has, by the names of their files. */
export const GUIDE: readonly string[] = [
  ...["change", "figures", "sweeps", "claims", "library", "tasks", "speed", "trust", "trouble"],
];

/**
 * The address for a page at `path` of what a link in the project's texts leads to; nothing where the site
 * does not have it.
 */
export function linkFrom(path: string, target: string): string | undefined {
  const [file, place] = target.split("#"), name = file.split("/").at(-1)!;
  const topic = name.replace(/\.md$/, "");
  const folder = PAGES[name] ?? (GUIDE.includes(topic) ? `guide/${topic}` : undefined);
  if (folder === undefined) return undefined;
  const page = folder === "." ? "index.html" : `${folder}/index.html`;
  return `${toRoot(path)}${page}${place === undefined ? "" : `#${place}`}`;
}
