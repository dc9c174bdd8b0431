/**
 * One step of a rule on two factors, whatever these are made of.
 *
 * @module
 */
import { checkFinite, checkKeys } from "../../check.ts";
import {
  type ChainRule,
  type Combination,
  isBlind,
  type Move,
  type Now,
  type Pair,
  type Products,
} from "./rule.ts";

/**
 * A factor that a rule moves: numbers, or vectors that are known in law. Vectors are counted: 0 is
 * the point, then the memory, then the gradient.
 */
export interface Factor {
  /** Inner product of two of its vectors. */
  inner(i: number, j: number): number;
  /**
   * Replaces point and memory by combinations of all vectors; row `i` of the table holds the
   * coefficients of the new vector `i`. Returns whether the new point is finite.
   */
  move(table: Float64Array): boolean;
}

/** A rule at work: it is asked for its move, and the factors are moved. */
export class RuleRun {
  /** Coefficients of the last move, one row for the new point and each new vector of the memory. */
  readonly table: Pair<Float64Array>;
  /** One move serves all copies, and nothing but the point is kept. */
  readonly plain: boolean;

  readonly #width: number;
  readonly #blind: boolean;
  #asked: Pair<number> | undefined;
  #askedAt = NaN;

  constructor(readonly what: string, readonly rule: ChainRule) {
    const rows = 1 + rule.memory;
    this.#width = rows + 1;
    this.table = {
      u: new Float64Array(rows * this.#width),
      omega: new Float64Array(rows * this.#width),
    };
    this.#blind = isBlind(rule);
    this.plain = this.#blind && rule.memory === 0;
  }

  /** Asks a rule that looks at no inner products, and leaves its move in `table`. */
  ask(t: number, step: Pair<number>): void {
    if (step === this.#asked && (t === this.#askedAt || this.rule.sees === "step")) return;
    this.#read(this.rule.step(new Blind(this.rule, t, step), new BlindGradient(this.rule)));
    [this.#asked, this.#askedAt] = [step, t];
  }

  /** One step of both factors; returns whether the new points are finite. */
  step(t: number, step: Pair<number>, { u, omega }: Pair<Factor>): boolean {
    if (this.#blind) this.ask(t, step);
    else {
      const { memory } = this.rule, last = memory + 1;
      const of = (i: number): Pair<Products> => ({
        u: products(u, i, memory),
        omega: products(omega, i, memory),
      });
      const kept = Array.from({ length: memory }, (_, i) => of(i + 1));
      this.#read(this.rule.step({ t, step, point: of(0), memory: kept }, of(last)));
    }
    const finite = u.move(this.table.u);
    return omega.move(this.table.omega) && finite;
  }

  #read(move: Move): void {
    const { what, rule: { name, memory }, table } = this;
    if (hasOthers(move, MOVE)) checkKeys(what, move, MOVE, `the move of rule "${name}"`);
    const kept = move.memory ?? [];
    if (!Array.isArray(kept) || kept.length !== memory) {
      throw new TypeError(
        `Cannot ${what} as the move of rule "${name}" must give ${memory} new vectors of memory: ` +
          `current value has ${Array.isArray(kept) ? kept.length : "no list of them"}`,
      );
    }
    this.#readRow(table.u, 0, move.u, "u");
    this.#readRow(table.omega, 0, move.omega, "omega");
    for (let i = 0; i < memory; i++) {
      this.#readRow(table.u, i + 1, kept[i]?.u, "u");
      this.#readRow(table.omega, i + 1, kept[i]?.omega, "omega");
    }
  }

  #readRow(table: Float64Array, row: number, parts: Combination, side: string): void {
    const { memory } = this.rule, at = row * this.#width;
    if (hasOthers(parts, COMBINATION)) {
      checkKeys(this.what, parts, COMBINATION, this.#where(row, side));
    }
    const shares = parts.memory ?? [];
    if (!Array.isArray(shares) || shares.length > memory) {
      throw new TypeError(
        `Cannot ${this.what} as memory of ${this.#where(row, side)} must be a list of at most ` +
          `${memory} numbers: current value is ${JSON.stringify(shares)}`,
      );
    }
    table[at] = this.#share(parts.point, row, side, "point");
    for (let i = 0; i < memory; i++) {
      table[at + 1 + i] = this.#share(shares[i], row, side, `memory[${i}]`);
    }
    table[at + 1 + memory] = this.#share(parts.gradient, row, side, "gradient");
  }

  /** A coefficient; NaN and infinity are left to the state, which reports them. */
  #share(value: unknown, row: number, side: string, part: string): number {
    if (value === undefined) return 0;
    if (typeof value === "number") return value;
    checkFinite(this.what, `${part} of ${this.#where(row, side)}`, value as number);
    return NaN;
  }

  /** The name of a new vector in messages. */
  #where(row: number, side: string): string {
    const vector = row === 0 ? side : `memory[${row - 1}].${side}`;
    return `${vector} in the move of rule "${this.rule.name}"`;
  }
}

const MOVE = ["u", "omega", "memory"], COMBINATION = ["point", "memory", "gradient"];

/** Whether there is something to complain about; costs nothing worth mentioning at every step. */
function hasOthers(value: object, known: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return true;
  for (const key in value) if (!known.includes(key)) return true;
  return false;
}

function products(factor: Factor, i: number, memory: number): Products {
  return {
    square: factor.inner(i, i),
    point: factor.inner(i, 0),
    memory: Array.from({ length: memory }, (_, j) => factor.inner(i, j + 1)),
  };
}

function refuse({ name, sees }: ChainRule, seen: string): never {
  throw new TypeError(
    `Cannot make a step as rule "${name}" must say what it looks at, here ${seen}: ` +
      `current value of sees is ${JSON.stringify(sees)}`,
  );
}

/** What a rule sees that promises to see less: looking further is an error, not a guess. */
class Blind implements Now {
  readonly #rule: ChainRule;
  readonly #t: number;

  constructor(rule: ChainRule, t: number, readonly step: Pair<number>) {
    this.#rule = rule;
    this.#t = t;
  }

  get t(): number {
    return this.#rule.sees === "time" ? this.#t : refuse(this.#rule, "the time");
  }

  get point(): never {
    return refuse(this.#rule, "the point");
  }

  get memory(): never {
    return refuse(this.#rule, "the memory");
  }
}

class BlindGradient implements Pair<Products> {
  readonly #rule: ChainRule;

  constructor(rule: ChainRule) {
    this.#rule = rule;
  }

  get u(): never {
    return refuse(this.#rule, "the gradient");
  }

  get omega(): never {
    return refuse(this.#rule, "the gradient");
  }
}
