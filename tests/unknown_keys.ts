/**
 * Every object that an example of the documentation gives to the library, with a key that nobody knows:
 * a call that works nevertheless would take a reader's misspelt option for a default.
 *
 * @module
 */
import { type AnyNode, type CallExpression, type NewExpression, parse } from "acorn";
import { full } from "acorn-walk";
import { transform } from "sucrase";
import { filesBelow } from "../lib/cli/files.ts";
import { inRoot } from "../lib/cli/paths.ts";

const KEY = "zzUnknown", REFUSAL = new RegExp(`Cannot .*${KEY}`);

/** An object in a call of an example. */
export interface Door {
  /** Room or paper that is called, e.g. `chain`, `papers/lora_one`. */
  readonly room: string;
  /** What is called, `.name` for a method, with the number of the argument where it is no first one. */
  readonly name: string;
  /** File of the example. */
  readonly file: string;
  /** The example, with a key too many in this object. */
  readonly code: string;
}

/** The room of a file below `lib/`: a paper, else its first folder. */
const roomOf = (path: string) => path.match(/^papers\/[^/]+|^[^/]+/)![0];

/** The examples in a file, as JavaScript. */
function examplesOf(text: string): string[] {
  return [...text.matchAll(/^\s*\* ```ts\n([\s\S]*?)^\s*\* ```/gm)].map(([, block]) =>
    transform(block.replace(/^\s*\* ?/gm, ""), {
      ...{ transforms: ["typescript"], disableESTransforms: true, keepUnusedImports: true },
    }).code
  );
}

const isBuiltIn = (name: string) =>
  [Array, Map, Set, Object, Function, Promise].some(({ prototype }) => name in prototype);

/** All calls of the library in an example that are given objects. */
function doorsOf(file: string, code: string): Door[] {
  const program = parse(code, {
    ...{ ecmaVersion: "latest", sourceType: "module", allowAwaitOutsideFunction: true },
  });
  const rooms = new Map<string, string>(), foreign = new Set<string>(), objects = new Set<string>();
  const calls: (CallExpression | NewExpression)[] = [];
  full(program, (one) => {
    const node = one as AnyNode;
    if (node.type === "CallExpression" || node.type === "NewExpression") calls.push(node);
    if (node.type === "ImportDeclaration") {
      const [, path] = String(node.source.value).match(/^lora-dynamics\/(.+)/) ?? [];
      for (const { local } of node.specifiers) {
        if (path) rooms.set(local.name, roomOf(path));
        else foreign.add(local.name);
      }
    }
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier") {
      if (node.init?.type === "ObjectExpression") objects.add(node.id.name);
    }
  });
  const doors: Door[] = [];
  for (const { callee, arguments: given } of calls.sort((a, b) => a.start - b.start)) {
    let root = callee as AnyNode, depth = 0;
    for (;;) {
      if (root.type === "MemberExpression") root = root.object, depth++;
      else if (root.type === "CallExpression" || root.type === "NewExpression") {
        root = root.callee, depth += 2;
      } else if (root.type === "AwaitExpression") root = root.argument;
      else break;
    }
    if (root.type !== "Identifier" || foreign.has(root.name) || root.name in globalThis) continue;
    const last = callee.type === "MemberExpression" ? callee.property : callee;
    if (last.type !== "Identifier" || (depth > 0 && isBuiltIn(last.name))) continue;
    if (depth === 0 && !rooms.has(root.name)) continue;
    const isMethod = depth > 1 || (depth === 1 && !rooms.has(root.name));
    for (const [i, argument] of given.entries()) {
      const isObject = argument.type === "ObjectExpression" ||
        (argument.type === "Identifier" && objects.has(argument.name));
      if (!isObject) continue;
      const { start, end } = argument;
      const changed = `{ ...${code.slice(start, end)}, ${KEY}: 1 }`;
      doors.push({
        ...{ file, room: rooms.get(root.name) ?? roomOf(file.replace(/^lib\//, "")) },
        name: `${isMethod ? "." : ""}${last.name}${i > 0 ? `, argument ${i + 1}` : ""}`,
        code: code.slice(0, start) + changed + code.slice(end),
      });
    }
  }
  return doors;
}

/** The first door of every name, by room. */
export function allDoors(): Map<string, Door[]> {
  const rooms = new Map<string, Map<string, Door>>();
  for (const file of filesBelow("lib", /\.ts$/)) {
    if (/^lib\/(cli|kernels\/assembly)\//.test(file)) continue;
    for (const code of examplesOf(Deno.readTextFileSync(inRoot(file)))) {
      for (const door of doorsOf(file, code)) {
        const room = rooms.get(door.room) ?? new Map<string, Door>();
        if (!room.has(door.name)) room.set(door.name, door);
        rooms.set(door.room, room);
      }
    }
  }
  return new Map([...rooms].map(([room, doors]) => [room, [...doors.values()]]));
}

/** Whether a door refuses the key, in an error that names it, and within ten seconds. */
export async function refuses({ code }: Door): Promise<boolean> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, 10_000);
  try {
    await Promise.race([import(`data:text/javascript,${encodeURIComponent(code)}`), late.promise]);
    return false;
  } catch (error) {
    return error instanceof Error && REFUSAL.test(error.message);
  } finally {
    clearTimeout(timer);
  }
}
