import { compile, compileTwo } from "./compile.ts";
import { derivative } from "./derivative.ts";
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

/** A function of two variables with its slope in the first. */
export interface FormulaOfTwo {
  /** Value. */
  readonly value: (x: number, y: number) => number;
  /** Partial derivative in the first variable; at a kink one of the two sides or their mean. */
  readonly slope: (x: number, y: number) => number;
}

/**
 * The function of two variables that an expression stands for, such as a loss of prediction and
 * label, differentiated symbolically in the first.
 *
 * @param text Expression, as `formula` reads it.
 * @param variables Names of both variables.
 * @throws {SyntaxError} If the expression cannot be read.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formulaOfTwo } from "lora-dynamics/gaussian/mod.ts";
 *
 * const { value, slope } = formulaOfTwo("(p - y)^2 / 2 + p y", ["p", "y"]);
 * assertEquals([value(3, 1), slope(3, 1)], [5, 3]);
 * ```
 */
export function formulaOfTwo(text: string, [x, y]: readonly [string, string]): FormulaOfTwo {
  const tree = parse(text, x, y);
  return { value: compileTwo(tree), slope: compileTwo(derivative(tree)) };
}
