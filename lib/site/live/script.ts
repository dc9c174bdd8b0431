/**
 * A cell of TypeScript as a script that keeps its names for the next cells.
 *
 * @module
 */
import {
  type AnyNode,
  type ImportDeclaration,
  parse,
  type Program,
  type VariableDeclaration,
} from "acorn";
import { full } from "acorn-walk";
import { transform } from "sucrase";
import { boundBy } from "./bound_by.ts";

/** A cell that can be run. */
export interface Script {
  /** Names that it declares for itself and for later cells. */
  readonly declared: readonly string[];
  /**
   * Text of a function that runs the cell. It takes how modules are imported and how to wait for a
   * value, and gives a promise of an array with the cell's result, or of nothing. Line n of the cell is
   * its line n + 1.
   */
  readonly code: string;
}

/** A cell that cannot be read: what is wrong, and where. */
export class CellSyntaxError extends SyntaxError {
  /** `"SyntaxError"`, as readers know it. */
  override name = "SyntaxError";
  /** The line in the cell, from 1. */
  readonly line: number;
  /** The place in the line, from 0. */
  readonly column: number;
  /** The line with a caret below it. */
  readonly excerpt: string;

  /** See the class. */
  constructor(message: string, cell: string, line: number, column: number) {
    super(`${message} (line ${line}:${column + 1})`);
    const text = cell.split("\n")[line - 1] ?? "";
    this.line = line;
    this.column = Math.min(column, text.length);
    this.excerpt = `${text}\n${text.slice(0, this.column).replace(/[^\t]/g, " ")}^`;
  }
}

/** The cell without its types: lines stay lines. */
function withoutTypes(cell: string): string {
  try {
    return transform(cell, {
      transforms: ["typescript"],
      disableESTransforms: true,
      keepUnusedImports: true,
    }).code;
  } catch (error) {
    const { message, loc } = error as Error & { loc?: { line: number; column: number } };
    const plain = message.replace(/^Error transforming [^:]*: /, "").replace(/ \(\d+:\d+\)$/, "");
    throw new CellSyntaxError(plain, cell, loc?.line ?? 1, Math.max(0, (loc?.column ?? 1) - 1));
  }
}

/** Where a place of the stripped line was before types went: they only ever stood further left. */
function columnBefore(stripped: string, column: number, line: string): number {
  const token = /^[\w$]+|^\S/.exec(stripped.slice(column))?.[0];
  if (stripped === line || token === undefined) return token === undefined ? line.length : column;
  const later = stripped.slice(column + token.length).split(token).length - 1;
  const places = Array.from(line.matchAll(RegExp(RegExp.escape(token), "g")), ({ index }) => index);
  return places.at(-1 - later) ?? column;
}

function read(js: string, cell: string): Program {
  try {
    return parse(js, {
      ecmaVersion: "latest",
      sourceType: "module",
      allowAwaitOutsideFunction: true,
    });
  } catch (error) {
    const { message, loc } = error as SyntaxError & { loc: { line: number; column: number } };
    const line = loc.line - 1;
    const column = columnBefore(
      js.split("\n")[line] ?? "",
      loc.column,
      cell.split("\n")[line] ?? "",
    );
    throw new CellSyntaxError(message.replace(/ \(\d+:\d+\)$/, ""), cell, loc.line, column);
  }
}

/** Replacements in a text, made at the end so that places stay what they are. */
class Edits {
  readonly #made: { from: number; to: number; text: string }[] = [];
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  /** Replaces a part, behind what is put in before it, and lets its lines stay lines. */
  replace(from: number, to: number, text: string): void {
    const lines = (part: string) => part.split("\n").length;
    const lost = Math.max(0, lines(this.#source.slice(from, to)) - lines(text));
    this.#made.push({ from, to, text: text + "\n".repeat(lost) });
  }

  /** Puts a text in, behind those that stand at the same place already, or before them all. */
  insert(at: number, text: string, first = false): void {
    const edit = { from: at, to: at, text };
    if (first) this.#made.unshift(edit);
    else this.#made.push(edit);
  }

  result(): string {
    let out = "", at = 0;
    for (
      const { from, to, text } of this.#made.toSorted((a, b) => a.from - b.from || a.to - b.to)
    ) {
      out += this.#source.slice(at, from) + text;
      at = to;
    }
    return out + this.#source.slice(at);
  }
}

/** What an import does, as an assignment to names that exist. */
function importing({ source, specifiers }: ImportDeclaration): { text: string; names: string[] } {
  const names = specifiers.map(({ local }) => local.name);
  const all = specifiers.find(({ type }) => type === "ImportNamespaceSpecifier")?.local.name;
  const parts = specifiers.flatMap((one) => {
    if (one.type === "ImportNamespaceSpecifier") return [];
    if (one.type === "ImportDefaultSpecifier") return [`default: ${one.local.name}`];
    const { imported } = one;
    const name = imported.type === "Identifier" ? imported.name : JSON.stringify(imported.value);
    return [`${name}: ${one.local.name}`];
  });
  const wanted = specifiers.flatMap((one) =>
    one.type === "ImportSpecifier" && one.imported.type === "Identifier" ? [one.imported.name] : []
  );
  const module = `await __import(${JSON.stringify(source.value)}, ${JSON.stringify(wanted)})`;
  if (names.length === 0) return { text: `;${module};`, names };
  const taken = parts.length > 0 ? `({ ${parts.join(", ")} } = ${all ?? module});` : "";
  return { text: `;${all ? `${all} = ${module};` : ""}${taken}`, names };
}

/** Declared names become names of the global object: others see each change at once. */
function declaring(node: VariableDeclaration, edits: Edits): string[] {
  const { declarations } = node, end = declarations.at(-1)!.end;
  edits.replace(node.start, declarations[0].start, ";(");
  for (const one of declarations) if (!one.init) edits.insert(one.end, " = undefined");
  edits.insert(end, ");");
  return declarations.flatMap(({ id }) => boundBy(id));
}

/**
 * Dynamic imports, wherever they stand, go the same way as static ones; each `await` asks the kernel
 * to wait, so that Interrupt can make it throw.
 */
function redirect(program: Program, edits: Edits): void {
  full(program, (found) => {
    const node = found as AnyNode;
    if (node.type === "ImportExpression") {
      edits.replace(node.start, node.start + "import".length, "__import");
    } else if (node.type === "AwaitExpression") {
      edits.insert(node.argument.start, "__wait((");
      edits.insert(node.argument.end, "))", true);
    }
  });
}

/** What `export` stands before: cells export nothing, all see all. */
function exported(node: AnyNode, cell: string): AnyNode {
  if (node.type === "ExportNamedDeclaration" && node.declaration) return node.declaration;
  const line = cell.split("\n").findIndex((text) => /^\s*export\b/.test(text));
  const message = "Cannot export from a cell as other cells see all its names anyway";
  throw new CellSyntaxError(message, cell, line + 1, 0);
}

const isDeclaration = ({ type }: AnyNode) => type.endsWith("Declaration");

/**
 * Turns a cell into a script.
 *
 * - Names that the cell declares are those of later cells too, may be declared again, and keep what
 *   they were given when a later line throws. A function that another cell defines anew is called anew.
 * - The value of the last expression is the result, with or without a semicolon.
 * - Imports may stand anywhere and are carried out where they stand.
 * - Types go; the number of lines stays.
 *
 * @throws {CellSyntaxError} If the cell is no TypeScript.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { script } from "lora-dynamics/site/live/script.ts";
 *
 * const { declared, code } = script("const x: number = 2;\nx ** 2;");
 * assertEquals(declared, ["x"]);
 * Object.assign(globalThis, { x: undefined });
 * assertEquals(await (0, eval)(code)(), [4]);
 * ```
 */
export function script(cell: string): Script {
  const js = withoutTypes(cell), program = read(js, cell), edits = new Edits(js);
  const declared: string[] = [], hoisted: string[] = [];
  const body = program.body as AnyNode[];
  const last = body.findLast((node) => !isDeclaration(node) && node.type !== "EmptyStatement");
  for (const statement of body) {
    let node = statement;
    if (node.type.startsWith("Export")) {
      node = exported(node, cell);
      edits.replace(statement.start, node.start, "");
    }
    if (node.type === "ImportDeclaration") {
      const { text, names } = importing(node);
      edits.replace(node.start, node.end, text);
      declared.push(...names);
    } else if (node.type === "VariableDeclaration" && /^(var|let|const)$/.test(node.kind)) {
      declared.push(...declaring(node, edits));
    } else if (node.type === "FunctionDeclaration") {
      // Under another name, or the cell's own calls would not see it when it is defined anew.
      const { name, end } = node.id!;
      edits.insert(end, "__");
      declared.push(name);
      hoisted.push(`${name} = Object.defineProperty(${name}__, "name", { value: "${name}" });`);
    } else if (node.type === "ClassDeclaration") {
      const { name } = node.id!;
      declared.push(name);
      edits.insert(node.start, `;${name} = `);
      edits.insert(node.end, ";");
    } else if (node.type === "ExpressionStatement" && node === last) {
      edits.insert(node.start, ";__last = [(");
      const end = node.end - Number(js[node.end - 1] === ";");
      edits.replace(end, node.end, ")];");
    }
  }
  redirect(program, edits);
  const head = `async (__import, __wait) => { "use strict"; let __last; ${hoisted.join(" ")}`;
  return {
    declared: [...new Set(declared)],
    code: `${head}\n${edits.result()}\nreturn __last; }`,
  };
}
