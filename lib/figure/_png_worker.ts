/**
 * Module worker that turns drawings into PNG.
 *
 * @module
 */
import { png } from "./png.ts";

/** A drawing to be turned into pixels, as {@linkcode png} takes it. */
export type Drawing = Parameters<typeof png>;

/** The picture, or why there is none. */
export type Picture = { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly reason: string };

/** What is used of a worker's own scope. */
const scope = globalThis as unknown as {
  onmessage(event: MessageEvent<Drawing>): void;
  postMessage(picture: Picture, transfer?: Transferable[]): void;
};

scope.onmessage = ({ data }) => {
  try {
    const bytes = png(...data);
    scope.postMessage({ bytes }, [bytes.buffer]);
  } catch (error) {
    scope.postMessage({ reason: (error as Error).message });
  }
};
