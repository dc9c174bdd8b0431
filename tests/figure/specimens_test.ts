import { assertEquals, assertLessOrEqual } from "@std/assert";
import { svg } from "lora-dynamics/figure/mod.ts";
import { compare, pdfApart } from "./golden_pictures.ts";
import { pictureOf } from "./picture.ts";
import { redrawn } from "./redraw/redrawn.ts";
import { specimens } from "./specimens.ts";

for (const [name, figure] of Object.entries(specimens)) {
  Deno.test(`specimens "${name}" look as their golden picture, in PNG, PDF and redrawn alike`, async () => {
    for (const size of ["column", "page"] as const) {
      assertEquals(svg(redrawn(figure), { size }), svg(figure, { size }));
    }
    compare("figure", name, pictureOf(figure));
    assertLessOrEqual(await pdfApart(figure), 0.01, "share of the area");
  });
}
