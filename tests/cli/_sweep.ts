/** The sweep that the tests of `deno task sweep` run: as a reader would write it. */
import { grid, sweepFile, task } from "lora-dynamics/experiment/mod.ts";

export const decay = task(
  import.meta.url,
  "decay",
  ({ rate }: { rate: number; ms: number }, { seed }) => {
    if (rate === 3 && seed === "2") throw new RangeError("rate 3 is not allowed here");
    return [{ t: 0, y: 1 }, { t: 1, y: Math.exp(-rate) }];
  },
);

export default sweepFile({
  name: "decay of modes",
  run: decay,
  cells: grid({ rate: [1, 2, 3], ms: 0 }),
  seeds: ["1", "2"],
});
