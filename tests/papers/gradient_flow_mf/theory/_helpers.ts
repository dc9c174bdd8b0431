/** What the tests of the theory share. */
import { assertLess } from "@std/assert";
import type { Matrix } from "lora-dynamics/linalg/mod.ts";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

/** `value` is `wanted` to a relative error. */
export function close(value: number, wanted: number, rel: number): void {
  assertLess(Math.abs(value / wanted - 1), rel, `${value} against ${wanted}`);
}

/** The problem S with the reference's start, which follows its bases from the same seed (C29). */
export function denseS(alpha: number): { problem: mf.Problem; start: mf.Adapters } {
  const problem = mf.problemS({ seed: "880" }), draws = portable(880);
  for (const count of [49, 36, 5]) draws.normals(count);
  return { problem, start: mf.startAdapters(problem, { start: "gauss", r: 3, alpha, draws }) };
}

/** The model by the classical Runge–Kutta method on its own four lines: the slow path. */
export function slowFlow(
  problem: mf.Problem,
  start: mf.Adapters,
  t: number,
  steps: number,
): mf.Adapters {
  const moved = (y: mf.Adapters, by: number, v: mf.Adapters): mf.Adapters =>
    Object.fromEntries(
      Object.entries(y).map(([name, x]: [string, Matrix]) => {
        const slope = v[name as keyof mf.Adapters]!.data;
        return [name, { ...x, data: x.data.map((value, i) => value + by * slope[i]) }];
      }),
    ) as unknown as mf.Adapters;
  let y = start;
  const h = t / steps;
  for (let i = 0; i < steps; i++) {
    const k1 = mf.velocity(problem, y), k2 = mf.velocity(problem, moved(y, h / 2, k1));
    const k3 = mf.velocity(problem, moved(y, h / 2, k2)),
      k4 = mf.velocity(problem, moved(y, h, k3));
    y = moved(moved(moved(moved(y, h / 6, k1), h / 3, k2), h / 3, k3), h / 6, k4);
  }
  return y;
}
