/**
 * Stand-in for `jsr:@std/assert` on networks that do not reach JSR: the assertions that the tests
 * use, with the signatures of the real package, over `node:assert/strict`.
 *
 * @module
 */
import assertStrict from "node:assert/strict";

/** The error that every assertion of this module throws. */
export const AssertionError: typeof assertStrict.AssertionError = assertStrict.AssertionError;

// deno-lint-ignore no-explicit-any -- the real signatures accept constructors with any arguments
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

function fail(message: string, suffix?: string): never {
  throw new AssertionError({ message: suffix ? `${message}: ${suffix}` : message });
}

function checkError<E extends Error>(
  error: unknown,
  errorClass?: ErrorClass<E>,
  includes?: string,
  msg?: string,
): E {
  if (!(error instanceof Error)) fail(`A non-Error was thrown: ${String(error)}`, msg);
  if (errorClass && !(error instanceof errorClass)) {
    fail(`Expected error of class ${errorClass.name}, got ${error.name}: ${error.message}`, msg);
  }
  if (includes !== undefined && !error.message.includes(includes)) {
    fail(`Expected error message to include "${includes}", got "${error.message}"`, msg);
  }
  return error as E;
}

/** Asserts that `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) fail(msg || "Expected a truthy value");
}

/** Asserts that `expr` is falsy. */
export function assertFalse(expr: unknown, msg = ""): void {
  if (expr) fail(msg || "Expected a falsy value");
}

/** Asserts deep strict equality. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  assertStrict.deepStrictEqual(actual, expected, msg);
}

/** Asserts deep inequality. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  assertStrict.notDeepStrictEqual(actual, expected, msg);
}

/** Asserts identity by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (!Object.is(actual, expected)) fail(`Values are not identical: ${actual}, ${expected}`, msg);
}

/** Asserts `|actual − expected| ≤ tolerance`; the default tolerance is `|expected|·1e-7`. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const bound = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected) * 1e-7 : 1e-7);
  const delta = Math.abs(expected - actual);
  if (!(delta <= bound)) {
    fail(`Expected ${actual} to be close to ${expected}: delta ${delta} exceeds ${bound}`, msg);
  }
}

/** Asserts `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) fail(`Expected ${actual} > ${expected}`, msg);
}

/** Asserts `actual ≥ expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) fail(`Expected ${actual} >= ${expected}`, msg);
}

/** Asserts `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) fail(`Expected ${actual} < ${expected}`, msg);
}

/** Asserts `actual ≤ expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) fail(`Expected ${actual} <= ${expected}`, msg);
}

/** Asserts that `actual` is neither `null` nor `undefined`. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) fail("Expected a value, got none", msg);
}

/** Asserts that `actual` is an instance of `expectedType`. */
export function assertInstanceOf<E extends Error>(
  actual: unknown,
  expectedType: ErrorClass<E>,
  msg = "",
): asserts actual is E {
  if (!(actual instanceof expectedType)) fail(`Expected an instance of ${expectedType.name}`, msg);
}

/** Asserts that the string `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) fail(`Expected "${actual}" to include "${expected}"`, msg);
}

/** Asserts that the string `actual` matches `expected`. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) fail(`Expected "${actual}" to match ${expected}`, msg);
}

/** Asserts that `fn` throws; returns the error. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass?: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E {
  try {
    fn();
  } catch (error) {
    return checkError(error, errorClass, msgIncludes, msg);
  }
  return fail("Expected function to throw", msg);
}

/** Asserts that the promise of `fn` rejects; returns the error. */
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E> {
  try {
    await fn();
  } catch (error) {
    return checkError(error, errorClass, msgIncludes, msg);
  }
  return fail("Expected function to reject", msg);
}
