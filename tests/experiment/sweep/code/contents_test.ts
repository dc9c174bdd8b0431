import { assertEquals, assertNotEquals } from "@std/assert";
import { changed, contents } from "../../../../lib/experiment/sweep/code/contents.ts";
import { inFolder, write } from "../_folder.ts";

Deno.test("a mark follows the bytes of a file, the names of a folder, and that there is nothing", () =>
  inFolder((folder) => {
    const mark = (path: string) => contents(new URL(`file://${folder}/${path}`)).mark;
    const edits: [string, () => void][] = [
      ["a", () => write(folder, { "a": "1" })],
      ["a", () => write(folder, { "a": "2" })],
      ["a", () => Deno.removeSync(`${folder}/a`)],
      ["d/", () => write(folder, { "d/x": "1" })],
      ["d", () => write(folder, { "d/y": "1" })],
      ["d/", () => Deno.removeSync(`${folder}/d/x`)],
      ["d", () => Deno.removeSync(`${folder}/d`, { recursive: true })],
      ["a", () => Deno.mkdirSync(`${folder}/a`)],
    ];
    for (const [path, edit] of edits) {
      const href = new URL(`file://${folder}/${path}`).href, before = mark(path);
      const marks = new Map([[href, before]]);
      assertEquals(changed(marks), undefined);
      edit();
      assertNotEquals(mark(path), before);
      assertEquals(changed(marks), href);
    }
    write(folder, { "d/x": "1" });
    const before = mark("d");
    write(folder, { "d/x": "2" });
    assertEquals(mark("d"), before, "the files of a folder have marks of their own");
  }));
