/**
 * Module worker of a page that draws a figure as PDF or PNG.
 *
 * @module
 */
import { pdf } from "../../figure/pdf.ts";
import { png, printResolution } from "../../figure/png.ts";
import type { FigureFiles } from "../../platform/doors.ts";

/** A drawing, and what to make of it. */
export type Order = Pick<FigureFiles, "svg" | "inches" | "words"> & { readonly to: "pdf" | "png" };

/** That it listens, then the file, or why there is none. */
export type Delivery = "ready" | { readonly bytes: Uint8Array<ArrayBuffer> } | {
  readonly reason: string;
};

async function make({ svg, inches, words, to }: Order): Promise<Uint8Array<ArrayBuffer>> {
  if (to === "png") return png(svg, inches, printResolution);
  const [, width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(svg)!.map(Number);
  return await pdf(svg, width, height, words);
}

/** What is used of a worker's own scope. */
const scope = globalThis as unknown as {
  onmessage(event: MessageEvent<Order>): void;
  postMessage(delivery: Delivery): void;
};

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage({ bytes: await make(data) });
  } catch (error) {
    scope.postMessage({ reason: (error as Error).message });
  }
};
// A browser may hand over an order that comes before anyone listens, to nobody.
scope.postMessage("ready");
