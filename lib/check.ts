/**
 * Checks of arguments at the public doors: every message names the argument, the wanted state and
 * the value found.
 *
 * @module
 */

/** Text of a rejected value, short and unambiguous (`"7"` is a string, `7` is a number). */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) {
    const text = asJson(value) ?? Object.prototype.toString.call(value);
    return text.length > 60 ? `${text.slice(0, 57)}...` : text;
  }
  return String(value);
}

/** JSON of an object, with the words that JSON has none for; nothing if it is circular. */
function asJson(value: object): string | undefined {
  const words = (_: string, entry: unknown) =>
    typeof entry === "function" || (typeof entry === "number" && !Number.isFinite(entry))
      ? `\u0000${show(entry)}`
      : entry;
  try {
    return JSON.stringify(value, words)?.replace(/"\\u0000([^"]*)"/g, "$1");
  } catch {
    return undefined;
  }
}

function reject(what: string, name: string, wanted: string, value: unknown): never {
  const message = `Cannot ${what} as ${name} must ${wanted}: current value is ${show(value)}`;
  throw typeof value === "number" ? new RangeError(message) : new TypeError(message);
}

/** `true` or `false`, not a text or a number that stands for it. */
export function checkBoolean(what: string, name: string, value: unknown): void {
  if (typeof value === "boolean") return;
  const message = `Cannot ${what} as ${name} must be true or false: current value is ${
    show(value)
  }`;
  throw new TypeError(message);
}

/** A finite number. */
export function checkFinite(what: string, name: string, value: number): void {
  if (typeof value !== "number" || !Number.isFinite(value)) reject(what, name, "be finite", value);
}

/** A Float64Array, with exactly `length` entries when that is given. */
export function checkFloats(what: string, name: string, value: unknown, length?: number): void {
  if (value instanceof Float64Array && (length === undefined || value.length === length)) return;
  const wanted = length === undefined ? "a Float64Array" : `a Float64Array of ${length} entries`;
  const found = value instanceof Float64Array ? `one of ${value.length}` : show(value);
  throw new TypeError(`Cannot ${what} as ${name} must be ${wanted}: current value is ${found}`);
}

/** An integer `≥ least` (and `≤ most`, when given). */
export function checkInteger(
  what: string,
  name: string,
  value: number,
  least: number,
  most = Infinity,
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const range = most === Infinity ? `>= ${least}` : `from ${least} to ${most}`;
  reject(what, name, `be an integer ${range}`, value);
}

/** A finite number in the open interval `(low, high)`. */
export function checkInside(
  what: string,
  name: string,
  value: number,
  low: number,
  high: number,
): void {
  if (typeof value === "number" && value > low && value < high) return;
  reject(what, name, `lie in (${low}, ${high})`, value);
}

/**
 * An object without other keys than the known ones: a misspelt option is an error that lists what
 * there is, never a default that is taken in silence.
 */
export function checkKeys(
  what: string,
  options: unknown,
  known: readonly string[],
  name = "options",
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const message = `Cannot ${what} as ${name} must be an object: current value is ${
      show(options)
    }`;
    throw new TypeError(message);
  }
  // The usual answer allocates nothing, so that functions which are called often can afford to ask.
  let all = true;
  for (const key in options) all &&= known.includes(key);
  if (all) return;
  const unknown = Object.keys(options).filter((key) => !known.includes(key));
  if (unknown.length === 0) return;
  const wanted = known.length === 0 ? "no keys" : `no other keys than ${known.join(", ")}`;
  const found = unknown.map(show).join(", ");
  throw new TypeError(`Cannot ${what} as ${name} must have ${wanted}: current value has ${found}`);
}

/** An object with the given methods, which `kind` describes, e.g. `"a stream"`. */
export function checkMethods(
  what: string,
  name: string,
  value: unknown,
  kind: string,
  methods: readonly string[],
): void {
  const has = (key: string) => typeof (value as Record<string, unknown>)[key] === "function";
  if (typeof value === "object" && value !== null && methods.every(has)) return;
  throw new TypeError(
    `Cannot ${what} as ${name} must be ${kind}: current value is ${show(value)}`,
  );
}

/** A finite number `≥ 0`. */
export function checkNonNegative(what: string, name: string, value: number): void {
  if (typeof value === "number" && value >= 0 && value < Infinity) return;
  reject(what, name, "be a finite number >= 0", value);
}

/** One of the listed strings; the message shows the list. */
export function checkOneOf<T extends string>(
  what: string,
  name: string,
  value: string,
  known: readonly T[],
): T {
  if ((known as readonly string[]).includes(value)) return value as T;
  const message = `Cannot ${what} as ${name} must be one of ${known.join(", ")}: ` +
    `current value is ${show(value)}`;
  throw typeof value === "string" ? new RangeError(message) : new TypeError(message);
}

/** A finite number `> 0`. */
export function checkPositive(what: string, name: string, value: number): void {
  if (typeof value === "number" && value > 0 && value < Infinity) return;
  reject(what, name, "be a finite number > 0", value);
}

/** Finite numbers in strictly increasing order. */
export function checkSorted(what: string, name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    checkFinite(what, `${name}[${i}]`, values[i]);
    if (i > 0 && !(values[i] > values[i - 1])) {
      reject(
        what,
        `${name}[${i}]`,
        `be greater than ${name}[${i - 1}] = ${values[i - 1]}`,
        values[i],
      );
    }
  }
}

/** A string. */
export function checkString(what: string, name: string, value: unknown): void {
  if (typeof value === "string") return;
  throw new TypeError(
    `Cannot ${what} as ${name} must be a string: current value is ${show(value)}`,
  );
}

/** A number in the closed interval `[low, high]`. */
export function checkWithin(
  what: string,
  name: string,
  value: number,
  low: number,
  high: number,
): void {
  if (typeof value === "number" && value >= low && value <= high) return;
  reject(what, name, `lie in [${low}, ${high}]`, value);
}
