import type { Activation } from "../../../gaussian/mod.ts";

/** Kinks in `z` of a product of `σ(μz)` and `σ⋆(z)`. */
export function kinks(mu: number, student: Activation, teacher: Activation): number[] {
  const own = mu === 0 ? [] : student.kinks.map((x) => x / mu);
  return [...new Set([...teacher.kinks, ...own])].sort((a, b) => a - b);
}
