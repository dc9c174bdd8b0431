import { assert, assertEquals, assertThrows } from "@std/assert";
import process from "node:process";
import { browser } from "../../lib/platform/browser.ts";
import { deno } from "../../lib/platform/deno.ts";
import { node } from "../../lib/platform/node.ts";
import { type Files, MissingFile, platform } from "lora-dynamics/platform/mod.ts";

/** Stands in for a page's way to a server: knows one address, and nothing else. */
class FileRequest {
  status = 404;
  responseText = "";
  #url = "";

  open(_method: string, url: string): void {
    this.#url = url;
  }

  overrideMimeType(): void {}

  send(): void {
    if (this.#url.includes("offline")) throw new Error("no network");
    if (this.#url !== "https://example.org/a.bin") return;
    this.status = 200;
    // What a browser gives for bytes above 127 in the character set that it was told to assume.
    this.responseText = String.fromCharCode(0, 65, 0xf780, 0xf7ff);
  }
}

/** The same laws on all sides. */
function all(name: string, law: (files: Files, folder: string) => void): void {
  Deno.test(`${name}, in Deno`, () => {
    const folder = Deno.makeTempDirSync();
    law(deno.files, folder);
    Deno.removeSync(folder, { recursive: true });
  });
  Deno.test(`${name}, in Node`, () => {
    const folder = Deno.makeTempDirSync();
    law(node.files, folder); // Deno has Node's modules
    Deno.removeSync(folder, { recursive: true });
  });
  Deno.test(`${name}, in a browser`, () => {
    Object.assign(globalThis, { XMLHttpRequest: FileRequest });
    law(browser.files, `/${crypto.randomUUID()}`);
    Reflect.deleteProperty(globalThis, "XMLHttpRequest");
  });
}

all("what is written is read, as text and as bytes, and replaced", (files, folder) => {
  files.makeFolder(`${folder}/a/b`);
  files.write(`${folder}/a/b/x.txt`, "λ");
  assertEquals(files.readText(`${folder}/a/b/x.txt`), "λ");
  assertEquals(Array.from(files.read(`${folder}/a/b/x.txt`)), [0xce, 0xbb]);
  files.write(`${folder}/a/b/x.txt`, new Uint8Array([7, 255]));
  assertEquals(Array.from(files.read(`${folder}/a/b/../b/x.txt`)), [7, 255]);
});

all("a file keeps what was written, whatever becomes of the arrays", (files, folder) => {
  files.makeFolder(folder);
  const bytes = new Uint8Array([1]);
  files.write(`${folder}/x`, bytes);
  bytes[0] = 2;
  files.read(`${folder}/x`)[0] = 3;
  assertEquals(Array.from(files.read(`${folder}/x`)), [1]);
});

all("a missing file is an error that names it; a folder is no file", (files, folder) => {
  files.makeFolder(folder);
  files.write(`${folder}/x`, "");
  for (const path of [`${folder}/y`, folder, `${folder}/x/z`]) {
    assertThrows(() => files.read(path), MissingFile, `Cannot read ${path} as it must be a file`);
    assertThrows(() => files.readText(path), MissingFile, path);
  }
  assertThrows(() => files.rename(`${folder}/y`, `${folder}/z`), MissingFile);
  files.remove(`${folder}/y`);
});

all("stat() and names() tell files, folders and nothing", (files, folder) => {
  files.makeFolder(`${folder}/a`);
  const before = Date.now();
  files.write(`${folder}/x`, "1");
  files.write(`${folder}/a/y`, "2");
  assertEquals(files.stat(`${folder}/x`)?.kind, "file");
  assert(Math.abs(files.stat(`${folder}/x`)!.changed - before) < 5000);
  assertEquals(files.stat(folder)?.kind, "folder");
  assertEquals(files.stat(`${folder}/a`)?.kind, "folder");
  assertEquals(files.stat(`${folder}/z`), undefined);
  assertEquals(files.names(folder).sort(), ["a", "x"]);
  assertEquals(files.names(`${folder}/z`), []);
});

all("rename() moves over what was there, remove() removes", (files, folder) => {
  files.makeFolder(folder);
  files.write(`${folder}/x`, "1");
  files.write(`${folder}/y`, "2");
  files.rename(`${folder}/x`, `${folder}/y`);
  assertEquals(files.names(folder), ["y"]);
  assertEquals(files.readText(`${folder}/y`), "1");
  files.remove(`${folder}/y`);
  assertEquals(files.names(folder), []);
});

all("path() is absolute, without turns, and the same for a URL", (files, folder) => {
  assertEquals(files.path(`${folder}/a/../b`), `${folder}/b`);
  assertEquals(files.path(new URL(`file://${folder}/a%20b/`)), `${folder}/a b`);
  assert(files.path("x").startsWith("/"));
});

Deno.test("a browser asks the server for what was not written, and keeps its bytes", () => {
  Object.assign(globalThis, { XMLHttpRequest: FileRequest });
  const url = new URL("https://example.org/a.bin"), other = new URL("b.bin", url);
  assertEquals(Array.from(browser.files.read(url)), [0, 65, 0x80, 0xff]);
  assertThrows(() => browser.files.read(other), MissingFile, "https://example.org/b.bin");
  assertThrows(() => browser.files.read("https://offline/"), MissingFile, "offline");
  browser.files.write(other, "mine");
  assertEquals(browser.files.readText(other), "mine");
  assertEquals(browser.files.mayRead(url), false);
  Reflect.deleteProperty(globalThis, "XMLHttpRequest");
});

Deno.test("files of packages are found, those of no package are not", () => {
  const font = platform.files.readPackage("dejavu-fonts-ttf/ttf/DejaVuSans.ttf");
  assertEquals(new DataView(font.buffer).getUint32(0), 0x00010000); // TrueType
  assertThrows(() => platform.files.readPackage("dejavu-fonts-ttf/ttf/none.ttf"), Error);
});

Deno.test("Deno's side reads only files of this computer without a question", () => {
  assertEquals(deno.files.mayRead(new URL(import.meta.url)), true);
  assertEquals(deno.files.mayRead(new URL("https://example.org/")), false);
});

Deno.test("what was loaded from a server is told where its files are", () => {
  const digits = new URL("https://example.org/data/digits.csv.gz");
  for (const read of [deno.files.read, deno.files.readText]) {
    assertThrows(
      () => read(digits),
      Error,
      `Cannot read ${digits} as it must lie on this computer`,
    );
  }
});

Deno.test("Node's side has no native libraries, and says where it is", () => {
  assertThrows(() => node.openBlas(), Error, `current place is Node ${process.versions.node}`);
  assertEquals(node.machine.run("node-that-is-not-there", [], new URL("file:///")), undefined);
});
