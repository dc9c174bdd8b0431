/**
 * Cost against size: time and memory of the exact chain and of direct SGD, ours and a peer's, against
 * the dimension and against the number of copies.
 *
 * @module
 */
import { type Figure, overlayFigure, type Point } from "lora-dynamics/figure/mod.ts";
import { DENO, DENO_DIR, ROOT } from "../../../lib/cli/paths.ts";
import { least } from "../compare.ts";
import { chain, direct } from "../loads.ts";
import { ownSide, PeerProcess } from "../side.ts";

const DIMENSIONS = [1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/** Largest dimension of direct SGD: some vectors of 80 MB. */
const MOST_DIRECT = 1e7;
const COPIES = [1, 10, 100, 1e3, 1e4, 1e5, 1e6];
/** Dimension at which copies are counted. */
const D = 1000;

const EXACT = "exact chain", DIRECT = "direct SGD";

/** Time of a step of a copy in seconds, and memory of the process in bytes. */
interface Cost {
  readonly seconds: number;
  readonly memory: number;
}

/** How long is measured: a run begins by filling its vectors, which is no step. */
const TIMES = { chain: { rounds: 3, seconds: 0.2 }, direct: { rounds: 2, seconds: 1 } };
type Kind = keyof typeof TIMES;

/** A run of ours in a process of its own, whose memory holds nothing else. */
async function ours(kind: Kind, d: number, copies: number): Promise<Cost> {
  const { success, stdout } = await new Deno.Command(DENO, {
    args: [
      ...["run", "--quiet", "--no-prompt", "--frozen", "--cached-only", "-P=bench"],
      ...[new URL(import.meta.url).pathname, kind, String(d), String(copies)],
    ],
    cwd: ROOT,
    env: { DENO_DIR },
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure ${kind} at d = ${d}, ${copies} copies`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The same of a peer in one process, whose most memory grows with the sizes. */
async function theirs(
  process: PeerProcess,
  kind: Kind,
  d: number,
  copies: number,
): Promise<Cost> {
  const load = kind === "chain" ? `chain of|${d}|${copies}` : `direct in|${d}`;
  const { memory } = await process.measure(load, 1);
  const { seconds } = await least((n) => process.measure(load, n), TIMES[kind]);
  return { seconds: seconds / copies, memory: memory ?? NaN };
}

/** What is drawn of a course: time in the one panel, memory in the other. */
class Course {
  readonly time: { lines: Point[]; means: Point[] } = { lines: [], means: [] };
  readonly memory: { lines: Point[]; means: Point[] } = { lines: [], means: [] };

  add(kind: "lines" | "means", series: string, x: number, cost: Cost): void {
    this.time[kind].push({ series, x, y: 1e9 * cost.seconds });
    this.memory[kind].push({ series, x, y: cost.memory / 1e6 });
  }
}

/** The figure, with Numba and NumPy as the peers. */
export async function cost(peers: Readonly<Record<Kind, PeerProcess>>): Promise<Figure> {
  const byDimension = new Course(), byCopies = new Course();
  const both = async (course: Course, series: string, x: number, sizes: [Kind, number, number]) => {
    course.add("lines", series, x, await ours(...sizes));
    course.add("means", series, x, await theirs(peers[sizes[0]], ...sizes));
  };
  for (const d of DIMENSIONS) await both(byDimension, EXACT, d, ["chain", d, 1000]);
  for (const d of DIMENSIONS.filter((d) => d <= MOST_DIRECT)) {
    await both(byDimension, DIRECT, d, ["direct", d, 1]);
  }
  for (const copies of COPIES) await both(byCopies, EXACT, copies, ["chain", D, copies]);
  const d = { label: "dimension /{d}", type: "log" as const };
  const copies = { label: "copies, /{d} = 10^{3}", type: "log" as const };
  const time = { label: "time of a step of a copy (ns)", type: "log" as const };
  const memory = { label: "memory of the process (MB)", type: "log" as const };
  return overlayFigure([
    { title: "time against dimension", x: d, y: time, ...byDimension.time },
    { title: "memory against dimension", x: d, y: memory, ...byDimension.memory },
    { title: "time against copies", x: copies, y: time, ...byCopies.time },
    { title: "memory against copies", x: copies, y: memory, ...byCopies.memory },
  ], {
    columns: 2,
    caption:
      "What a step of one-pass SGD costs, batch 1: CPU time per step and copy (a, c), and the memory " +
      "of the whole process, its language included (b, d; ours: held after a step, the peers': the " +
      "most so far). Lines: ours, the exact chain with 1000 copies and direct SGD with one. Symbols: " +
      "the same chain in Numba, direct SGD in NumPy. Direct SGD holds vectors of d numbers and is run " +
      "to d = 10⁷; in c and d the chain runs from one copy to a million.",
  });
}

if (import.meta.main) {
  const [kind, ...sizes] = Deno.args, [d, copies] = sizes.map(Number);
  const run = kind === "chain" ? chain(d, copies) : direct(d);
  const side = ownSide((steps) => run(steps * copies));
  await side(1);
  const memory = Deno.memoryUsage().rss, { seconds } = await least(side, TIMES[kind as Kind]);
  console.log(JSON.stringify({ seconds: seconds / copies, memory }));
}
