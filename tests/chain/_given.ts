import type { Draws } from "lora-dynamics/chain/mod.ts";

/** What the children of a source of draws hand out, in order. */
export interface GivenDraws {
  /** Normals by the name of the child. */
  readonly normals?: Readonly<Record<string, ArrayLike<number>>>;
  /** χ² values by the name of the child. */
  readonly chi2?: Readonly<Record<string, ArrayLike<number>>>;
}

/**
 * Draws that hand out given numbers; `asked` collects the degrees of freedom that were asked for.
 * Asking for more numbers than there are is an error, but the tail of a block may be missing.
 */
export function given(
  { normals = {}, chi2 = {} }: GivenDraws,
  asked: number[] = [],
  path: readonly (string | number)[] = [],
): Draws {
  const name = path.join(" ");
  let normal = 0, square = 0;
  const nextNormal = () => {
    const list = normals[name] ?? [];
    if (normal >= list.length) throw new Error(`no normal left for "${name}"`);
    return list[normal++];
  };
  const nextSquare = (nu: number) => {
    const list = chi2[name] ?? [];
    if (square >= list.length) throw new Error(`no chi-square left for "${name}"`);
    asked.push(nu);
    return list[square++];
  };
  return {
    stream: (...steps) => given({ normals, chi2 }, asked, [...path, ...steps]),
    normal: nextNormal,
    chiSquare: nextSquare,
    fillNormal: (out) => {
      const left = (normals[name] ?? []).length - normal;
      if (left === 0) throw new Error(`no normal left for "${name}"`);
      for (let i = 0; i < Math.min(out.length, left); i++) out[i] = nextNormal();
      return out;
    },
    fillChiSquare: (out, nu) => {
      for (let i = 0; i < out.length; i++) out[i] = nextSquare(nu);
      return out;
    },
  };
}

/** `n` rows of `columns` normals. */
export function rows(n: number, columns: number, normal: () => number): number[][] {
  return Array.from({ length: n }, () => Array.from({ length: columns }, normal));
}

/** Columns of a matrix one after the other, as the chains take their samples. */
export function byColumns(matrix: number[][]): number[] {
  return matrix[0].flatMap((_, j) => matrix.map((row) => row[j]));
}

export function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}
