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

/** The topics of the guide by the names of their files, with what a reader wants there. */
export const GUIDE: Readonly<Record<string, string>> = {
  change: "Change an experiment, an activation, a preset; add a paper.",
  figures: "Draw, save and redraw a figure or a table.",
  paper: "Put figures, tables, numbers and references into a LaTeX paper.",
  sweeps: "Run a grid of your own, on this computer or with Slurm.",
  claims: "Check a statement, at other seeds too, or quote its numbers.",
  library: "Use the simulations without notebooks.",
  tasks: "See every task with its options.",
  speed: "Know how fast it is.",
  trust: "Know what is reproducible, and with which rights code runs.",
  trouble: "Get out of trouble.",
  contribute: "Add a claim, a figure or a paper; the gate, the style, a release.",
};

/**
 * The address for a page at `path` of what a link in the project's texts leads to; nothing where the site
 * does not have it.
 */
export function linkFrom(path: string, target: string): string | undefined {
  const [file, place] = target.split("#"), name = file.split("/").at(-1)!;
  const topic = name.replace(/\.md$/, "");
  const folder = PAGES[name] ?? (topic in GUIDE ? `guide/${topic}` : undefined);
  if (folder === undefined) return undefined;
  const page = folder === "." ? "index.html" : `${folder}/index.html`;
  return `${toRoot(path)}${page}${place === undefined ? "" : `#${place}`}`;
}
