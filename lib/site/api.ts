/**
 * Pages of the library's documentation: one for each room, from the index that Shift-Tab reads.
 *
 * @module
 */
import { coloured } from "./code.ts";
import { anchor, Html, markup } from "./html.ts";
import { markdown, type Section, unique } from "./markdown.ts";
import type { Page } from "./shell.ts";

/** Names of a module with what is said about each, in Markdown, or the module that a name stands for. */
type Names = Readonly<Record<string, { readonly markdown: string } | { readonly module: string }>>;

/** Documentation as the tasks make it. */
export interface Documentation {
  /** By module and name. */
  readonly modules: Readonly<Record<string, Names>>;
  /** What a module says about itself, with an example, in Markdown. */
  readonly about?: Readonly<Record<string, string>>;
}

/** A page of a module, with its names for the search. */
export type ApiPage = Page & { readonly sections: readonly Section[] };

/** Short name of a module: `"papers/lora_one"` of `"lora-dynamics/papers/lora_one/mod.ts"`. */
function roomOf(module: string): string {
  return module.replace(/^lora-dynamics\//, "").replace(/\/mod\.ts$/, "");
}

/** Names of kinds by how a signature begins, in the order of the page. */
const KINDS: readonly (readonly [string, RegExp])[] = [
  ["Experiments", /^const \w+: Experiment</],
  ["Functions", /^(?:async )?function/],
  ["Classes", /^(?:abstract )?class/],
  ["Values", /^(?:const|let|var|enum)/],
  ["Types", /^(?:interface|type)/],
];

/** A name with what is said about it. */
interface Entry {
  readonly name: string;
  readonly kind: string;
  readonly rest: string;
}

/** The entry begins with its name and its signature in a fence. */
function entryOf(name: string, text: string): Entry {
  const rest = text.replace(/^\*\*[^\n]*\n\n/, "");
  const signature = /^```ts\n([^]*?)\n```/.exec(rest)?.[1] ?? "";
  const kind = KINDS.find(([, pattern]) => pattern.test(signature))?.[0] ?? "Others";
  return { name, kind, rest };
}

function modulePage(module: string, own: Names, about: string): ApiPage {
  const room = roomOf(module), alias = room.split("/").at(-1)!;
  const entries = Object.entries(own).flatMap(([name, entry]) =>
    "markdown" in entry ? [entryOf(name, entry.markdown)] : []
  );
  const taken = new Set<string>(), sections: Section[] = [];
  const parts: Html[] = [];
  const { body: opening } = markdown(about, module, { formulas: false, taken });
  const { lead } = markdown(about.split("\n\n")[0], module, { formulas: false });
  for (const kind of [...KINDS.map(([name]) => name), "Others"]) {
    const chosen = entries.filter((entry) => entry.kind === kind);
    if (chosen.length === 0) continue;
    const id = unique(anchor(kind), taken);
    sections.push({
      level: 2,
      id,
      title: markup`${kind}`,
      name: kind,
      text: "",
    });
    parts.push(markup`<h2 id="${id}">${kind}</h2>`);
    for (const { name, rest } of chosen) {
      const place = unique(name, taken);
      const { body, lead: text } = markdown(rest, `${module}, ${name}`, { formulas: false, taken });
      sections.push({
        level: 3,
        id: place,
        title: markup`<code>${name}</code>`,
        name,
        text,
      });
      parts.push(markup`
        <section class="entry" id="${place}">
          <h3>${name}<a class="anchor" href="#${place}" aria-label="Link to ${name}">#</a></h3>
          ${body}
        </section>
      `);
    }
  }
  const use = coloured(`import * as ${alias} from "${module}";`);
  return {
    path: `api/${room}/index.html`,
    title: markup`${room}`,
    name: room,
    description: lead || `${entries.length} names of ${module}`,
    contents: sections,
    sections,
    body: markup`
      <h1>${room}</h1>
      <pre><code>${use}</code></pre>
      ${opening}
      <p>${entries.length} names. <a href="${
      "../".repeat(
        room.split("/").length,
      )
    }index.html">All rooms</a></p>
      ${parts}
    `,
  };
}

/** All pages of the library, the list of its rooms first. */
export function apiPages(documentation: Documentation): ApiPage[] {
  const { modules, about = {} } = documentation;
  const rooms = Object.keys(modules).filter((module) => module.endsWith("/mod.ts"));
  const pages = rooms.map((room) => modulePage(room, modules[room], about[room] ?? ""));
  const list = (papers: boolean) =>
    pages.filter(({ name }) => name.startsWith("papers/") === papers).map(({ name, description }) =>
      markup`
        <tr>
          <td><a href="${name}/index.html">${name}</a></td>
          <td>${description}</td>
        </tr>
      `
    );
  const table = (rows: Html[]) =>
    markup`<div class="scroll"><table><tbody>${rows}</tbody></table></div>`;
  const index: ApiPage = {
    path: "api/index.html",
    title: markup`The library`,
    name: "The library",
    description: "Documentation of every public name: law, assumptions, units, errors, example.",
    sections: [],
    body: markup`
      <h1>The library</h1>
      <p>
        Every public name: what it is, its law, what it assumes, units and shapes, errors, and an example
        that the tests run. In a notebook the same is behind Shift-Tab.
      </p>
      <h2 id="rooms">Rooms of the numerics</h2>
      ${table(list(false))}<h2 id="papers">The papers</h2>
      ${table(list(true))}
    `,
  };
  return [index, ...pages];
}
