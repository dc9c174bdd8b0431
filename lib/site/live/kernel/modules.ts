/**
 * What a cell may import, and what it is told when it asks for something else.
 *
 * @module
 */
import { distance } from "fastest-levenshtein";

/** Address of what may be imported, relative to the bundle, by the name in the cell. */
export type Importable = Readonly<Record<string, string>>;

/** The name as the library knows it: readers of a checkout write `../lib/…` too. */
const libraryName = (name: string) => name.replace(/^(\.{1,2}\/)+lib\//, "lora-dynamics/");

/**
 * Address of a module.
 *
 * @throws {TypeError} If there is none of this name; the message says what there is.
 */
export function addressOf(name: string, importable: Importable, base: string): string {
  const found = importable[libraryName(name)];
  if (found !== undefined) return new URL(found, base).href;
  if (/^(https?|blob|data):/.test(name)) return name;
  const room = /^lora-dynamics\/.*(?=\/)/.exec(libraryName(name))?.[0];
  const near = Object.keys(importable).filter((known) => room && known === `${room}/mod.ts`);
  const names = Object.keys(importable).filter((known) =>
    /^[^/]+(\/[^/]+){0,2}\/mod\.ts$/.test(known)
  );
  const others = Object.keys(importable).filter((known) => !known.endsWith("/mod.ts"));
  throw new TypeError(
    `Cannot import "${name}" as in a browser there is no such module: ` +
      (near.length > 0 ? `the nearest is ${near[0]}; ` : "") +
      `there are ${[...others, ...names].join(", ")}, and modules by their https address`,
  );
}

/**
 * Checks that a module has the names that are imported from it.
 *
 * @throws {SyntaxError} If it lacks one; the message names the nearest that it has.
 */
export function checkExports(name: string, module: object, wanted: readonly string[]): void {
  const missing = wanted.find((one) => !(one in module));
  if (missing === undefined) return;
  const [nearest] = Object.keys(module)
    .map((known) => [known, distance(known, missing)] as const)
    .sort(([, a], [, b]) => a - b);
  const hint = nearest && nearest[1] <= Math.max(2, missing.length / 2)
    ? `; did you mean ${nearest[0]}?`
    : "";
  throw new SyntaxError(`Cannot import ${missing} as "${name}" exports no such name${hint}`);
}
