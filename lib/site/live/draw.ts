/// <reference lib="dom" />
/**
 * Links of a figure that draw a PDF or PNG when they are used.
 *
 * @module
 */
import type { Delivery, Order } from "./convert_worker.ts";

/** The drawing whose link stands beside this one. */
function drawingOf(box: HTMLElement): string {
  const address = box.querySelector<HTMLAnchorElement>("a[download$='.svg']")!.href;
  return decodeURIComponent(address.slice(address.indexOf(",") + 1));
}

async function draw(worker: URL, order: Order): Promise<Uint8Array<ArrayBuffer>> {
  const artist = new Worker(worker, { type: "module" });
  try {
    const answer = Promise.withResolvers<Exclude<Delivery, "ready">>();
    artist.onmessage = ({ data }: MessageEvent<Delivery>) =>
      data === "ready" ? artist.postMessage(order) : answer.resolve(data);
    artist.onerror = ({ message }) => answer.resolve({ reason: message || "it was not loaded" });
    const delivery = await answer.promise;
    if ("reason" in delivery) throw new Error(delivery.reason);
    return delivery.bytes;
  } finally {
    artist.terminate();
  }
}

/** Hands the reader a file. */
export function hand(name: string, content: BlobPart, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function follow(link: HTMLElement, worker: URL): Promise<void> {
  const box = link.closest<HTMLElement>("[data-figure]"), label = link.textContent;
  if (!box || link.getAttribute("aria-busy") === "true") return;
  const { id, inches, words } = JSON.parse(box.dataset.figure!);
  const to = link.dataset.draw as Order["to"];
  link.setAttribute("aria-busy", "true");
  link.textContent = `${label} …`;
  try {
    const bytes = await draw(worker, { svg: drawingOf(box), inches, words, to });
    hand(`${id}.${to}`, bytes, to === "pdf" ? "application/pdf" : "image/png");
    link.textContent = label;
  } catch (error) {
    link.textContent = `${label}: ${(error as Error).message}`;
  } finally {
    link.removeAttribute("aria-busy");
  }
}

/** Makes such links of a page work; `worker` is the address of the script that draws. */
export function drawOnClick(worker: URL): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("[data-draw]");
    if (!link) return;
    event.preventDefault();
    follow(link, worker);
  });
}
