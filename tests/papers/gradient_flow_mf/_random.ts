/** Random problems with adapters, for properties that hold for all of them. */
import fc from "fast-check";
import { type Matrix, matrix } from "lora-dynamics/linalg/mod.ts";
import {
  type Adapters,
  aligned,
  frame,
  type Problem,
  rotated,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable, type PortableDraws } from "lora-dynamics/random/mod.ts";

/** A problem with adapters in general position. */
export interface RandomCase {
  /** What it is, for the report of a failure. */
  readonly of: Readonly<Record<string, unknown>>;
  /** The problem. */
  readonly problem: Problem;
  /** Adapters with entries of size one. */
  readonly adapters: Adapters;
  /** Further draws. */
  readonly draws: PortableDraws;
}

/** `rows × columns` normals. */
export function normal(draws: PortableDraws, rows: number, columns: number): Matrix {
  return matrix(rows, columns, draws.normals(rows * columns));
}

/** A frozen problem whose bases are the coordinates, with room for hidden directions of no use. */
function diagonal(
  { m, h, n, double }: { m: number; h: number; n: number; double: boolean },
  draws: PortableDraws,
): Problem {
  const values = (count: number) => [...draws.normals(count)].map((x) => 0.3 + Math.abs(x));
  const short = (a: number, b: number) =>
    Math.max(1, Math.min(a, b) - (draws.uniform() < 0.5 ? 1 : 0));
  return aligned({
    ...{ s2: values(short(m, h)), target: values(short(m, n)), m, h, n },
    ...(double ? { s1: values(short(h, n)) } : {}),
  });
}

/** Problems D and S of all shapes, with layers that are diagonal, square or not, or dense. */
export const randomCase: fc.Arbitrary<RandomCase> = fc.record({
  m: fc.integer({ min: 1, max: 6 }),
  h: fc.integer({ min: 1, max: 7 }),
  n: fc.integer({ min: 1, max: 6 }),
  r1: fc.integer({ min: 1, max: 4 }),
  r2: fc.integer({ min: 1, max: 4 }),
  double: fc.boolean(),
  kind: fc.constantFrom("diagonal", "dense", "turned"),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
}).map((of) => {
  const { m, h, n, r1, r2, double, kind, seed } = of, draws = portable(seed);
  const dense = (): Problem => ({
    w2: normal(draws, m, h),
    ...(double ? { w1: normal(draws, h, n) } : {}),
    target: normal(draws, m, n),
  });
  const problem = kind === "dense"
    ? dense()
    : kind === "diagonal"
    ? diagonal(of, draws)
    : rotated(diagonal(of, draws), {
      ...{ u: frame(draws, m, m), g: frame(draws, h, h), v: frame(draws, n, n) },
    });
  const adapters = {
    ...{ b1: normal(draws, h, r1), a1: normal(draws, r1, n) },
    ...(double ? { b2: normal(draws, m, r2), a2: normal(draws, r2, h) } : {}),
  };
  return { of, problem, adapters, draws };
});

/** Checks a property of all of them; a failure shows what the case was. */
export function forAll(numRuns: number, property: (given: RandomCase) => void): void {
  fc.assert(fc.property(randomCase, property), { seed: 17, numRuns });
}

/** Distance of two matrices relative to the second, entry by entry. */
export function distance(found: Matrix, wanted: Matrix): number {
  let size = 0, apart = 0;
  wanted.data.forEach((x, i) => {
    size = Math.max(size, Math.abs(x));
    apart = Math.max(apart, Math.abs(found.data[i] - x));
  });
  return apart === 0 ? 0 : apart / size;
}
