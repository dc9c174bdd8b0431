import type { Activation } from "../../../gaussian/mod.ts";

/** Kinks in `z` of a product of `σ(μz)` and `σ⋆(z)`. */
export function kinks(mu: number, student: Activation, teacher: Activation): number[] {
  const all = [...teacher.kinks, ...student.kinks.map((x) => x / mu)];
  return [...new Set(all)].sort((a, b) => a - b);
}
