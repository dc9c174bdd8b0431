/**
 * Golden pictures: every figure of a paper, at a cheap protocol, looks as it did.
 *
 * A paper has one file, `tests/papers/<paper>/pictures_test.ts`, that calls {@linkcode goldenPictures}; the
 * pictures are in `tests/golden/pictures/<slug>/`. After a change that is meant, look at the new pictures
 * and renew them:
 *
 *     RENEW_PICTURES=1 deno task test tests/papers/<paper>/pictures_test.ts
 *
 * The specimens of marks, legends and axes have golden drawings beside them, see `golden_drawings.ts`.
 */
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { type Figure, svg } from "lora-dynamics/figure/mod.ts";
import { pdf } from "../../lib/figure/pdf.ts";
import { png } from "../../lib/figure/png.ts";
import { difference, renderPdf } from "./pdf_renderer.ts";
import { redrawn } from "./redraw/redrawn.ts";
import { decode, differing, encode, MOST, type Picture, pictureOf } from "./picture.ts";

const GOLDEN = new URL("../golden/pictures/", import.meta.url);
const CHANGED = new URL("../../.deno/pictures/", import.meta.url);

/** A figure under its name in the notebook, made when it is needed. */
export type Figures = Readonly<Record<string, () => Figure | Promise<Figure>>>;

/** Whether pictures are to be renewed. */
function renews(): boolean {
  return Boolean(Deno.env.get("RENEW_PICTURES"));
}

/** A picture beside its golden one. */
export function compare(slug: string, id: string, picture: Picture): void {
  const path = new URL(`${slug}/${id}.png`, GOLDEN),
    changed = new URL(`${slug}/${id}.png`, CHANGED);
  if (renews()) {
    Deno.mkdirSync(new URL(`${slug}/`, GOLDEN), { recursive: true });
    return Deno.writeFileSync(path, encode(picture));
  }
  const golden = read(path), off = golden ? differing(golden, picture) : Infinity;
  if (off <= MOST) return;
  Deno.mkdirSync(new URL(`${slug}/`, CHANGED), { recursive: true });
  Deno.writeFileSync(changed, encode(picture));
  const { width, height } = picture;
  const what = !golden
    ? "has no golden picture"
    : golden.width !== width || golden.height !== height
    ? `is ${width} × ${height} pixels, ${path.pathname} ${golden.width} × ${golden.height}`
    : `differs from ${path.pathname} in ${off} of ${width * height} pixels`;
  throw new Error(
    `The figure ${id} of ${slug} ${what}: the new picture is ${changed.pathname}. If it is as it ` +
      `should be, set RENEW_PICTURES=1 and run this test again.`,
  );
}

function read(path: URL): Picture | undefined {
  try {
    return decode(Deno.readFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Names under which the code of a notebook saves its figures; those of a loop are patterns. */
function savedIn(slug: string): RegExp[] {
  const text = Deno.readTextFileSync(new URL(`../../notebooks/${slug}.ipynb`, import.meta.url));
  const cells: { cell_type: string; source: string | string[] }[] = JSON.parse(text).cells;
  const code = cells.filter(({ cell_type }) => cell_type === "code")
    .map(({ source }) => [source].flat().join("")).join("\n");
  return [...code.matchAll(/save\(["`]([^"`]+)["`]/g)]
    .map(([, id]) => new RegExp(`^${id.replace(/\$\{\w+\}/g, "[\\w-]+")}$`));
}

/** Share of the area in which the PDF of a figure, drawn by another program, differs from the PNG. */
export async function pdfApart(figure: Figure): Promise<number> {
  const text = svg(figure);
  const [width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(text)!.slice(1).map(Number);
  const page = await renderPdf(await pdf(text, width, height, { title: "F" }), 2);
  return difference(png(text, page.width / 144, 144), page);
}

/** Tests that every figure of a notebook has a golden picture, and looks like it. */
export function goldenPictures(slug: string, figures: Figures): void {
  Deno.test(`${slug}: every figure of the notebook has a golden picture, and no other`, () => {
    const ids = Object.keys(figures), saved = savedIn(slug);
    assertEquals(ids.filter((id) => !saved.some((name) => name.test(id))), []);
    assertEquals(saved.filter((name) => !ids.some((id) => name.test(id))), []);
    if (renews()) return;
    const kept = [...Deno.readDirSync(new URL(`${slug}/`, GOLDEN))].map(({ name }) => name);
    assertEquals(kept.toSorted(), ids.map((id) => `${id}.png`).toSorted());
    for (const name of kept) {
      const { size } = Deno.statSync(new URL(`${slug}/${name}`, GOLDEN));
      assert(size < 30_000, `${name} has ${size} bytes`);
    }
  });
  for (const [id, make] of Object.entries(figures)) {
    Deno.test(`${slug}: ${id} looks as its golden picture, in PNG, PDF and redrawn alike`, async () => {
      const figure = await make();
      assertEquals(svg(redrawn(figure)), svg(figure), `${id} of its CSV and JSON alone`);
      compare(slug, id, pictureOf(figure));
      if (!renews()) assertLessOrEqual(await pdfApart(figure), 0.01, `${id}: share of the area`);
    });
  }
}
