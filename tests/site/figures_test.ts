import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { captionOf, Figures } from "../../lib/site/figures.ts";
import { Files } from "../../lib/site/files.ts";
import { drawing, writeCopy } from "./_executed.ts";

async function withFigures(captions: Record<string, string>, use: (figures: Figures) => void) {
  const folder = await Deno.makeTempDir();
  try {
    await writeCopy(folder, "x", [], captions);
    use(new Figures("x", `${folder}/x`, new Files()));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("figures come in the order of their numbers, with all their files and one for dark paper", async () => {
  await withFigures({ F10: "ten", E1: "extra", F2: "two" }, ({ saved, files }) => {
    assertEquals(saved.map(({ id }) => id), ["F2", "F10", "E1"]);
    assertEquals(saved[0].formats, ["svg", "pdf", "png", "csv", "json"]);
    assertEquals(files.paths.filter((path) => path.includes("F2")), [
      ...["x/F2.csv", "x/F2.dark.svg", "x/F2.json", "x/F2.pdf", "x/F2.png", "x/F2.svg"],
    ]);
  });
});

Deno.test("a figure that a cell shows is the saved one: name, size, caption as alternative text", async () => {
  const caption = 'Loss & "error" < 1';
  await withFigures({ F3: caption }, (figures) => {
    const { text } = figures.show(drawing(caption), 7);
    assertStringIncludes(text, '<figure id="F3">');
    assertStringIncludes(
      text,
      'src="F3.svg" alt="Loss &amp; &quot;error&quot; &lt; 1" width="648" height="221"',
    );
    assertStringIncludes(text, 'src="F3.dark.svg"');
    assertStringIncludes(text, '<a href="F3.csv" download aria-label="F3 as CSV">CSV</a>');
    assertEquals(figures.saved[0].cell, 7);
    // Shown once more it has no second place of the same name.
    assertEquals(figures.show(drawing(caption), 8).text.includes("id="), false);
    assertEquals(figures.saved[0].cell, 7);
  });
});

Deno.test("a figure of a quick run beside a full one is the one that the page shows", async () => {
  const folder = await Deno.makeTempDir();
  await writeCopy(folder, "x", [], { F1: "full", F2: "full too" });
  await writeCopy(`${folder}/x`, "quick", [], { F1: "quick", F3: "quick, not shown" });
  const figures = new Figures("x", `${folder}/x`, new Files());
  assertStringIncludes(figures.show(drawing("quick"), 1).text, '<a href="quick/F1.csv" download');
  assertEquals(figures.show(drawing("full"), 2).text.includes("id="), false);
  figures.show(drawing("quick"), 3);
  assertEquals(figures.saved.map(({ id, caption }) => [id, caption]), [
    ["F1", "quick"],
    ["F2", "full too"],
  ]);
  assertEquals(figures.files.paths.filter((path) => path.endsWith(".csv")), [
    ...["x/F1.csv", "x/F2.csv", "x/quick/F1.csv"],
  ]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a figure that is only shown gets a file of its own", async () => {
  await withFigures({}, (figures) => {
    assertStringIncludes(figures.show(drawing("mine"), 4).text, 'src="cell-4-1.svg"');
    const address = `data:image/svg+xml;base64,${btoa(drawing("frame"))}`;
    assertStringIncludes(
      String(figures.inline(address, "d = 1", 4)),
      'src="cell-4-2.svg" alt="d = 1"',
    );
    assertEquals(figures.inline("data:text/html,<script>", "", 4), "");
    assert(figures.files.paths.includes("x/cell-4-2.dark.svg"));
  });
});

Deno.test("a drawing that could run or load something is refused", async () => {
  await withFigures({}, (figures) => {
    const inside = (part: string) => drawing("a").replace("</svg>", `${part}</svg>`);
    for (
      const part of [
        "<script>alert(1)</script>",
        '<rect onclick="alert(1)"/>',
        '<a href="https://x.org"><rect/></a>',
        '<image href="https://x.org/a.png"/>',
        "<foreignObject></foreignObject>",
      ]
    ) {
      assertThrows(() => figures.show(inside(part), 2), Error, "must hold no script and no link");
    }
    assertThrows(() => figures.show("<svg></svg>", 2), Error, "Cannot show x/cell-2");
    // Words that look like it are words.
    figures.show(inside("<text>a onclick=b &lt;script&gt;</text>"), 2);
  });
});

Deno.test("a caption is what the drawing says it is, signs and all", () => {
  assertEquals(captionOf(drawing('a < b & "c"')), 'a < b & "c"');
  assertEquals(captionOf("<svg></svg>"), "");
});
