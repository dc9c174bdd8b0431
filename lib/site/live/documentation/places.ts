/**
 * What a place in code belongs to: a dotted name, a call, an object of options.
 *
 * @module
 */

/** Strings and comments: what looks like code in them is none. */
const QUOTED =
  /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** The code with strings and comments as blanks, places unchanged. */
export function blanked(code: string): string {
  return code.replace(QUOTED, (text) => text.replace(/[^\n]/g, " "));
}

/** The dotted name around a place. */
export function nameAt(code: string, at: number): string {
  const before = /[\w$.]*$/.exec(code.slice(0, at))![0];
  const after = /^[\w$]*/.exec(code.slice(at))![0];
  return (before + after).replace(/^\.+|\.+$/g, "");
}

/** Place of the innermost bracket of these kinds that is open there. */
export function opening(code: string, at: number, kinds: string): number | undefined {
  let closed = 0;
  for (let place = at - 1; place >= 0; place--) {
    if (")]}".includes(code[place])) closed++;
    else if ("([{".includes(code[place])) {
      if (closed === 0 && kinds.includes(code[place])) return place;
      if (closed === 0 && kinds === "{") return undefined;
      closed = Math.max(closed - 1, 0);
    }
  }
  return undefined;
}

/** Commas outside of all brackets: the number of the argument behind them. */
export function commas(code: string): number {
  let text = code, inner = text;
  do {
    text = inner;
    inner = text.replace(/[(\[{][^()\[\]{}]*[)\]}]/g, "");
  } while (inner !== text);
  return text.split(",").length - 1;
}
