/**
 * Values as JSON that reads back as the same values: also numbers, dates, curves and symbols, for which JSON
 * has no word.
 *
 * @module
 */
import { named, nameOf } from "./named.ts";

/** A value has no word: the message names its place. */
export class NoWord extends Error {}

/** What JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const ODD: Record<string, number> = { NaN, Infinity, "-Infinity": -Infinity, "-0": -0 };

/** Words of functions that are known by what they answer, such as formats of ticks. */
export type Answers = Map<unknown, Map<unknown, string>>;

/**
 * A value in JSON; what JSON lacks becomes an object with the key `""`.
 *
 * @param place Where the value stands, for the message.
 * @param answers Functions with the answers that they gave.
 * @throws {NoWord} If there is no word for a part of it.
 */
export function toJson(value: unknown, place: string, answers: Answers = new Map()): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") {
    if (Object.is(value, -0)) return { "": "-0" };
    return Number.isFinite(value) ? value : { "": String(value) };
  }
  if (value === undefined) return { "": "undefined" };
  if (value instanceof Date) return { "": "date", ms: toJson(value.getTime(), place) };
  const known = nameOf(value);
  if (known !== undefined) return { "": known };
  const given = answers.get(value);
  if (given) {
    const said = [...given].map(([key, text]) => [toJson(key, place), text]);
    return { "": "words", said };
  }
  if (typeof value === "object") {
    if (Symbol.iterator in value) {
      return Array.from(value as Iterable<unknown>, (x, i) => toJson(x, `${place}[${i}]`, answers));
    }
    if ([Object.prototype, null].includes(Object.getPrototypeOf(value))) {
      return objectToJson(value, place, answers);
    }
  }
  throw new NoWord(`${place} is a ${typeof value === "object" ? kindOf(value) : typeof value}`);
}

/** The properties of an object that have a value. */
export function objectToJson(
  value: object,
  place: string,
  answers: Answers = new Map(),
): Record<string, Json> {
  if (Object.hasOwn(value, "")) throw new NoWord(`${place} has a property without a name`);
  return Object.fromEntries(
    Object.entries(value).filter(([, x]) => x !== undefined)
      .map(([key, x]) => [key, toJson(x, `${place}.${key}`, answers)]),
  );
}

function kindOf(value: object): string {
  return `${value.constructor?.name ?? "object"} without a name`;
}

/** The value that {@linkcode toJson} wrote. */
export function fromJson(json: Json): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map(fromJson);
  const word = json[""];
  if (typeof word !== "string") {
    return Object.fromEntries(Object.entries(json).map(([key, x]) => [key, fromJson(x)]));
  }
  if (word === "undefined") return undefined;
  if (Object.hasOwn(ODD, word)) return ODD[word];
  if (word === "date") return new Date(fromJson(json.ms) as number);
  if (word === "words") return answersOf(json.said as [Json, string][]);
  return named(word);
}

/** A function that gives the answers that were given, and a value as it is where there was none. */
function answersOf(said: readonly (readonly [Json, string])[]): (value: unknown) => string {
  const answers = new Map(said.map(([key, text]) => [keyOf(fromJson(key)), text]));
  return (value) => answers.get(keyOf(value)) ?? String(value);
}

function keyOf(value: unknown): unknown {
  return value instanceof Date ? `date ${value.getTime()}` : value;
}
