import { compile } from "./compile.ts";
import { parse } from "./parse.ts";

/**
 * The function of one variable that an expression stands for, such as a step size against time.
 *
 * It reads what `activation` reads, with the variable under another name, and asks nothing of the
 * function.
 *
 * @param text Expression.
 * @param variable Name of the variable.
 * @throws {SyntaxError} If the expression cannot be read.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formula } from "lora-dynamics/gaussian/mod.ts";
 *
 * const step = formula("t < 100 ? 0.2 : 2 / sqrt(t)", "t");
 * assertEquals([step(0), step(400)], [0.2, 0.1]);
 * ```
 */
export function formula(text: string, variable: string): (x: number) => number {
  const tree = parse(text, variable);
  return compile(tree, tree, tree).f;
}
