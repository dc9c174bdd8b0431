/**
 * What a declaration binds.
 *
 * @module
 */
import type { AssignmentProperty, Pattern } from "acorn";

/** Names bound by a pattern. */
export function boundBy(pattern: Pattern): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((part) =>
        boundBy(part.type === "RestElement" ? part.argument : (part as AssignmentProperty).value)
      );
    case "ArrayPattern":
      return pattern.elements.flatMap((part) => part === null ? [] : boundBy(part));
    case "RestElement":
      return boundBy(pattern.argument);
    case "AssignmentPattern":
      return boundBy(pattern.left);
    default: // a member: it binds nothing
      return [];
  }
}
