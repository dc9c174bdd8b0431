/**
 * Where on the web a figure was made: the cell of the notebook that runs, at its commit.
 *
 * @module
 */
import { platform } from "../../platform/mod.ts";
import { citations } from "../cite/cff.ts";
import type { Provenance } from "./provenance.ts";

/** Where a checkout and the notebook in it are. */
export interface Whereabouts {
  /** Address of the repository, as CITATION.cff names it under `repository-code`. */
  readonly repository?: string;
  /** Path of the notebook in the repository. */
  readonly path: string;
  /** Text of the notebook. */
  readonly text: string;
}

/** How hosts write the address of a file at a commit. */
const HOSTS: readonly (readonly [RegExp, string])[] = [
  [/^https:\/\/github\.com\/[^/]+\/[^/]+$/, "/blob/"],
  [/^https:\/\/gitlab\.[^/]+\/.+[^/]$/, "/-/blob/"],
];

/** The `id` of the code cell that saves a figure; nothing where no cell names it. */
function cellOf(text: string, figure: string): string | undefined {
  const call = new RegExp(`\\bsave\\(\\s*["'\`]${RegExp.escape(figure)}["'\`]`);
  const { cells } = JSON.parse(text) as {
    cells: { cell_type: string; id?: string; source: string | string[] }[];
  };
  return cells.find(({ cell_type, source }) =>
    cell_type === "code" && call.test([source].flat().join(""))
  )?.id;
}

/** The notebook that runs here; nothing outside of the checkout. */
function here(): Whereabouts | undefined {
  const root = platform.files.path(new URL("../../../", import.meta.url));
  const path = platform.environment("JPY_SESSION_NAME");
  if (!path?.startsWith(root)) return undefined;
  try {
    const { repository } = citations(), text = platform.files.readText(path);
    return { repository, path: path.slice(root.length).replaceAll("\\", "/"), text };
  } catch {
    return undefined; // moved, or without a citation file: it has no address
  }
}

/**
 * Address of the cell, as saved, that makes a figure, at the commit from which it runs; of the notebook where
 * no cell names the figure. Nothing where that would be another thing than what ran: where library, data or
 * notebook differ from the commit or may do so, where no notebook or another one runs, or where CITATION.cff names no
 * repository on GitHub or a GitLab. Whether the commit has been published is not known here.
 *
 * @param figure Name of the figure, like `F3`.
 * @param origin What `provenance` says.
 * @param find Finds repository and notebook.
 */
export function cellAddress(
  figure: string,
  { commit, dirty, notebook }: Partial<Pick<Provenance, "commit" | "dirty" | "notebook">>,
  find: () => Whereabouts | undefined = here,
): string | undefined {
  if (!/^[0-9a-f]{40,64}$/.test(commit ?? "") || dirty !== false || notebook?.changed !== false) {
    return undefined;
  }
  const found = find(), base = found?.repository?.replace(/\/$/, "").replace(/\.git$/, "");
  const [, between] = HOSTS.find(([host]) => base && host.test(base)) ?? [];
  if (!found || between === undefined) return undefined;
  const parts = found.path.replace(/^\//, "").split("/"), cell = cellOf(found.text, figure);
  if (parts.at(-1) !== notebook.name) return undefined;
  const fragment = cell === undefined ? "" : `#cell-id=${encodeURIComponent(cell)}`;
  return `${base}${between}${commit}/${parts.map(encodeURIComponent).join("/")}${fragment}`;
}
