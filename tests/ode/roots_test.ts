import { assert, assertAlmostEquals, assertLessOrEqual } from "@std/assert";
import { findRoot } from "lora-dynamics/ode/mod.ts";
import golden from "../golden/roots.json" with { type: "json" };

type F = (x: number) => number;

/** The families of functions of Alefeld, Potra and Shi's test set. */
const FAMILIES: Readonly<Record<string, (...parameters: number[]) => F>> = {
  "01": () => (x) => Math.sin(x) - x / 2,
  "02": () => (x) => {
    let sum = 0;
    for (let i = 1; i <= 20; i++) sum += (2 * i - 5) ** 2 / (x - i * i) ** 3;
    return -2 * sum;
  },
  "03": (a, b) => (x) => a * x * Math.exp(b * x),
  "04": (n, a) => (x) => x ** n - a,
  "05": () => (x) => Math.sin(x) - 0.5,
  "06": (n) => (x) => 2 * x * Math.exp(-n) - 2 * Math.exp(-n * x) + 1,
  "07": (n) => (x) => (1 + (1 - n) ** 2) * x - (1 - n * x) ** 2,
  "08": (n) => (x) => x * x - (1 - x) ** n,
  "09": (n) => (x) => (1 + (1 - n) ** 4) * x - (1 - n * x) ** 4,
  "10": (n) => (x) => Math.exp(-n * x) * (x - 1) + x ** n,
  "11": (n) => (x) => (n * x - 1) / ((n - 1) * x),
  "12": (n) => (x) => x ** (1 / n) - n ** (1 / n),
  "13": () => (x) => (x === 0 || 1 / (x * x) > 709 ? 0 : x / Math.exp(1 / (x * x))),
  "14": (n) => (x) => (x <= 0 ? -n / 20 : n / 20 * (x / 1.5 + Math.sin(x) - 1)),
  "15": (n) => (x) =>
    x < 0 ? -0.859 : x > 0.002 / (1 + n) ? Math.E - 1.859 : Math.exp((n + 1) * x * 500) - 1.859,
};

/** Where all derivatives vanish, any x at which the function underflows is a root for doubles. */
const FLAT = "aps.13.00";

Deno.test("findRoot() solves the test set of Alefeld, Potra and Shi with Brent's calls and to the last digits", () => {
  let ours = 0, theirs = 0;
  for (const [name, parameters, bracket, root, calls] of golden.problems) {
    const f = FAMILIES[(name as string).slice(4, 6)](...parameters as number[]);
    const [a, b] = bracket as number[];
    let count = 0;
    const x = findRoot(
      (x) => {
        count++;
        return f(x);
      },
      a,
      b,
    );
    if (name === FLAT) {
      assert(f(x) === 0 && Math.abs(x) < 0.04, name);
      continue;
    }
    // Four machine epsilons of bracket, and as much where the published digits end; the roots of order n
    // are so flat that rounding of their values moves the root n by n² epsilons.
    const size = Math.abs(root as number),
      flat = (name as string).startsWith("aps.12") ? size ** 2 : 0;
    assertAlmostEquals(x, root as number, Number.EPSILON * (8 * size + flat), String(name));
    // One call looks for a pole; rounding of f may tip single steps.
    assertLessOrEqual(count, (calls as number) + 4, `calls of ${name}`);
    ours += count - 1;
    theirs += calls as number;
  }
  assertLessOrEqual(ours, 1.02 * theirs, "calls of all problems");
});
