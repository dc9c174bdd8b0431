/**
 * What a module means and what it names: its syntax tree without types, comments and layout, and the
 * modules and files that it imports or reads.
 *
 * @module
 */
import { type Node, parse, type Program } from "acorn";
import { transform } from "sucrase";
import { sha256 } from "../../../platform/mod.ts";

/** A module, package or file that a module names. */
export interface Reference {
  readonly specifier: string;
  /** `import`: loaded as a module; `resolve`: by `import.meta.resolve`; `url`: by `new URL(…)`. */
  readonly kind: "import" | "resolve" | "url";
  /** Exports that are used, where the import says so. */
  readonly names?: readonly string[];
  /** Whether it is imported as text, bytes or JSON. */
  readonly data?: boolean;
}

/** What is known of a module. */
export interface ModuleText {
  /** Hash of the syntax tree. */
  readonly meaning: string;
  readonly references: readonly Reference[];
  /** Whatever else the module may load or read: places of code that cannot be told from its text. */
  readonly unknown: readonly { readonly line: number; readonly code: string }[];
  /** Where its exports come from: another module, or (`undefined`) this one. */
  readonly exports: ReadonlyMap<string, Reference | undefined>;
  /** Modules of which it passes on all exports. */
  readonly stars: readonly Reference[];
  /** Whether it does nothing but pass on exports of others. */
  readonly passesOn: boolean;
}

/** Ends of the names of files that are modules; CommonJS has no imports that could be told. */
export const MODULE = /\.(m?ts|tsx|m?js|jsx)$/;

/** Any node of a syntax tree. */
type Tree = Node & Record<string, unknown>;

function isTree(value: unknown, type?: string): value is Tree {
  const is = typeof value === "object" && value !== null && "type" in value && "start" in value;
  return is && (type === undefined || value.type === type);
}

/** The text of a string, or of a template without expressions. */
function literal(node: unknown): string | undefined {
  if (isTree(node, "Literal")) return typeof node.value === "string" ? node.value : undefined;
  if (!isTree(node, "TemplateLiteral")) return undefined;
  const [{ value }, ...more] = node.quasis as { value: { cooked?: string } }[];
  return more.length === 0 ? value.cooked : undefined;
}

/** Name of an identifier, or of an import or export that is written as a string. */
function nameOf(node: unknown): string {
  const { name, value } = node as { name?: string; value?: string };
  return name ?? String(value);
}

/** `import.meta` where its member of this name is taken. */
function metaOf(node: unknown, member: string): Tree | undefined {
  if (!isTree(node, "MemberExpression") || node.computed) return undefined;
  return isTree(node.object, "MetaProperty") && nameOf(node.property) === member
    ? node.object
    : undefined;
}

function javaScript(path: string, source: string): string {
  const transforms: ("typescript" | "jsx")[] = [];
  if (/\.(m?ts|tsx)$/.test(path)) transforms.push("typescript");
  if (/x$/.test(path)) transforms.push("jsx");
  if (transforms.length === 0) return source;
  return transform(source, { transforms, disableESTransforms: true, production: true }).code;
}

/** A reference by an import or a re-export. */
function imported(node: Tree, names: readonly string[] | undefined): Reference {
  const data = (node.attributes as Tree[] | undefined)?.some(({ key }) => nameOf(key) === "type");
  const specifier = literal(node.source)!;
  return { specifier, kind: "import", ...(names ? { names } : {}), ...(data ? { data } : {}) };
}

/** The walk over one syntax tree. */
class Reader {
  readonly references: Reference[] = [];
  readonly unknown: { line: number; code: string }[] = [];
  readonly text: string[] = [];
  /** Names under which `task` was imported. */
  readonly #task = new Set<string>();
  /** Uses of `import.meta` that say what they read. */
  readonly #told = new Set<Tree>();
  readonly #code: string;

  constructor(code: string, { body }: Program) {
    this.#code = code;
    for (const node of body as unknown as Tree[]) {
      if (node.type !== "ImportDeclaration") continue;
      for (const { imported, local } of node.specifiers as Record<string, Tree>[]) {
        if (imported && nameOf(imported) === "task") this.#task.add(nameOf(local));
      }
    }
    this.#write(body);
  }

  #cannotTell({ start, end }: Node): void {
    const line = this.#code.slice(0, start).split("\n").length;
    this.unknown.push({ line, code: this.#code.slice(start, end).replace(/\s+/g, " ") });
  }

  /** The tree as text: two trees with the same text mean the same. */
  #write(value: unknown): void {
    if (Array.isArray(value)) {
      this.text.push("[");
      for (const item of value) this.#write(item);
      this.text.push("]");
    } else if (isTree(value)) {
      this.#read(value);
      this.text.push("{");
      for (const key in value) {
        if (key === "start" || key === "end" || key === "raw") continue;
        this.text.push(key, ":");
        this.#write(value[key]);
      }
      this.text.push("}");
    } else if (typeof value === "object" && value !== null) {
      this.text.push(JSON.stringify(value), ","); // a regular expression or the text of a template
    } else this.text.push(typeof value === "string" ? JSON.stringify(value) : String(value), ",");
  }

  /** Notes what a node names. */
  #read(node: Tree): void {
    if (node.type === "ImportDeclaration") {
      const specifiers = node.specifiers as Record<string, Tree>[];
      const whole = specifiers.length === 0 ||
        specifiers.some((specifier) => isTree(specifier, "ImportNamespaceSpecifier"));
      const names = specifiers.map(({ imported }) => imported ? nameOf(imported) : "default");
      this.references.push(imported(node, whole ? undefined : names));
    } else if (node.type === "ExportAllDeclaration") {
      this.references.push(imported(node, undefined));
    } else if (node.type === "ExportNamedDeclaration" && node.source) {
      const names = (node.specifiers as Record<string, Tree>[]).map(({ local }) => nameOf(local));
      this.references.push(imported(node, names));
    } else if (node.type === "ImportExpression") {
      const specifier = literal(node.source);
      if (specifier === undefined) this.#cannotTell(node);
      else {this.references.push({
          specifier,
          kind: "import",
          ...(node.options ? { data: true } : {}),
        });}
    } else if (node.type === "NewExpression") {
      const [path, base] = node.arguments as Tree[], meta = metaOf(base, "url");
      const specifier = literal(path);
      if (nameOf(node.callee) !== "URL" || !meta) return;
      this.#told.add(meta);
      if (specifier === undefined) this.#cannotTell(node);
      else this.references.push({ specifier, kind: "url" });
    } else if (node.type === "CallExpression") this.#readCall(node);
    else if (node.type === "MemberExpression") {
      const meta = metaOf(node, "main");
      if (meta) this.#told.add(meta);
    } else if (node.type === "MetaProperty" && nameOf(node.meta) === "import") {
      if (!this.#told.has(node)) this.#cannotTell(node);
    }
  }

  #readCall(node: Tree): void {
    const callee = node.callee as Tree, [first] = node.arguments as Tree[];
    const resolve = metaOf(callee, "resolve");
    if (resolve) {
      this.#told.add(resolve);
      const specifier = literal(first);
      if (specifier === undefined) this.#cannotTell(node);
      else this.references.push({ specifier, kind: "resolve" });
    }
    const meta = metaOf(first, "url");
    const isTask = isTree(callee, "MemberExpression")
      ? nameOf(callee.property) === "task"
      : this.#task.has(nameOf(callee));
    if (meta && isTask) this.#told.add(meta);
  }
}

/** Names that a declaration or a pattern introduces. */
function introduced(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(introduced);
  if (!isTree(node)) return [];
  if (node.type === "Identifier") return [nameOf(node)];
  if (node.type === "Property") return introduced(node.value);
  const { id, declarations, properties, elements, left, argument } = node;
  return [id, declarations, properties, elements, left, argument].flatMap(introduced);
}

/** What a module exports, and from where. */
function exportsOf(body: readonly Tree[]): Pick<ModuleText, "exports" | "stars" | "passesOn"> {
  const exports = new Map<string, Reference | undefined>(), stars: Reference[] = [];
  let passesOn = true;
  for (const node of body) {
    const { type, source, specifiers = [] } = node as Tree & { specifiers: Record<string, Tree>[] };
    if (type === "ExportAllDeclaration") {
      if (node.exported) exports.set(nameOf(node.exported), imported(node, undefined));
      else stars.push(imported(node, undefined));
    } else if (type === "ExportNamedDeclaration") {
      if (node.declaration || (!source && specifiers.length > 0)) passesOn = false;
      for (const name of introduced(node.declaration)) exports.set(name, undefined);
      for (const { local, exported } of specifiers) {
        exports.set(nameOf(exported), source ? imported(node, [nameOf(local)]) : undefined);
      }
    } else if (type !== "EmptyStatement") {
      passesOn = false;
      if (type === "ExportDefaultDeclaration") exports.set("default", undefined);
    }
  }
  return { exports, stars, passesOn };
}

/**
 * Reads the text of a module.
 *
 * @throws {SyntaxError} If it is none.
 */
export function readModule(path: string, source: string): ModuleText {
  const code = javaScript(path, source);
  const program = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  const { references, unknown, text } = new Reader(code, program);
  const passed = exportsOf(program.body as unknown as Tree[]);
  return { meaning: sha256(text.join("")), references, unknown, ...passed };
}
