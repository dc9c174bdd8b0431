/**
 * What a code cell has to do with the others: names it declares, changes and uses, and the figures
 * it saves. Types are taken away by sucrase, the rest is read by acorn; nothing is run.
 *
 * @module
 */
import {
  type AnyNode,
  type AssignmentProperty,
  type CallExpression,
  type Expression,
  type Identifier,
  parse,
  type Pattern,
  type Program,
} from "acorn";
import { fullAncestor } from "acorn-walk";
import { transform } from "sucrase";
import { boundBy } from "../../site/live/bound_by.ts";

/** A code cell as the others see it. */
export interface CellNames {
  /** Names that exist once the cell has run. */
  readonly declares: ReadonlySet<string>;
  /** Names from elsewhere whose value the cell changes. */
  readonly changes: ReadonlySet<string>;
  /** Names from elsewhere that the cell mentions, the changed ones included. */
  readonly uses: ReadonlySet<string>;
  /** Ids of the figures that it saves, `*` for a part that is computed. */
  readonly saves: readonly string[];
  /** Whether it sets up others without a name: an import for its effect, the parameter cell. */
  readonly prepares: boolean;
}

/** Methods of arrays, maps, sets and the environment that change what they are called on. */
const CHANGING = new Set([
  ...["push", "pop", "shift", "unshift", "splice", "sort", "reverse", "fill", "copyWithin"],
  ...["set", "add", "delete", "clear"],
]);

/** Names at the root of what an assignment changes: `a.b[c] = 1` changes `a`. */
function rootsOf(target: AnyNode): Identifier[] {
  switch (target.type) {
    case "Identifier":
      return [target];
    case "MemberExpression":
      return rootsOf(target.object);
    case "ChainExpression":
      return rootsOf(target.expression);
    case "ObjectPattern":
      return target.properties.flatMap((part) =>
        rootsOf(part.type === "RestElement" ? part.argument : (part as AssignmentProperty).value)
      );
    case "ArrayPattern":
      return target.elements.flatMap((part) => part === null ? [] : rootsOf(part));
    case "RestElement":
      return rootsOf(target.argument);
    case "AssignmentPattern":
      return rootsOf(target.left);
    default:
      return [];
  }
}

/** What a node changes, if it is an assignment or a call that changes its object. */
function changedBy(node: AnyNode): Identifier[] {
  switch (node.type) {
    case "AssignmentExpression":
      return rootsOf(node.left);
    case "UpdateExpression":
      return rootsOf(node.argument);
    case "UnaryExpression":
      return node.operator === "delete" ? rootsOf(node.argument) : [];
    case "ForInStatement":
    case "ForOfStatement":
      return node.left.type === "VariableDeclaration" ? [] : rootsOf(node.left);
    case "CallExpression": {
      const { callee, arguments: [first] } = node;
      if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return [];
      const { object, property: { name } } = callee;
      if (object.type === "Identifier" && object.name === "Object" && name === "assign" && first) {
        return rootsOf(first);
      }
      return CHANGING.has(name) ? rootsOf(object) : [];
    }
    default:
      return [];
  }
}

function isFunction(node: AnyNode): boolean {
  return /^(Function|ArrowFunction)/.test(node.type);
}

/** Whether names that are declared directly inside belong to it. */
function isScope(node: AnyNode): boolean {
  return isFunction(node) ||
    /^(Program|StaticBlock|BlockStatement|For(In|Of)?Statement|SwitchStatement|CatchClause|Class(Declaration|Expression))$/
      .test(node.type);
}

/** Declared names of every scope of a cell. */
function declarationsOf(program: Program): Map<AnyNode, Set<string>> {
  const scopes = new Map<AnyNode, Set<string>>();
  const declare = (scope: AnyNode, names: string[]) => {
    const known = scopes.get(scope) ?? new Set();
    scopes.set(scope, known);
    for (const name of names) known.add(name);
  };
  fullAncestor(program, (current, _, ancestors) => {
    const node = current as AnyNode, outside = (ancestors as AnyNode[]).slice(0, -1);
    const block = outside.findLast(isScope)!;
    if (node.type === "VariableDeclaration") {
      const reaches = (scope: AnyNode) => isFunction(scope) || scope.type === "StaticBlock";
      const home = node.kind === "var" ? outside.findLast(reaches) ?? program : block;
      declare(home, node.declarations.flatMap(({ id }) => boundBy(id)));
    } else if (node.type === "ImportDeclaration") {
      declare(program, node.specifiers.map(({ local }) => local.name));
    } else if (node.type === "CatchClause" && node.param) {
      declare(node, boundBy(node.param));
    } else if (node.type === "ClassDeclaration") {
      if (node.id) declare(block, [node.id.name]);
    } else if (node.type === "ClassExpression" && node.id) {
      declare(node, [node.id.name]);
    } else if (isFunction(node)) {
      const { type, id, params } = node as AnyNode & { id?: Identifier | null; params: Pattern[] };
      const own = type === "ArrowFunctionExpression" ? [] : ["arguments"];
      if (id) declare(type === "FunctionDeclaration" ? block : node, [id.name]);
      declare(node, [...own, ...params.flatMap(boundBy)]);
    }
  });
  return scopes;
}

/** Id of the figure that a call saves, if it saves one. */
function savedBy({ callee, arguments: [id] }: CallExpression): string[] {
  const name = callee.type === "MemberExpression" ? callee.property : callee;
  if (name.type !== "Identifier" || name.name !== "save" || id === undefined) return [];
  if (id.type === "Literal" && typeof id.value === "string") return [id.value];
  if (id.type !== "TemplateLiteral") return ["*"];
  return [id.quasis.map(({ value }) => value.cooked ?? value.raw).join("*")];
}

function isCallOf(name: string, { callee }: { callee: Expression | { type: "Super" } }): boolean {
  return callee.type === "Identifier" && callee.name === name;
}

/**
 * Reads a code cell.
 *
 * A change that a method of one's own makes (`model.train()`) is not seen: methods of arrays, maps
 * and sets, assignments and `delete` are.
 *
 * @throws {SyntaxError} If the cell cannot be read.
 */
export function cellNames(source: string): CellNames {
  const { code } = transform(source, {
    transforms: ["typescript"],
    disableESTransforms: true,
    keepUnusedImports: true,
  });
  const program = parse(code, {
    ecmaVersion: "latest",
    sourceType: "module",
    allowAwaitOutsideFunction: true,
  });
  const scopes = declarationsOf(program);
  const uses = new Set<string>(), changes = new Set<string>();
  const saves: string[] = [];
  let prepares = program.body.some((node) =>
    node.type === "ImportDeclaration" && node.specifiers.length === 0
  );
  fullAncestor(program, (current, _, ancestors, type) => {
    const node = current as AnyNode;
    const isForeign = (name: string) =>
      !(ancestors as AnyNode[]).some((scope) => scopes.get(scope)?.has(name));
    // The walk calls the same node by several types; only these two mean that a name is mentioned.
    if (node.type === "Identifier") {
      if ((type === "Identifier" || type === "VariablePattern") && isForeign(node.name)) {
        uses.add(node.name);
      }
      return;
    }
    for (const { name } of changedBy(node)) if (isForeign(name)) changes.add(name);
    if (node.type !== "CallExpression") return;
    saves.push(...savedBy(node));
    prepares ||= isCallOf("parameters", node);
  });
  return { declares: scopes.get(program) ?? new Set(), changes, uses, saves, prepares };
}
