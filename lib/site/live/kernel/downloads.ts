/**
 * Links by which a figure is kept as files.
 *
 * @module
 */
import type { FigureFiles } from "../../../platform/doors.ts";
import type { Bundle } from "./protocol.ts";

const escape = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

const TYPES = { svg: "image/svg+xml", csv: "text/csv", json: "application/json" } as const;

/** Links to what is there as text, and to what the page draws when it is asked for. */
export function downloadLinks(id: string, files: FigureFiles): Bundle {
  const ready = Object.entries(TYPES).map(([end, type]) => {
    const text = files[end as keyof typeof TYPES];
    const address = `data:${type};charset=utf-8,${encodeURIComponent(text)}`;
    return `<a download="${escape(`${id}.${end}`)}" href="${
      escape(address)
    }">${end.toUpperCase()}</a>`;
  });
  const drawn = ["pdf", "png"].map((end) =>
    `<a href="#${escape(id)}.${end}" role="button" data-draw="${end}">${end.toUpperCase()}</a>`
  );
  const { inches, words } = files;
  const how = escape(JSON.stringify({ id, inches, words }));
  const links = [ready[0], ...drawn, ...ready.slice(1)].join(" · ");
  return {
    "text/html": `<p class="downloads" data-figure="${how}">${escape(id)}: ${links}</p>`,
    "text/plain": `${id}: SVG, PDF, PNG, CSV, JSON`,
  };
}
