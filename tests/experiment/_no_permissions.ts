/** What the room does where nothing is granted; run by its test in a process of its own. */
import {
  grid,
  parameters,
  provenance,
  settings,
  stamp,
  sweep,
} from "lora-dynamics/experiment/mod.ts";

const { commit, dirty, lockHash, cpu } = provenance();
const rows = await sweep({
  name: "in process",
  run: ({ x }) => ({ y: 2 * x }),
  cells: grid({ x: [1, 2] }),
});
stamp();
const P = parameters({ d: { quick: 2, full: 1 } });
console.log(
  JSON.stringify({ facts: [commit, dirty, lockHash, cpu], settings: settings(), P, rows }),
);
