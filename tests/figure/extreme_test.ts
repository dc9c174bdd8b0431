/** Whatever the values and opacities are, a figure is drawn, or refused with an error of ours. */
import { assert, assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { cutLine, cutPath, cutRect } from "../../lib/figure/clip.ts";
import { pdf } from "../../lib/figure/pdf.ts";
import { png } from "../../lib/figure/png.ts";
import { figures } from "./random_figures.ts";
import { difference, renderPdf } from "./pdf_renderer.ts";
import { svg } from "lora-dynamics/figure/mod.ts";

const frame = { x: 20, y: 10, width: 200, height: 100 };

Deno.test("far ends are cut without a change of direction, and what is near stays to the letter", () => {
  assertEquals(cutPath("M25,15L200,90", frame), "M25,15L200,90");
  assertEquals(cutPath("M25,150L200,200", frame), null);
  // From (20, 110) at slope −1e6: it leaves the room of 100 points at y = −90, x = 20.0002.
  const [, x, y] = /L([\d.]+),(-?[\d.]+)$/.exec(cutPath("M20,110L120,-1e8", frame)!)!;
  assertEquals([Number(x).toFixed(4), Number(y)], ["20.0002", -90]);
  assertEquals(cutPath("M50,60L51,Infinity", frame), "M50,60L50,210");
  assertEquals(cutPath("M50,60C51,70,52,1e9,60,60", frame), "M50,60C51,70,52,1e9,60,60");
  // In, far out and in again: two pieces.
  assertEquals(cutPath("M50,50L60,1e300L70,50", frame)!.match(/M/g)!.length, 2);
  // A line with a gap whose last piece is a single value: no edge leads back to its start.
  assertEquals(
    cutPath("M30,20L60,40L90,340M150,50Z", frame),
    "M30,20L60,40L77,210M150,50Z",
  );
  // A triangle that is mostly outside keeps its area inside of the room.
  const triangle = cutPath("M20,110L120,-1e8L220,110Z", frame)!;
  assert(/^M.*Z$/.test(triangle) && triangle.match(/L/g)!.length >= 3);
  // Its sides of slope ∓1e6 leave the room of 100 points at y = −90.
  const corners = triangle.slice(1, -1).split("L").map((point) => point.split(",").map(Number));
  const wanted = [[20, 110], [20.0002, -90], [219.9998, -90], [220, 110]];
  for (const [x, y] of wanted) {
    assert(corners.some(([u, v]) => Math.hypot(u - x, v - y) < 1e-6), `${x}, ${y}: ${triangle}`);
  }
  assertEquals(cutLine([50, 1e12, 50, -1e12], frame), [50, 210, 50, -90]);
  assertEquals(cutLine([500, 0, 500, 100], frame), null);
  assertEquals(cutRect({ x: 30, y: -1e12, width: 10, height: 2e12 }, frame), {
    ...{ x: 30, y: -90, width: 10, height: 300 },
  });
});

Deno.test("a cut segment lies on the line through its ends, inside of the room", () => {
  const end = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(end, end, end, end, (x1, y1, x2, y2) => {
      const cut = cutLine([x1, y1, x2, y2], frame);
      if (!cut) return;
      const length = Math.hypot(x2 - x1, y2 - y1);
      for (const [x, y] of [[cut[0], cut[1]], [cut[2], cut[3]]]) {
        assert(x >= -80 && x <= 320 && y >= -90 && y <= 210, `${x}, ${y}`);
        const off = Math.abs((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) / length;
        assert(off < 1e-8, `${off} off the line`);
      }
    }),
    { seed: 7, numRuns: 500 },
  );
});

Deno.test("500 random figures of extreme values are drawn, and PNG and PDF show the same", async () => {
  let drawn = 0, refused = 0;
  await fc.assert(
    fc.asyncProperty(
      figures,
      async (figure) => {
        let text: string;
        try {
          text = svg(figure);
        } catch (error) {
          assert(error instanceof RangeError || error instanceof TypeError, String(error));
          refused++;
          return;
        }
        drawn++;
        // As large as paper, so that text and lines are of the size for which they are made.
        const [width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(text)!.slice(1).map(Number);
        const paper = await renderPdf(await pdf(text, width, height, { title: "F" }), 1.5);
        const off = difference(png(text, paper.width / 108, 108), paper);
        assertLessOrEqual(off, 0.02, text);
      },
    ),
    { seed: 7, numRuns: 500 },
  );
  assertGreater(drawn, 450, `${drawn} drawn, ${refused} refused`);
});
