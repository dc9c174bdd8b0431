/**
 * Lists of losses and laws that a name chooses from.
 *
 * @module
 */
import { checkInside, checkKeys, show } from "../../check.ts";

/** A parameter of an entry: its default, and the open interval in which it must lie. */
export interface Parameter {
  /** Value when it is not given. */
  readonly value: number;
  /** It is larger than this. */
  readonly low: number;
  /** It is smaller than this. */
  readonly high: number;
}

/** An entry of a list: what it is, and how its parameters make it. */
export interface Listed<T> {
  /** Its law in one line. */
  readonly what: string;
  /** Where it comes from. */
  readonly source: string;
  /** Its parameters. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** What its parameters make, without its name. */
  readonly make: (parameters: Readonly<Record<string, number>>) => T;
}

/** A name of a list with its parameters, as JSON. */
export interface Named {
  /** Name. */
  readonly name: string;
  /** Its parameters, by their names. */
  readonly [parameter: string]: unknown;
}

/**
 * What a choice of an entry stands for, with a name that shows its parameters.
 *
 * @param key Key of the model, for messages.
 * @param own What else may stand there, for messages.
 * @throws {RangeError} If the name is not known or a parameter out of range.
 * @throws {TypeError} If the choice is none, or a parameter is not known.
 */
export function fromList<T>(
  what: string,
  key: string,
  choice: unknown,
  list: Readonly<Record<string, Listed<T>>>,
  own: string,
): T & { readonly name: string } {
  const options = (typeof choice === "string" ? { name: choice } : choice) as Named;
  const named = typeof options === "object" && typeof options?.name === "string";
  if (!named || !Object.hasOwn(list, options.name)) {
    const message = `Cannot ${what} as ${key} must be one of ${Object.keys(list).join(", ")}, ` +
      `${own}: current value is ${show(named ? options.name : choice)}`;
    throw named ? new RangeError(message) : new TypeError(message);
  }
  const { parameters, make } = list[options.name], keys = Object.keys(parameters);
  checkKeys(what, options, ["name", ...keys], `${key} ${options.name}`);
  const values = Object.fromEntries(keys.map((parameter) => {
    const { value, low, high } = parameters[parameter];
    const given = (options[parameter] ?? value) as number;
    checkInside(what, `${key}.${parameter}`, given, low, high);
    return [parameter, given];
  }));
  const shown = keys.map((parameter) => `${parameter} = ${values[parameter]}`).join(", ");
  return { ...make(values), name: shown === "" ? options.name : `${options.name} (${shown})` };
}
