/**
 * PNG beside other work: a notebook writes tens of figures, and half of the time goes into pixels.
 *
 * @module
 */
import { platform } from "../platform/mod.ts";
import type { Drawing, Picture } from "./_png_worker.ts";
import { png } from "./png.ts";

/** Longest time, in ms, for which the worker waits for a drawing: then it gives its memory back. */
const WAIT = 60_000;

/** A worker and the drawings that it has been given, oldest first. */
class Artist {
  readonly #worker = new Worker(new URL("./_png_worker.ts", import.meta.url), { type: "module" });
  readonly #waiting: PromiseWithResolvers<Uint8Array<ArrayBuffer>>[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Picture>) => {
      const next = this.#waiting.shift();
      if ("bytes" in data) next?.resolve(data.bytes);
      else next?.reject(new Error(data.reason));
      if (this.#waiting.length === 0) this.#timer = setTimeout(() => this.#end("unused"), WAIT);
    });
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#end(`the worker stopped: ${event.message}`);
    });
  }

  #end(reason: string): void {
    clearTimeout(this.#timer);
    if (artist === this) artist = undefined;
    this.#worker.terminate();
    const error = new Error(`Cannot draw the picture as PNG: ${reason}`);
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  draw(drawing: Drawing): Promise<Uint8Array<ArrayBuffer>> {
    clearTimeout(this.#timer);
    const picture = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
    this.#waiting.push(picture);
    this.#worker.postMessage(drawing);
    return picture.promise;
  }
}

let artist: Artist | undefined;

/**
 * The same bytes as {@linkcode png}: from a worker in a notebook, where the next figure will want it
 * too, and from this thread elsewhere.
 */
export async function pngAside(...drawing: Drawing): Promise<Uint8Array<ArrayBuffer>> {
  if (!platform.notebook.broadcast) return png(...drawing);
  return await (artist ??= new Artist()).draw(drawing);
}
