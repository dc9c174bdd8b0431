/**
 * What must come out the same in Deno and in a browser: claims of the five papers, and the files of a
 * figure.
 *
 * @module
 */
import { unzlibSync } from "fflate";
import { type Claim, runClaims } from "../../lib/experiment/mod.ts";
import { save, show, simulation, theory } from "../../lib/figure/mod.ts";
import { claims as convergenceRate } from "../../lib/papers/convergence_rate/mod.ts";
import { claims as gradientFlowMf } from "../../lib/papers/gradient_flow_mf/mod.ts";
import { claims as lazyVsFeature } from "../../lib/papers/lazy_vs_feature/mod.ts";
import { claims as loraOne } from "../../lib/papers/lora_one/mod.ts";
import { claims as preTrainingHurts } from "../../lib/papers/pre_training_hurts/mod.ts";
import { platform, sha256 } from "../../lib/platform/mod.ts";

/** One claim of each paper, none of which takes a second: matrices, flows, a chain, digits, a sweep. */
const CHOSEN: readonly (readonly [readonly Claim[], string])[] = [
  [convergenceRate, "C33"],
  [gradientFlowMf, "C16"],
  [lazyVsFeature, "C5"],
  [loraOne, "C29"],
  [preTrainingHurts, "C18"],
];

/** What `probe` finds. */
export interface Found {
  /** Verdict and numbers of each claim. */
  readonly claims: readonly { claim: string; pass: boolean; measured: unknown }[];
  /** Hash of each file of a figure; of a PNG its pixels count, of a PDF, packed differently, its head. */
  readonly files: Readonly<Record<string, string>>;
  /** Types in which a notebook gets the figure. */
  readonly shown: readonly string[];
}

/** The rows of pixels of a PNG with one part of data, which Deno and a browser compress each in its way. */
function pixels(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset);
  let at = 8;
  while (view.getUint32(at + 4) !== 0x49444154) at += 12 + view.getUint32(at); // "IDAT"
  return unzlibSync(png.subarray(at + 8, at + 8 + view.getUint32(at)));
}

/** Runs the claims, and draws and keeps a figure below the folder `out`. */
export async function probe(out: string): Promise<Found> {
  const claims = [];
  for (const [all, id] of CHOSEN) {
    for (const { paper, pass, measured } of await runClaims(all, "quick", { only: [id] })) {
      claims.push({ claim: `${paper} ${id}`, pass, measured });
    }
  }
  const rows = Array.from({ length: 20 }, (_, i) => ({ x: i / 10, y: Math.sqrt(i) }));
  const marks = [theory(rows, { x: "x", y: "y" }), simulation(rows, { x: "x", y: "y" })];
  const figure = { panels: { marks, x: { label: "λ₊" } }, rows, caption: "√i" };
  const files: Record<string, string> = {};
  for (const path of await save("F1", figure, { slug: "probe", out, provenance: null })) {
    const bytes = platform.files.read(path), end = path.split(".").at(-1)!;
    const isPdf = end === "pdf";
    files[end] = isPdf
      ? new TextDecoder().decode(bytes.slice(0, 8))
      : sha256(end === "png" ? pixels(bytes) : bytes);
  }
  const display = show(figure) as unknown as Record<symbol, () => object>;
  return { claims, files, shown: Object.keys(display[Symbol.for("Jupyter.display")]()) };
}
