/** A sweep of 24 cells of 0.2 s, for the cluster. */
import { grid, sweepFile, task } from "lora-dynamics/experiment/mod.ts";
import { stream } from "lora-dynamics/random/mod.ts";

/** Draws that depend on the seed, with numbers that JSON has no word for among them. */
export const draws = task(
  import.meta.url,
  "draws",
  async ({ a, ms }: { a: number; ms: number }, { seed }) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    const rng = stream(seed, "draws", a);
    return [{ t: 0, y: rng.uniform() }, { t: 1, y: [NaN, -0, -Infinity][a % 3] }];
  },
);

export default sweepFile({
  name: "draws",
  run: draws,
  cells: grid({ a: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], ms: 200 }),
  seeds: ["1", "2"],
});
