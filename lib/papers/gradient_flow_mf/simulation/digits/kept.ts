/**
 * What a worker has made once and its next cells share: networks, features, bases.
 *
 * @module
 */

const ids = new WeakMap<object, number>();
let last = 0;

/** JSON in which a function stands as its number: two functions are equal if they are the same one. */
function textOf(key: unknown): string {
  return JSON.stringify(key, (_, value) => {
    if (typeof value !== "function") return value;
    if (!ids.has(value)) ids.set(value, ++last);
    return `function ${ids.get(value)}`;
  });
}

/**
 * The function with a memory of its last results, for keys that are plain but for functions.
 *
 * @param make Must not depend on anything but the key, and nobody may change what it returns.
 * @param most How many results are kept.
 */
export function kept<K, V>(make: (key: K) => V, most = 2): (key: K) => V {
  const known = new Map<string, V>();
  return (key) => {
    const text = textOf(key), before = known.get(text);
    if (before !== undefined) return before;
    const value = make(key);
    known.set(text, value);
    if (known.size > most) known.delete(known.keys().next().value!);
    return value;
  };
}
