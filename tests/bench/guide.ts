/**
 * The measured part of `lib/site/guide/speed.md`: a section for each machine, and the figures.
 *
 * @module
 */
import { inRoot } from "../../lib/cli/paths.ts";

const BEGIN = "<!-- bench: deno task bench --write writes what follows -->";
const END = "<!-- end of bench -->";

/** A text with the section of a machine as its first; sections of other machines stay. */
export function withSection(guide: string, machine: string, body: string): string {
  const from = guide.indexOf(BEGIN) + BEGIN.length, to = guide.indexOf(END);
  if (from < BEGIN.length || to < from) {
    throw new Error(`Cannot write the table as the guide must hold ${BEGIN} and then ${END}`);
  }
  const title = `## Measured on ${machine}\n`, fresh = `${title}\n${body.trim()}\n`;
  const sections = guide.slice(from, to).split(/^(?=## )/m).map((text) => text.trim() + "\n")
    .filter((text) => text.startsWith("## "));
  const others = sections.filter((text) => !text.startsWith(title));
  return `${guide.slice(0, from)}\n\n${[fresh, ...others].join("\n")}\n${guide.slice(to)}`;
}

/** Writes a file of the guide, whole or not at all. */
async function write(name: string, text: string): Promise<void> {
  const path = inRoot("lib", "site", "guide", name);
  await Deno.writeTextFile(`${path}.tmp`, text);
  await Deno.rename(`${path}.tmp`, path);
}

/** Writes the section of a machine. */
export async function writeSection(machine: string, body: string): Promise<void> {
  const guide = await Deno.readTextFile(inRoot("lib", "site", "guide", "speed.md"));
  await write("speed.md", withSection(guide, machine, body));
}

/** Writes a drawing that the guide shows. */
export async function writeDrawing(file: string, svg: string): Promise<void> {
  await write(file, `${svg.trim()}\n`);
}
