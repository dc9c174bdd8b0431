import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { windowExits } from "lora-dynamics/papers/pre_training_hurts/mod.ts";

/** `|m|` of the noiseless linear adapter, step by step. */
function descent(mu: number, m0: number, step: number, steps: number): number[] {
  let u = 0, m = m0, h = Math.sqrt(1 - m0 * m0);
  const curve = [m];
  for (let k = 0; k < steps; k++) {
    const along = mu + u * m - 1, across = u * h;
    const [du, dm, dh] = [m * along + h * across, u * along, u * across];
    [u, m, h] = [u - step * du, m - step * dm, h - step * dh];
    const length = Math.hypot(m, h);
    [m, h] = [m / length, h / length];
    curve.push(m);
  }
  return curve;
}

const setting = { student: "x", w0: 0.5, d: 100, batch: 1e12, step: 0.2, u0: 0 } as const;

Deno.test("windowExits() is the mean index of the steps whose mean overlap lies in the window", async () => {
  const rule = { level: 0.4, halfWidth: 0.06, maxSteps: 500 };
  const starts = [0.02, 0.05, 0.1], groups = [[0], [2], [0, 1, 2], [1, 1]];
  const rows = [await windowExits({ ...setting, ...rule, starts, groups })].flat();
  const curves = starts.map((m0) => descent(0.5, m0, 0.2, 400));
  groups.forEach((group, g) => {
    const mean = curves[0].map((_, k) =>
      group.reduce((sum, i) => sum + curves[i][k], 0) / group.length
    );
    const inside = mean.flatMap((m, k) => Math.abs(m - 0.4) <= 0.06 ? [k] : []);
    // A batch of 1e12 is a gradient with noise 1e-6.
    assertAlmostEquals(rows[g].exit!, inside.reduce((sum, k) => sum + k, 0) / inside.length, 1e-9);
    assertAlmostEquals(rows[g].m0, mean[0], 1e-15);
  });
});

Deno.test("windowExits() is null for a window that is never reached, and says what it needs", async () => {
  const cell = { ...setting, starts: [0.01], groups: [[0]], level: 0.9, halfWidth: 0.01 };
  assertEquals([await windowExits({ ...cell, maxSteps: 3 })].flat()[0].exit, null);
  await assertRejects(
    async () => await windowExits({ ...cell, maxSteps: 0 }),
    RangeError,
    "maxSteps",
  );
  const noisy = { ...cell, batch: 5, level: 0.5, maxSteps: 2000 };
  const runs = async (seed: string) => [await windowExits(noisy, { seed })].flat()[0].exit;
  assert(await runs("1") !== await runs("2") && await runs("1") === await runs("1"));
});
