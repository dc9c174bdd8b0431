import { assertEquals, assertLessOrEqual } from "@std/assert";
import { svg } from "lora-dynamics/figure/mod.ts";
import { compareDrawing, firstDifference } from "./golden_drawings.ts";
import { compare, pdfApart } from "./golden_pictures.ts";
import { pictureOf } from "./picture.ts";
import { redrawn } from "./redraw/redrawn.ts";
import { specimens } from "./specimens.ts";

Deno.test("a drawing differs by a word, by a number that is off, and by what it lacks or has beside", () => {
  const golden = '<g a="b" d="M0,1.5L-2,3"/>';
  assertEquals(firstDifference(golden, golden.replace("1.5", "1.51")), -1);
  assertEquals(firstDifference(golden, golden.replace("1.5", "1.53")), 3);
  assertEquals(firstDifference(golden, golden.replace("b", "c")), 0);
  assertEquals(firstDifference(golden, golden.replace("L", "H")), 4);
  assertEquals(firstDifference(golden, golden + "1"), 9);
  assertEquals(firstDifference(golden + "1", golden), 9);
});

Deno.test("the specimens are drawn as their golden drawings, to a hundredth of a point", () => {
  for (const [name, figure] of Object.entries(specimens)) compareDrawing(name, svg(figure));
});

for (const [name, figure] of Object.entries(specimens)) {
  Deno.test(`specimens "${name}" look as their golden picture, in PNG, PDF and redrawn alike`, async () => {
    for (const size of ["column", "page"] as const) {
      assertEquals(svg(redrawn(figure), { size }), svg(figure, { size }));
    }
    compare("figure", name, pictureOf(figure));
    assertLessOrEqual(await pdfApart(figure), 0.01, "share of the area");
  });
}
