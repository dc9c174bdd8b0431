/**
 * From what `deno doc --json` says about a name to what a reader sees about it.
 *
 * @module
 */

/** A type as `deno doc --json` writes it, as far as it is looked at. */
interface TypeNode {
  readonly repr?: string;
  readonly kind: string;
  // deno-lint-ignore no-explicit-any -- another shape for each kind
  readonly value?: any;
}

interface Property {
  readonly name: string;
  readonly jsDoc?: { readonly doc?: string };
  readonly tsType?: TypeNode;
}

interface Parameter {
  readonly name?: string;
  readonly tsType?: TypeNode;
  readonly left?: Parameter;
}

interface Tag {
  readonly kind: string;
  readonly name?: string;
  readonly doc?: string;
  readonly tsType?: TypeNode;
}

/** One declaration of a name. */
export interface Declaration {
  /** `function`, `variable`, `interface`, … */
  readonly kind: string;
  /** Where it stands; lines count from one, columns from zero. */
  readonly location: { readonly filename: string; readonly line: number; readonly col: number };
  /** Its comment. */
  readonly jsDoc?: { readonly doc?: string; readonly tags?: readonly Tag[] };
  /** What it consists of. */
  readonly def?: {
    readonly params?: readonly Parameter[];
    readonly properties?: readonly Property[];
    readonly tsType?: TypeNode;
  };
}

/** A name with its declarations: a function may have several. */
export interface Symbol {
  /** The name that a module exports. */
  readonly name: string;
  /** In the order of the source. */
  readonly declarations: readonly Declaration[];
}

/** What the launcher shows and completes. */
export interface IndexEntry {
  /** What Shift-Tab shows. */
  readonly markdown: string;
  /** For each argument the names of its options with a sentence each. */
  readonly options?: readonly Options[];
}

/** Names with a sentence each. */
export type Options = Readonly<Record<string, string>>;

const inline = (text: string) => text.trim().replaceAll(/\s*\n\s*/g, " ");

/** Comments link to other names with a tag that a tooltip would show. */
const unlinked = (text: string) => text.replaceAll(/\{@link(?:code)?\s+([^}]+)\}/g, "`$1`");

/** "Scale: …" and "Source: …" begin a line of their own. */
const labelled = (text: string) => text.replaceAll(/\n(?=[A-Z][a-z]+: )/g, "  \n");

/** Options that an object of this type may have. */
function fields(type: TypeNode | undefined, types: ReadonlyMap<string, Declaration>): Options {
  const reference = type?.kind === "typeRef" ? type.value : undefined;
  // Partial<T>, Omit<T, K>, … : the options of T.
  const inner = reference?.typeParams?.[0];
  const named = reference && types.get(reference.typeName);
  if (reference && !named) return inner ? fields(inner, types) : {};
  const shape = named ? named.def : type?.kind === "typeLiteral" ? type.value : undefined;
  if (named?.kind === "typeAlias") return fields(named.def?.tsType, types);
  const properties: readonly Property[] = shape?.properties ?? [];
  return Object.fromEntries(properties.map(({ name, jsDoc }) => [name, inline(jsDoc?.doc ?? "")]));
}

/** A default in a few words; nothing when it has too many. */
function short(value: unknown): string {
  if (typeof value === "function") return "";
  const named = (value as { name?: unknown } | null)?.name;
  const text = typeof named === "string" ? named : JSON.stringify(value) ?? "";
  return text.length > 0 && text.length <= 60 ? ` Default: ${text}.` : "";
}

/** Options of each argument of a function; parameters of an experiment. */
export function optionsOf(
  declarations: readonly Declaration[],
  value: unknown,
  types: ReadonlyMap<string, Declaration>,
): Options[] {
  const { parameters, about } = Object(value) as { parameters?: object; about?: unknown };
  if (typeof value === "function" && typeof about === "string" && parameters) {
    const entries = Object.entries(parameters as Record<string, { about: string; value: unknown }>);
    const own = entries.map(([name, p]) => [name, `${p.about}.${short(p.value)}`]);
    return [{ preset: "quick or full.", ...Object.fromEntries(own) }];
  }
  const first = declarations.find(({ kind }) => kind === "function")?.def?.params ?? [];
  return first.map((p) => fields((p.left ?? p).tsType, types));
}

/** The signature with a line for each parameter when it is long. */
export function wrapped(signature: string): string {
  if (signature.length <= 90) return signature;
  const open: string[] = [];
  let result = "";
  for (const [i, c] of [...signature].entries()) {
    // The arrow of a function type is no bracket.
    if (")]}".includes(c) || c === ">" && signature[i - 1] !== "=") open.pop();
    if (c === ")" && open.length === 0) result += "\n";
    result += c;
    if ("([{<".includes(c)) open.push(c);
    if ((c === "(" || c === ",") && open.join("") === "(") result += "\n  ";
  }
  return result.replaceAll(/\n {3,}/g, "\n  ");
}

/** The examples among the tags of a comment. */
function examples(tags: readonly Tag[]): string[] {
  return tags.filter(({ kind }) => kind === "example").map(({ doc }) =>
    `**Example** ${unlinked(doc ?? "").trim()}`.replace("**Example** `", "**Example**\n\n`")
  );
}

/** What a module says about itself, with its examples. */
export function aboutModule(comment: Declaration["jsDoc"]): string {
  return [unlinked(comment?.doc ?? "").trim(), ...examples(comment?.tags ?? [])].join("\n\n");
}

/** The entry of a name. */
export function entryOf(
  { name, specifier, declarations, printed, options }: {
    readonly name: string;
    readonly specifier: string;
    readonly declarations: readonly Declaration[];
    readonly printed: ReadonlyMap<string, string>;
    readonly options: readonly Options[];
  },
): IndexEntry {
  const tags = declarations.flatMap(({ jsDoc }) => jsDoc?.tags ?? []);
  const list = (title: string, items: string[]) =>
    items.length > 0 ? `**${title}**\n\n${items.map((item) => `- ${item}`).join("\n")}` : "";
  const signed = declarations.map(({ location: { filename, line, col } }) =>
    wrapped(printed.get(`${filename}:${line}:${col + 1}`) ?? name)
  );
  const parts = [
    `**${name}** (${specifier})`,
    `\`\`\`ts\n${signed.join("\n")}\n\`\`\``,
    ...declarations.map(({ jsDoc }) => labelled(unlinked(jsDoc?.doc ?? "").trim())),
    list(
      "Parameters",
      tags.filter(({ kind }) => kind === "param")
        .map((tag) => `\`${tag.name}\`: ${unlinked(inline(tag.doc ?? ""))}`),
    ),
    list("Fields", described(ownFields(declarations))),
    ...options.map((own, i) => list(titleOf(declarations, i), described(own))),
    ...tags.filter(({ kind, doc }) => kind === "returns" && doc)
      .map(({ doc }) => `**Returns** ${unlinked(inline(doc!))}`),
    list(
      "Throws",
      tags.filter(({ kind }) => kind === "throws")
        .map((tag) => `\`${tag.tsType?.repr ?? "Error"}\`: ${unlinked(inline(tag.doc ?? ""))}`),
    ),
    ...examples(tags),
  ];
  const markdown = parts.filter((part) => part !== "").join("\n\n");
  return options.some((own) => Object.keys(own).length > 0) ? { markdown, options } : { markdown };
}

const described = (options: Options) =>
  Object.entries(options).map(([key, about]) => `\`${key}\`${about ? `: ${unlinked(about)}` : ""}`);

/** What the options of an argument are called: by its name where it has one. */
function titleOf(declarations: readonly Declaration[], argument: number): string {
  const parameter = declarations.find(({ kind }) => kind === "function")?.def?.params?.[argument];
  const name = (parameter?.left ?? parameter)?.name;
  return name === undefined || name === "options" ? "Options" : `Fields of \`${name}\``;
}

/** Fields of an interface, which are what it is. */
function ownFields(declarations: readonly Declaration[]): Options {
  const properties = declarations.filter(({ kind }) => kind === "interface")
    .flatMap(({ def }) => def?.properties ?? []);
  return Object.fromEntries(properties.map(({ name, jsDoc }) => [name, inline(jsDoc?.doc ?? "")]));
}
