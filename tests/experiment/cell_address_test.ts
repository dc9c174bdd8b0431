/** Links from a figure to the cell that made it, and when there is none. */
import { assertEquals } from "@std/assert";
import { cellAddress } from "../../lib/experiment/notebook/cell_address.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const notebook = { name: "a b.ipynb", cells: "0", changed: false };
const clean = { commit, dirty: false, notebook } as const;
const text = JSON.stringify({
  cells: [
    { cell_type: "markdown", id: "text", source: 'save("F1", figure)' },
    { cell_type: "code", id: "other", source: 'await save("F10", x.figure(), files);' },
    { cell_type: "code", id: "one", source: ["const x = 1;\n", "await save('F1', x.figure());"] },
  ],
});
const at = (repository: string | undefined) => () => ({
  repository,
  path: "notebooks/a b.ipynb",
  text,
});
const github = at("https://github.com/someone/lora-dynamics");

Deno.test("the address holds repository, commit, notebook and the cell that saves the figure", () => {
  const file = `blob/${commit}/notebooks/a%20b.ipynb`;
  assertEquals(
    cellAddress("F1", clean, github),
    `https://github.com/someone/lora-dynamics/${file}#cell-id=one`,
  );
  assertEquals(cellAddress("F10", clean, github)?.split("#")[1], "cell-id=other");
  // A figure that no cell names: a loop may save it.
  assertEquals(
    cellAddress("F2", clean, github),
    `https://github.com/someone/lora-dynamics/${file}`,
  );
  for (const end of [".git", "/", ".git/"]) {
    const other = at(`https://github.com/someone/lora-dynamics${end}`);
    assertEquals(cellAddress("F1", clean, other), cellAddress("F1", clean, github));
  }
  assertEquals(
    cellAddress("F1", clean, at("https://gitlab.example.org/a/b/c")),
    `https://gitlab.example.org/a/b/c/-/${file}#cell-id=one`,
  );
});

Deno.test("nothing leads to another thing than what ran", () => {
  const none = (state: object, find: Parameters<typeof cellAddress>[2] = github) =>
    assertEquals(cellAddress("F1", { ...clean, ...state }, find), undefined);
  none({ commit: "unknown" });
  none({ commit: "0123abc" });
  none({ dirty: true });
  none({ dirty: "unknown" });
  none({ notebook: null });
  none({ notebook: { ...notebook, name: "b.ipynb" } });
  assertEquals(cellAddress("F1", {}, github), undefined);
  none({ notebook: { ...notebook, changed: true } });
  none({ notebook: { ...notebook, changed: "unknown" } });
  none({}, () => undefined);
  none({}, at(undefined));
  for (
    const address of [
      "git@github.com:a/b",
      "https://github.com/a",
      "http://github.com/a/b",
      "file:///x/y",
    ]
  ) {
    none({}, at(address));
  }
});
