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

/** What everything stands on: checks of arguments, and the doors to Deno or a browser. */
const GROUND = ["check", "platform"];

/** For every room the rooms that it may import, beside itself and the ground. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  check: [],
  platform: [],
  kernels: [],
  ...Object.fromEntries(NUMERICS.map((room) => [room, [...NUMERICS, "kernels"]])),
  experiment: ["random"],
  figure: ["experiment"],
  papers: [...NUMERICS, "experiment", "figure"],
  template: [...NUMERICS, "experiment", "figure"],
  site: ["experiment", "figure", "papers"],
  cli: ["experiment", "figure", "papers", "site"],
  library: ["check", ...NUMERICS, "experiment", "figure", "kernels", "papers"],
};

/** The paper that `new-paper` copies; the rules of papers hold for it, too. */
const TEMPLATE = "lib/cli/template/";

/** What stands at the top of the project beside dot-files. */
export const TOP_LEVEL: readonly string[] = [
  ...["CHANGELOG.md", "CITATION.cff", "LICENSE", "README.md", "deno.json", "deno.lock"],
  ...["data", "lib", "notebooks", "tests"],
];

/** A module's text without its comments, where examples stand. */
function codeOf(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
}

/**
 * What a module uses that a browser has not: the globals of Deno and Node, and modules of Node. The
 * rooms `platform`, `site` and `cli` may, all others ask `platform`.
 */
export function foreign(file: string, text: string): string[] {
  if (["platform", "site", "cli"].includes(roomOf(file))) return [];
  const code = codeOf(text);
  const modules = code.match(/["']node:\w+["']/g) ?? [];
  const globals = code.replaceAll(/"[^"\n]*"/g, '""').match(/\b(?:Deno|process(?=\.))\b(?!:)/g) ??
    [];
  return [...new Set([...modules, ...globals])];
}

/** Modules of the project that a module's text imports; examples in comments do not count. */
export function importsOf(file: string, text: string): string[] {
  const code = codeOf(text);
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
  if (file.startsWith(TEMPLATE)) return "template";
  const [, room, rest] = file.split("/");
  if (rest !== undefined) return room;
  return room === "mod.ts" ? "library" : room.slice(0, -3);
}

/** Folder of the paper that a file belongs to. */
function paperOf(file: string): string | undefined {
  return file.match(/^lib\/papers\/[^/]+\//)?.[0] ??
    (file.startsWith(TEMPLATE) ? TEMPLATE : undefined);
}

/** Arrows that point up or sideways where they must not. */
export function wrongArrows(graph: Graph): string[] {
  const wrong: string[] = [];
  for (const [file, imports] of Object.entries(graph)) {
    for (const target of imports) {
      const arrow = `${file} -> ${target}`;
      const [from, to] = [roomOf(file), roomOf(target)];
      const allowed = from === "check" ? [] : [...GROUND, ...ALLOWED[from] ?? []];
      if (from !== to && !allowed.includes(to)) wrong.push(arrow);
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

/**
 * Storey of a file in the house of its paper: the model and what it is made of at the bottom, then
 * theory and simulation side by side, then experiments, claims, and what a cell may use.
 */
function storey(file: string): number {
  const inside = file.split("/").slice(3).join("/");
  const folders = ["theory/", "simulation/", "experiments/", "claims/"];
  const at = folders.findIndex((folder) => inside.startsWith(folder));
  if (at >= 0) return Math.max(1, at);
  return inside === "mod.ts" ? 4 : 0;
}

/** Chains inside a paper that must not be: upwards, or between its theory and its simulation. */
export function entangled(graph: Graph): string[] {
  const wrong: string[] = [];
  for (const [file, imports] of Object.entries(graph)) {
    const folder = paperOf(file);
    if (folder === undefined) continue;
    const inside = (name: string) => name.startsWith(folder);
    for (const target of imports.filter(inside)) {
      if (storey(target) > storey(file)) wrong.push(`${file} -> ${target}`);
    }
    for (const [side, banned] of [["theory/", "simulation/"], ["simulation/", "theory/"]]) {
      if (!file.startsWith(folder + side)) continue;
      const met = reachable(file, (name) => inside(name) ? graph[name] ?? [] : [])
        .filter((name) => name.startsWith(folder + banned) || name.startsWith("lib/figure/"));
      wrong.push(...met.map((name) => `${file} -> ... -> ${name}`));
    }
  }
  return wrong;
}

/** What shows and judges: no simulation hangs on it, or an edited caption would drop kept results. */
const SHOWS =
  /^lib\/(figure|experiment\/(claims|notebook|parameters)|papers\/[^/]+\/(experiments|claims))\//;

/** Chains from the simulations of papers to what shows results. */
export function talkative(graph: Graph): string[] {
  const simulations = Object.keys(graph).filter((file) =>
    /^lib\/papers\/[^/]+\/simulation\//.test(file)
  );
  return simulations.flatMap((file) =>
    reachable(file, (name) => graph[name] ?? [])
      .filter((name) => SHOWS.test(name) || name === "lib/experiment/mod.ts")
      .map((name) => `${file} -> ... -> ${name}`)
  );
}

/** Groups of files that import each other in a circle, each group in the order of its names. */
export function fileCircles(graph: Graph): string[][] {
  const files = Object.keys(graph).sort();
  const after = new Map(
    files.map((file) => [file, new Set(reachable(file, (n) => graph[n] ?? []))]),
  );
  const groups = files.filter((file) => after.get(file)!.has(file)).map((file) =>
    files.filter((other) => after.get(file)!.has(other) && after.get(other)!.has(file))
  );
  return groups.filter((group, i) =>
    groups.findIndex((other) => other.join() === group.join()) === i
  );
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
