/**
 * The works of CITATION.cff, the one place where the software, its papers and its data say how they are to
 * be cited.
 *
 * @module
 */
import { platform } from "../../platform/mod.ts";
import type { Work } from "./work.ts";

/** A value of the file. */
type Value = string | Value[] | { [key: string]: Value };

/** Lines with their depth, without comments and empty ones. */
function linesOf(text: string): { depth: number; text: string }[] {
  return text.split("\n").filter((line) => /^\s*[^\s#]/.test(line)).map((line) => ({
    depth: line.length - line.trimStart().length,
    text: line.trim(),
  }));
}

/** A scalar without its quotes and the comment behind it. */
function scalar(text: string): string {
  const [, double, single] = /^(?:("(?:[^"\\]|\\.)*")|'([^']*)')\s*(?:#.*)?$/.exec(text) ?? [];
  if (double !== undefined) return JSON.parse(double);
  return single ?? text.replace(/\s+#.*$/, "");
}

/**
 * The part of YAML that citation files use: maps, lists of maps or scalars, quoted scalars, folded text.
 *
 * @throws {TypeError} If a line is none of these.
 */
export function readYaml(text: string): Value {
  const lines = linesOf(text);
  let at = 0;
  const block = (depth: number): Value => {
    const list: Value[] = [], map: { [key: string]: Value } = {};
    while (at < lines.length && lines[at].depth === depth) {
      const line = lines[at];
      if (line.text.startsWith("- ")) {
        const rest = line.text.slice(2);
        if (!/^[\w-]+:(\s|$)/.test(rest)) {
          list.push(scalar(rest));
          at++;
        } else {
          lines[at] = { depth: depth + 2, text: rest };
          list.push(block(depth + 2));
        }
        continue;
      }
      const [, key, value] = /^([\w-]+):(?:\s+(.*))?$/.exec(line.text) ?? [];
      if (key === undefined) {
        throw new TypeError(
          `Cannot read a citation file as each line must be "key: value" or "- item": ` +
            `current value is ${JSON.stringify(line.text)}`,
        );
      }
      at++;
      if (value !== undefined && !/^[>|]-?$/.test(value)) map[key] = scalar(value);
      else if (value !== undefined) map[key] = folded(depth);
      else map[key] = lines[at]?.depth > depth ? block(lines[at].depth) : "";
    }
    return list.length > 0 ? list : map;
  };
  const folded = (depth: number): string => {
    const words: string[] = [];
    while (at < lines.length && lines[at].depth > depth) words.push(lines[at++].text);
    return words.join(" ");
  };
  return block(0);
}

type Entry = { [key: string]: Value };

function text(entry: Entry, key: string): string | undefined {
  return typeof entry[key] === "string" && entry[key] !== "" ? entry[key] : undefined;
}

function workOf(entry: Entry): Work {
  const people = (entry.authors as Entry[]).map((person) =>
    text(person, "name") !== undefined
      ? { name: text(person, "name")! }
      : `${text(person, "family-names")}, ${text(person, "given-names")}`
  );
  const numbered = (key: string) => text(entry, key) && Number(text(entry, key)) || undefined;
  const [start, end] = [numbered("start"), numbered("end")];
  const found = (entry.identifiers as Entry[] | undefined ?? []).map(({ value }) => String(value));
  const arxiv = found.find((value) => value.startsWith("arXiv:"))?.slice(6);
  const journal = text(entry, "journal");
  return {
    title: text(entry, "title")!,
    authors: people,
    year: numbered("year"),
    journal: journal?.includes("arXiv") ? undefined : journal,
    booktitle: text(entry.conference as Entry ?? {}, "name"),
    series: text(entry, "collection-title"),
    volume: numbered("volume"),
    ...(start && end ? { pages: [start, end] as const } : {}),
    arxiv,
    doi: text(entry, "doi"),
    url: text(entry, "url") ?? text(entry, "repository-code"),
    publisher: text(entry.publisher as Entry ?? {}, "name"),
    version: text(entry, "version"),
  };
}

/** What the citation file says. */
export interface Citations {
  /** This software. */
  readonly software: Work;
  /** Address of its repository, where the file names one. */
  readonly repository?: string;
  /** The papers by the name of their notebook. */
  readonly papers: Readonly<Record<string, Work>>;
  /** The data. */
  readonly data: readonly Work[];
}

const FILE = new URL("../../../CITATION.cff", import.meta.url);

/** Reads the text of a citation file. */
export function citationsOf(content: string): Citations {
  const top = readYaml(content) as Entry, references = (top.references ?? []) as Entry[];
  const papers: Record<string, Work> = {};
  for (const entry of references) {
    for (const { description } of (entry.identifiers ?? []) as Entry[]) {
      const notebook = /^The paper of the notebook (\S+)$/.exec(String(description))?.[1];
      if (notebook) papers[notebook] = workOf(entry);
    }
  }
  const repository = text(top, "repository-code");
  return {
    software: workOf(top),
    ...(repository === undefined ? {} : { repository }),
    papers,
    data: references.filter(({ type }) => type === "data").map(workOf),
  };
}

let known: Citations | undefined;

/** What the project's own file says. */
export function citations(): Citations {
  return known ??= citationsOf(platform.files.readText(FILE));
}
