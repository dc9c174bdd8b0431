/** Polynomial activations: x, He_k and finite Hermite series. */
import { checkFinite } from "../check.ts";
import type { Activation } from "./activation.ts";
import { differentiateSeries, evaluateSeries, factorial } from "./hermite.ts";

type Loops = Pick<Activation, "fill" | "fillValues">;

export function identityActivation(): Activation {
  return {
    ...polynomial("x", [0, 1], {
      fill(x, n, f, df) {
        for (let i = 0; i < n; i++) {
          f[i] = x[i];
          df[i] = 1;
        }
      },
      fillValues(x, n, f) {
        for (let i = 0; i < n; i++) f[i] = x[i];
      },
    }),
    f: (x) => x,
    df: () => 1,
    d2f: () => 0,
  };
}

export function hermiteActivation(k: number): Activation {
  const series = new Array<number>(k + 1).fill(0);
  series[k] = 1;
  const value = (x: number) => recurrence(k, x);
  const slope = (x: number) => k * recurrence(k - 1, x);
  return {
    ...polynomial(`He${k}`, series, LOW_DEGREE[k - 1] ?? recurrenceLoops(k)),
    f: value,
    df: slope,
    d2f: k === 1 ? () => 0 : (x) => k * (k - 1) * recurrence(k - 2, x),
    gradientScale: k * factorial(k),
  };
}

/**
 * Activation `σ = Σ_j c_j He_j` given by its Hermite coefficients, for instance `He₁ + a He₃`.
 *
 * All Gaussian moments of a pair of such activations are closed forms.
 *
 * Scale: `gradientScale` is 1.
 * Source: pre-training-hurts, spec §7.2.
 *
 * @param coefficients `c_0, c_1, …`, finite, at least one of them.
 * @param name Name to show; made from the coefficients when absent.
 * @throws {RangeError} If a coefficient is not finite.
 * @throws {TypeError} If there is no coefficient.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { hermiteSeries } from "lora-dynamics/gaussian/mod.ts";
 * const mixture = hermiteSeries([0, 1, 0, 0.5]);
 * assertEquals(mixture.name, "He1 + 0.5 He3");
 * assertEquals(mixture.f(2), 2 + 0.5 * (8 - 6));
 * ```
 */
export function hermiteSeries(coefficients: readonly number[], name?: string): Activation {
  const what = "build a Hermite series";
  if (!Array.isArray(coefficients) || coefficients.length === 0) {
    throw new TypeError(
      `Cannot ${what} as coefficients must be a non-empty array: current value is ${
        JSON.stringify(coefficients)
      }`,
    );
  }
  coefficients.forEach((c, j) => checkFinite(what, `coefficients[${j}]`, c));
  const words = coefficients.flatMap((c, j) =>
    c === 0 ? [] : [j === 0 ? `${c}` : c === 1 ? `He${j}` : `${c} He${j}`]
  );
  return polynomial(name ?? (words.join(" + ") || "0"), [...coefficients]);
}

/** The common part: everything from the series, with fast loops where there are any. */
function polynomial(name: string, series: readonly number[], loops?: Loops): Activation {
  const first = differentiateSeries(series);
  const second = differentiateSeries(first);
  const value = (x: number) => evaluateSeries(series, x);
  const slope = (x: number) => evaluateSeries(first, x);
  const curvature = (x: number) => evaluateSeries(second, x);
  const { fill, fillValues } = loops ?? {
    fill(x, n, f, df) {
      for (let i = 0; i < n; i++) {
        f[i] = evaluateSeries(series, x[i]);
        df[i] = evaluateSeries(first, x[i]);
      }
    },
    fillValues(x, n, f) {
      for (let i = 0; i < n; i++) f[i] = evaluateSeries(series, x[i]);
    },
  } satisfies Loops as Loops;
  return {
    name,
    f: value,
    df: slope,
    d2f: curvature,
    gradientScale: 1,
    odd: series.every((c, j) => c === 0 || j % 2 === 1),
    smooth: true,
    zeroMean: series[0] === 0,
    breakpoints: [],
    series,
    fill,
    fillValues,
    fillCurvatures(x, n, f, df, d2f) {
      fill(x, n, f, df);
      for (let i = 0; i < n; i++) d2f[i] = evaluateSeries(second, x[i]);
    },
  };
}

function recurrence(k: number, x: number): number {
  let low = 0;
  let high = 1;
  for (let j = 0; j < k; j++) {
    const next = x * high - j * low;
    low = high;
    high = next;
  }
  return high;
}

function recurrenceLoops(k: number): Loops {
  return {
    fill(x, n, f, df) {
      for (let i = 0; i < n; i++) {
        const v = x[i];
        let low = 1;
        let high = v;
        for (let j = 1; j < k; j++) {
          const next = v * high - j * low;
          low = high;
          high = next;
        }
        f[i] = high;
        df[i] = k * low;
      }
    },
    fillValues(x, n, f) {
      for (let i = 0; i < n; i++) f[i] = recurrence(k, x[i]);
    },
  };
}

const LOW_DEGREE: readonly Loops[] = [
  {
    fill(x, n, f, df) {
      for (let i = 0; i < n; i++) {
        f[i] = x[i];
        df[i] = 1;
      }
    },
    fillValues(x, n, f) {
      for (let i = 0; i < n; i++) f[i] = x[i];
    },
  },
  {
    fill(x, n, f, df) {
      for (let i = 0; i < n; i++) {
        const v = x[i];
        f[i] = v * v - 1;
        df[i] = 2 * v;
      }
    },
    fillValues(x, n, f) {
      for (let i = 0; i < n; i++) f[i] = x[i] * x[i] - 1;
    },
  },
  {
    fill(x, n, f, df) {
      for (let i = 0; i < n; i++) {
        const v = x[i];
        const square = v * v;
        f[i] = v * (square - 3);
        df[i] = 3 * square - 3;
      }
    },
    fillValues(x, n, f) {
      for (let i = 0; i < n; i++) f[i] = x[i] * (x[i] * x[i] - 3);
    },
  },
  {
    fill(x, n, f, df) {
      for (let i = 0; i < n; i++) {
        const v = x[i];
        const square = v * v;
        f[i] = (square - 6) * square + 3;
        df[i] = 4 * v * (square - 3);
      }
    },
    fillValues(x, n, f) {
      for (let i = 0; i < n; i++) {
        const square = x[i] * x[i];
        f[i] = (square - 6) * square + 3;
      }
    },
  },
];
