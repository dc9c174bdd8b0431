/**
 * The rules of the house as functions on import graphs, so that they can be tried on graphs that
 * break them.
 *
 * @module
 */
import { dirname, join, normalize } from "node:path";

/** For every module, relative to the project folder, the modules of the project that it imports. */
export type Graph = Readonly<Record<string, readonly string[]>>;

const NUMERICS = ["chain", "gaussian", "linalg", "nn", "ode", "random"];

/** For every room the rooms that it may import, beside itself and the argument checks. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  check: [],
  kernels: [],
  ...Object.fromEntries(NUMERICS.map((room) => [room, [...NUMERICS, "kernels"]])),
  experiment: ["random"],
  figure: ["experiment"],
  papers: [...NUMERICS, "experiment", "figure"],
  cli: ["experiment", "figure", "papers"],
  library: ["check", ...NUMERICS, "experiment", "figure", "kernels", "papers"],
};

/** What stands at the top of the project beside dot-files. */
export const TOP_LEVEL: readonly string[] = [
  ...["CHANGELOG.md", "CITATION.cff", "LICENSE", "README.md", "deno.json", "deno.lock"],
  ...["data", "lib", "notebooks", "tests"],
];

/** Modules of the project that a module's text imports; examples in comments do not count. */
export function importsOf(file: string, text: string): string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
  const names = Array.from(
    code.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g),
    ([, name]) => name,
  );
  const own = names.flatMap((name) => {
    if (name.startsWith(".")) return normalize(join(dirname(file), name));
    if (name === "lora-dynamics") return "lib/mod.ts";
    return name.startsWith("lora-dynamics/") ? `lib/${name.slice(14)}` : [];
  });
  return [...new Set(own)].filter((name) => name.endsWith(".ts"));
}

function roomOf(file: string): string {
  const [, room, rest] = file.split("/");
  if (rest !== undefined) return room;
  return room === "mod.ts" ? "library" : room.slice(0, -3);
}

function paperOf(file: string): string | undefined {
  return file.match(/^lib\/papers\/([^/]+)\//)?.[1];
}

/** Arrows that point up or sideways where they must not. */
export function wrongArrows(graph: Graph): string[] {
  const wrong: string[] = [];
  for (const [file, imports] of Object.entries(graph)) {
    for (const target of imports) {
      const arrow = `${file} -> ${target}`;
      const [from, to] = [roomOf(file), roomOf(target)];
      const allowed = ALLOWED[from] ?? [];
      if (from !== to && to !== "check" && !allowed.includes(to)) wrong.push(arrow);
      if (paperOf(target) && paperOf(file) && paperOf(target) !== paperOf(file)) wrong.push(arrow);
      const secret = /(^|\/)_[^/]+$/.test(target) && dirname(target) !== dirname(file);
      if (secret) wrong.push(arrow);
    }
  }
  return wrong;
}

/** Rooms that import each other, directly or in a circle. */
export function circles(graph: Graph): string[] {
  const rooms = new Map<string, Set<string>>();
  for (const [file, imports] of Object.entries(graph)) {
    const from = roomOf(file);
    const found = rooms.get(from) ?? new Set();
    for (const target of imports) if (roomOf(target) !== from) found.add(roomOf(target));
    rooms.set(from, found);
  }
  const reaches = (from: string) =>
    reachable(from, (room) => [...(rooms.get(room) ?? [])]).includes(from);
  return [...rooms.keys()].filter(reaches);
}

/** Kinds of files in a paper's folder, by how their names begin, and what they must not reach. */
const APART: readonly (readonly [string, (folder: string) => string])[] = [
  ["theory", (folder) => `${folder}simulation`],
  ["simulation", (folder) => `${folder}theory`],
  ["theory", () => "lib/figure/"],
  ["simulation", () => "lib/figure/"],
  ["claims", () => "lib/figure/"],
];

/** Chains through a paper's folder that must not be, as from its theory to its simulation. */
export function entangled(graph: Graph): string[] {
  const wrong: string[] = [];
  for (const file of Object.keys(graph)) {
    const folder = `lib/papers/${paperOf(file)}/`;
    const next = (name: string) => name.startsWith(folder) ? graph[name] ?? [] : [];
    for (const [kind, banned] of APART) {
      if (!file.startsWith(folder + kind)) continue;
      const met = reachable(file, next).filter((name) => name.startsWith(banned(folder)));
      wrong.push(...met.map((name) => `${file} -> ... -> ${name}`));
    }
  }
  return wrong;
}

/** Everything that can be reached from a start by at least one step. */
function reachable(start: string, next: (name: string) => readonly string[]): string[] {
  const found = new Set<string>();
  const open = [...next(start)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...next(name));
  }
  return [...found];
}
