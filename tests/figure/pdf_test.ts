/** A saved PDF by programs that share nothing with what wrote it. */
import createQpdf from "@neslinesli93/qpdf-wasm";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { save, svg } from "lora-dynamics/figure/mod.ts";
import { pdf } from "../../lib/figure/pdf.ts";
import { lossFigure } from "./_fixtures.ts";
import { difference, renderPdf } from "./pdf_renderer.ts";
import { png } from "../../lib/figure/png.ts";

/** What is used of qpdf. */
interface Qpdf {
  readonly FS: {
    writeFile(path: string, content: Uint8Array): void;
    readFile(path: string): Uint8Array;
  };
  callMain(args: readonly string[]): number;
}

async function qpdf(file: Uint8Array): Promise<Qpdf> {
  const folder = import.meta.resolve("@neslinesli93/qpdf-wasm");
  const wasmBinary = Deno.readFileSync(new URL("./qpdf.wasm", folder));
  const quiet = { print: () => {}, printErr: () => {}, noInitialRun: true };
  const program: Qpdf = await (createQpdf as unknown as (options: object) => Promise<Qpdf>)({
    wasmBinary,
    ...quiet,
  });
  program.FS.writeFile("/in.pdf", file);
  return program;
}

/** Objects of a PDF that passes qpdf's check, and what finds one of them. */
async function objectsOf(file: Uint8Array) {
  const program = await qpdf(file);
  assertEquals(program.callMain(["--check", "/in.pdf"]), 0);
  program.callMain(["--json-output", "--json-stream-data=none", "/in.pdf", "/out.json"]);
  const text = new TextDecoder().decode(program.FS.readFile("/out.json"));
  const objects: Record<string, { value?: unknown }> = JSON.parse(text).qpdf[1];
  const read = (value: unknown): unknown =>
    typeof value === "string" && / 0 R$/.test(value) ? objects[`obj:${value}`].value : value;
  const holder = (key: string, wanted?: string) =>
    Object.values(objects).map(({ value }) => value as Record<string, unknown>).find((value) =>
      typeof value === "object" && value && key in value && (!wanted || value[key] === wanted)
    );
  return { read, holder };
}

Deno.test("the PDF passes qpdf --check; its version, words and alternative text are what they should be", async () => {
  const out = await Deno.makeTempDir();
  try {
    const caption = "Loss against steps (d = 10³), λ₊ \\ and “quotes”.";
    const figure = { ...lossFigure(), caption };
    const origin = { commit: "0123abc", dirty: true };
    await save("F3", figure, { slug: "demo", out, provenance: origin });
    const file = await Deno.readFile(`${out}/demo/F3.pdf`);
    assertEquals(new TextDecoder().decode(file.subarray(0, 8)), "%PDF-1.7");
    // Control: a file that ends early.
    assertEquals((await qpdf(file.subarray(0, 5000))).callMain(["--check", "/in.pdf"]), 2);
    const { read, holder } = await objectsOf(file);
    const info = holder("/Keywords")!;
    assertEquals(["/Title", "/Author", "/Subject"].map((key) => read(info[key])), [
      ...["u:F3, demo", "u:lora-dynamics", `u:${caption}`],
    ]);
    assertStringIncludes(
      String(read(info["/Keywords"])),
      "commit 0123abc with changes; deno task reproduce demo --only F3",
    );
    assertEquals(read(holder("/S", "/Figure")!["/Alt"]), `u:${caption}`);
    const root = holder("/Type", "/Catalog")!;
    assertEquals([read(root["/Lang"]), read(root["/MarkInfo"])], ["u:en", { "/Marked": true }]);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("a link covers the page without being seen: one annotation, tagged, no frame, the same pixels", async () => {
  const drawing = svg(lossFigure());
  const [, width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(drawing)!.map(Number);
  const words = { title: "F3, demo", alt: "Loss.", source: "commit 01; deno task reproduce demo" };
  const link = "https://github.com/someone/some-fork/blob/01/notebooks/a%20b.ipynb#cell-id=x-1";
  const plain = await pdf(drawing, width, height, words);
  const linked = await pdf(drawing, width, height, { ...words, link });
  assertEquals((await objectsOf(plain)).holder("/Subtype", "/Link"), undefined);
  const { read, holder } = await objectsOf(linked);
  const annotation = holder("/Subtype", "/Link")!;
  assertEquals(annotation["/Border"], [0, 0, 0]);
  assertEquals([annotation["/F"], "/C" in annotation, "/AP" in annotation], [4, false, false]);
  assertEquals(annotation["/Rect"], [0, 0, width, height]);
  assertEquals((read(annotation["/A"]) as Record<string, unknown>)["/URI"], `u:${link}`);
  assertEquals(annotation["/Contents"], "u:The notebook cell that made this figure");
  assertEquals(typeof annotation["/StructParent"], "number");
  assertEquals(typeof holder("/S", "/Link")!["/P"], "string");
  assertStringIncludes(String(read(holder("/Keywords")!["/Keywords"])), `${words.source}; ${link}`);
  // On paper nothing has changed, and the same link gives the same bytes.
  const scale = 2, page = await renderPdf(linked, scale);
  assertEquals(page.pixels, (await renderPdf(plain, scale)).pixels);
  assertEquals(difference(png(drawing, width / 72, 72 * scale), page) < 0.02, true);
  assertEquals(await pdf(drawing, width, height, { ...words, link }), linked);
});
