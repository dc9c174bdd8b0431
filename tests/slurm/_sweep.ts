/** A sweep long enough to be disturbed: forty cells of a third of a second. */
import { sweepFile } from "lora-dynamics/experiment/mod.ts";
import { busy } from "../experiment/_sweep_tasks.ts";

export default sweepFile({
  name: "slurm",
  run: busy,
  cells: Array.from({ length: 20 }, (_, i) => ({ i, ms: 300 })),
  seeds: ["1", "2"],
});
