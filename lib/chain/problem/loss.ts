/**
 * Losses of one-pass SGD by their names, as expressions, or a reader's own.
 *
 * @module
 */
import { checkKeys, checkString, show } from "../../check.ts";
import { formulaOfTwo } from "../../gaussian/mod.ts";
import { fromList, type Listed, type Named } from "./listed.ts";

/** A loss `ℓ(p, y)` of prediction `p` and label `y`; SGD needs its slope alone. */
export interface ChainLoss {
  /** Name, for captions and messages. */
  readonly name: string;
  /** Slope `∂ℓ/∂p`; at a kink any number between its sides. */
  readonly slope: (p: number, y: number) => number;
  /** Value; for those who measure it. */
  readonly value?: (p: number, y: number) => number;
}

/** A reader's own loss: functions or expressions in `p` and `y`; a value as an expression is enough. */
export interface OwnLoss {
  /** Name; the expression when not given. */
  readonly name?: string;
  /** Slope `∂ℓ/∂p`. */
  readonly slope?: string | ((p: number, y: number) => number);
  /** Value. */
  readonly value?: string | ((p: number, y: number) => number);
}

/** A loss: a name of `chainLosses`, with its parameters, an expression in `p` and `y`, or one's own. */
export type LossChoice = string | Named | OwnLoss;

/** The slope that has its own loop. */
export const squareSlope = (p: number, y: number): number => p - y;

const sigmoid = (x: number) => {
  const e = Math.exp(-Math.abs(x));
  return (x > 0 ? 1 : e) / (1 + e);
};
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** Names of the built-in losses. */
export type LossName =
  | "square"
  | "absolute"
  | "huber"
  | "log-cosh"
  | "quantile"
  | "logistic"
  | "hinge";

/**
 * The built-in losses; `r = p − y`. Of the last two, the margin `y p` counts: a teacher with values
 * −1 and 1 gives classes, and any other weighs its samples by `|y|`.
 *
 * @example
 * ```ts
 * import { chainLosses } from "lora-dynamics/chain/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const known = ["square", "absolute", "huber", "log-cosh", "quantile", "logistic", "hinge"];
 * assertEquals(Object.keys(chainLosses), known);
 * const huber = chainLosses.huber.make({ delta: 2 });
 * assertEquals([huber.slope(1, 0), huber.slope(5, 0), huber.value?.(5, 0)], [1, 2, 8]);
 * ```
 */
export const chainLosses: Readonly<Record<LossName, Listed<Omit<ChainLoss, "name">>>> = {
  square: {
    what: "r^2/2",
    source: "Legendre 1805; Gauss 1809",
    parameters: {},
    make: () => ({ slope: squareSlope, value: (p, y) => (p - y) * (p - y) / 2 }),
  },
  absolute: {
    what: "|r|, slope 0 at 0",
    source: "Boscovich 1757; Laplace 1793",
    parameters: {},
    make: () => ({ slope: (p, y) => Math.sign(p - y), value: (p, y) => Math.abs(p - y) }),
  },
  huber: {
    what: "r^2/2 up to |r| = delta, delta |r| - delta^2/2 beyond",
    source: "Huber 1964",
    parameters: { delta: { value: 1, low: 0, high: Infinity } },
    make: ({ delta }) => ({
      slope: (p, y) => Math.max(-delta, Math.min(delta, p - y)),
      value: (p, y) => {
        const r = Math.abs(p - y);
        return r <= delta ? r * r / 2 : delta * (r - delta / 2);
      },
    }),
  },
  "log-cosh": {
    what: "log cosh r",
    source: "Green 1990",
    parameters: {},
    make: () => ({
      slope: (p, y) => Math.tanh(p - y),
      value: (p, y) => {
        const r = Math.abs(p - y);
        return r + Math.log1p(Math.exp(-2 * r)) - Math.LN2;
      },
    }),
  },
  quantile: {
    what: "(1 - level) r for r > 0, -level r below: its minimum is the quantile of y at level",
    source: "Koenker, Bassett 1978",
    parameters: { level: { value: 0.5, low: 0, high: 1 } },
    make: ({ level }) => ({
      slope: (p, y) => p > y ? 1 - level : p < y ? -level : 0,
      value: (p, y) => p > y ? (1 - level) * (p - y) : level * (y - p),
    }),
  },
  logistic: {
    what: "log(1 + exp(-y p))",
    source: "Cox 1958",
    parameters: {},
    make: () => ({
      slope: (p, y) => -y * sigmoid(-y * p),
      value: (p, y) => softplus(-y * p),
    }),
  },
  hinge: {
    what: "max(0, 1 - y p), slope 0 at y p = 1",
    source: "Cortes, Vapnik 1995",
    parameters: {},
    make: () => ({
      slope: (p, y) => y * p < 1 ? -y : 0,
      value: (p, y) => Math.max(0, 1 - y * p),
    }),
  },
};

const OWN = "an expression in p and y, or { name, slope }";

/**
 * The loss that a choice stands for, checked at the public door of what runs it. An expression in `p`
 * and `y` is the loss itself, differentiated symbolically: `"abs(p - y)^1.5"`; `{ slope: "…" }` gives
 * the slope and nothing else.
 *
 * @throws {RangeError} If a name is not known or a parameter out of range, or a slope is not that of
 * its value.
 * @throws {SyntaxError} If an expression cannot be read.
 * @throws {TypeError} If a parameter is not known or an object is no loss.
 */
export function lossOf(what: string, choice: LossChoice): ChainLoss {
  if (typeof choice === "string" && isExpression(choice)) {
    return { name: choice, ...formulaOfTwo(choice, ["p", "y"]) };
  }
  if (typeof choice === "object" && choice !== null && ("slope" in choice || "value" in choice)) {
    return ownLoss(what, choice as OwnLoss);
  }
  return fromList(what, "loss", choice, chainLosses, OWN);
}

/** Whether a text speaks of prediction or label; a misspelt name does not. */
function isExpression(text: string): boolean {
  return !Object.hasOwn(chainLosses, text) && /(?<![A-Za-z_])[py](?![A-Za-z_0-9])/.test(text);
}

function ownLoss(what: string, own: OwnLoss): ChainLoss {
  checkKeys(what, own, ["name", "slope", "value"], "loss");
  const formula = (key: "slope" | "value") => {
    const given = own[key];
    if (typeof given === "string") return formulaOfTwo(given, ["p", "y"]);
    if (given === undefined || typeof given === "function") return { value: given };
    throw new TypeError(
      `Cannot ${what} as loss.${key} must be a function of p and y or an expression: ` +
        `current value is ${show(given)}`,
    );
  };
  const value = formula("value");
  const slope = formula("slope").value ?? ("slope" in value ? value.slope : undefined);
  if (slope === undefined) {
    throw new TypeError(
      `Cannot ${what} as loss.slope must be given where loss.value is a function: it is missing`,
    );
  }
  const texts = [own.value, own.slope].filter((text) => typeof text === "string");
  const name = own.name ?? texts[0];
  checkString(what, "loss.name", name);
  const loss = { name: name as string, slope, value: value.value };
  checkSlope(what, loss);
  return loss;
}

/** Places without meaning, on both sides of `p = y` and of a margin. */
const PLACES = [[0.31, -0.83], [-0.57, 1.13], [1.71, 0.67], [-1.37, -0.41], [0.13, 2.89]];

/** Numbers, and where a value is given those of its differences, but for one place with a kink. */
function checkSlope(what: string, { name, slope, value }: ChainLoss): void {
  const h = 1e-5;
  let wrong = 0, found = "";
  for (const [p, y] of PLACES) {
    const here = slope(p, y);
    if (typeof here !== "number" || !Number.isFinite(here)) {
      throw new RangeError(
        `Cannot ${what} as the slope of the loss ${name} must be finite: ` +
          `current value at p = ${p}, y = ${y} is ${show(here)}`,
      );
    }
    if (value === undefined) continue;
    const wanted = (value(p + h, y) - value(p - h, y)) / (2 * h);
    if (Math.abs(here - wanted) <= 1e-4 * (1 + Math.abs(wanted))) continue;
    wrong++;
    found = `${here} at p = ${p}, y = ${y}, where differences give ${wanted}`;
  }
  if (wrong < 2) return;
  throw new RangeError(
    `Cannot ${what} as the slope of the loss ${name} must be that of its value: ` +
      `current value is ${found}`,
  );
}

/**
 * The loss that a name, a name with its parameters, or a reader's own value stands for.
 *
 * @throws {RangeError} If a name is not known or a parameter out of range.
 * @throws {TypeError} If a parameter is not known or an object is none.
 *
 * @example
 * ```ts
 * import { chainLoss } from "lora-dynamics/chain/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(chainLoss({ name: "huber", delta: 0.5 }).name, "huber (delta = 0.5)");
 * ```
 */
export function chainLoss(choice: LossChoice): ChainLoss {
  return lossOf("choose a loss", choice);
}
