/**
 * Golden drawings: the elements of the specimens to a hundredth of a point, which no comparison of pixels
 * sees. They are renewed with the pictures, see `golden_pictures.ts`.
 */
import { gunzipSync, gzipSync } from "fflate";

const GOLDEN = new URL("../golden/pictures/figure/", import.meta.url);
/** Points by which a number may be off: that of rounding to two decimals, and of its own. */
const NEAR = 0.02;

/** Words and numbers of a drawing, one after the other. */
const tokens = (text: string) => text.split(/(-?\d+(?:\.\d+)?)/);

/** Place of the first word or number that differs; −1 where the drawings are the same. */
export function firstDifference(golden: string, drawn: string): number {
  const one = tokens(golden), other = tokens(drawn);
  const same = (a: string, b: string | undefined) =>
    a === b || (/\d/.test(a) && Math.abs(Number(a) - Number(b)) <= NEAR);
  const at = one.findIndex((token, i) => !same(token, other[i]));
  return at < 0 && other.length > one.length ? one.length : at;
}

/** A drawing beside its golden one; with RENEW_PICTURES it becomes the golden one. */
export function compareDrawing(id: string, drawn: string): void {
  const path = new URL(`${id}.svg.gz`, GOLDEN);
  if (Deno.env.get("RENEW_PICTURES")) {
    return Deno.writeFileSync(
      path,
      gzipSync(new TextEncoder().encode(drawn), { level: 9, mtime: 0 }),
    );
  }
  const golden = new TextDecoder().decode(gunzipSync(Deno.readFileSync(path)));
  const at = firstDifference(golden, drawn);
  if (at < 0) return;
  const near = (text: string) => tokens(text).slice(Math.max(0, at - 12), at + 6).join("");
  throw new Error(
    `The figure ${id} is drawn as …${near(drawn)}… where ${path.pathname} has …${
      near(golden)
    }…: if it ` +
      `is as it should be, set RENEW_PICTURES=1 and run this test again.`,
  );
}
