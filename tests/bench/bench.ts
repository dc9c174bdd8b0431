/**
 * `deno task bench`: every load against its peers, interleaved in one run on CPU time.
 *
 * @module
 */
import { cpus } from "node:os";
import { type Arguments, runTask, UsageError } from "../../lib/cli/args.ts";
import { DENO_VERSION, inRoot, userFolder } from "../../lib/cli/paths.ts";
import { USAGES } from "../../lib/cli/usages.ts";
import { resolve } from "node:path";
import { type Figure, svg } from "lora-dynamics/figure/mod.ts";
import { type BenchRow, compare, MARGIN } from "./compare.ts";
import { cost } from "./figures/cost.ts";
import { GROUPS, workPrecision } from "./figures/work_precision.ts";
import { writeDrawing, writeSection } from "./guide.ts";
import { LOADS } from "./loads.ts";
import { benchTable } from "./report.ts";
import { PeerProcess } from "./side.ts";

/** Where `--install` puts the peers. */
const VENV = inRoot(".deno", "bench");

/** Variables that choose kernels for an old library, or for another processor. */
const CHOICES = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];

/** What `--only` calls the figures. */
const FIGURES = "figures";

/** The letter of a load's family. */
function family(name: string): string {
  return name.slice(0, name.indexOf(":"));
}

function chosen(only: string | undefined) {
  if (only === undefined) return LOADS;
  const known = [...new Set(LOADS.map(({ name }) => family(name))), FIGURES];
  const letters = only.split(",").map((letter) => letter.trim());
  for (const letter of letters) {
    if (known.includes(letter)) continue;
    throw new UsageError(
      `Cannot run bench as --only must list some of ${known.join(", ")}: ` +
        `current value is "${letter}"`,
    );
  }
  return LOADS.filter(({ name }) => letters.includes(family(name)));
}

async function install(): Promise<void> {
  const steps = [
    ["python3", "-m", "venv", VENV],
    [
      `${VENV}/bin/python`,
      "-m",
      "pip",
      "install",
      "-r",
      new URL("requirements.txt", import.meta.url).pathname,
    ],
  ];
  for (const [program, ...args] of steps) {
    const { success } = await new Deno.Command(program, { args }).spawn().status;
    if (!success) throw new Error(`Cannot install the peers as ${program} ${args.join(" ")} fails`);
  }
}

/** Name of the processor. */
const processor = () => cpus()[0]?.model.trim() || "an unknown processor";

/** How the numbers were measured. */
function protocol(versions: Map<string, string>): string {
  const peers = [...versions].map(([name, version]) => `${name} ${version}`).join(", ");
  return `${new Date().toISOString().slice(0, 10)}, Deno ${DENO_VERSION}${
    peers && `; ${peers}`
  }. ` +
    `One thread on either side, variables that choose kernels (${CHOICES.join(", ")}) unset; CPU ` +
    "time, least of the rounds; ratio: median over the rounds of the peer's time over ours, above 1 " +
    `ours is faster; a target counts as reached from ${100 * (1 - MARGIN)} % of it on.`;
}

/** A figure of the guide, and the peers without which it is not drawn. */
interface Drawing {
  readonly file: string;
  readonly libraries: readonly string[];
  readonly draw: (peers: Readonly<Record<string, PeerProcess>>) => Promise<Figure>;
}

const DRAWINGS: readonly Drawing[] = [
  ...GROUPS.map(({ file, problems }): Drawing => (
    { file, libraries: ["scipy"], draw: ({ scipy }) => workPrecision(problems, scipy) }
  )),
  {
    file: "speed-cost.svg",
    libraries: ["numba", "numpy"],
    draw: ({ numba, numpy }) => cost({ chain: numba, direct: numpy }),
  },
];

/** Measures for the figures and draws them into the guide; without a peer the last one stays. */
async function writeFigures(python: string): Promise<void> {
  for (const { file, libraries, draw } of DRAWINGS) {
    console.error(`bench: ${file}`);
    const peers: Record<string, PeerProcess> = {};
    try {
      for (const name of libraries) peers[name] = await PeerProcess.start(python, name);
      await writeDrawing(file, svg(await draw(peers)));
    } catch (error) {
      console.error(`not drawn: ${file}, as ${(error as Error).message}`);
    } finally {
      for (const peer of Object.values(peers)) await peer.close();
    }
  }
}

/** What has kept rows from being measured, and how to get it. */
function sayMissing(rows: readonly BenchRow[]): void {
  const missing = new Set(rows.flatMap(({ missing }) => missing ? [missing.name] : []));
  if (missing.size === 0) return;
  const hints = [
    ...(missing.delete("OpenBLAS") ? ["OpenBLAS, which deno task setup installs"] : []),
    ...(missing.size === 0 ? [] : [
      `${[...missing].join("; ")}. deno task bench --install puts the peers into .deno/bench ` +
      `(about 2 GB); --python PATH takes those of another Python`,
    ]),
  ];
  console.error(`\nmissing: ${hints.join("; ")}`);
}

async function bench(args: Arguments): Promise<number> {
  const only = args.text("only"), loads = chosen(only), write = args.flag("write");
  const figures = write &&
    (only === undefined || only.split(",").some((x) => x.trim() === FIGURES));
  if (loads.length === 0 && !write) {
    throw new UsageError("Cannot run bench as --only figures needs --write: it is not given");
  }
  const rounds = args.integer("rounds") ?? 7;
  const json = args.flag("json");
  if (args.flag("install")) await install();
  const given = args.text("python");
  const python = given === undefined ? `${VENV}/bin/python` : resolve(userFolder(), given);

  // Before OpenBLAS is opened here; peers begin with what this process has.
  for (const name of CHOICES) Deno.env.delete(name);
  const processes = new Map<string, Promise<PeerProcess>>();
  const versions = new Map<string, string>();
  const processOf = (library: string) => {
    let process = processes.get(library);
    if (!process) {
      process = PeerProcess.start(python, library);
      process.then(({ version }) => versions.set(library, version), () => {});
      processes.set(library, process);
    }
    return process;
  };

  const rows: BenchRow[] = [];
  try {
    for (const [i, load] of loads.entries()) {
      console.error(`bench: ${i + 1} of ${loads.length}, ${load.name}`);
      rows.push(...await compare(load, { rounds, seconds: 0.2, process: processOf }));
    }
  } finally {
    for (const process of processes.values()) await process.then((p) => p.close(), () => {});
  }

  const text = `${benchTable(rows)}\n\n_${protocol(versions)}_`;
  if (json) console.log(JSON.stringify(rows, null, 2));
  else if (rows.length > 0) console.log(`\n${text}`);
  sayMissing(rows);
  // A table of some loads would take the place of one of all.
  if (write && loads.length === LOADS.length) await writeSection(processor(), text);
  else if (write && loads.length > 0) {
    console.error("not written: the table, as --only leaves loads out");
  }
  if (figures) await writeFigures(python);
  const faults = rows.filter(({ fault }) => fault);
  for (const { load, peerName, ratio } of faults) {
    console.error(
      `fault: ${load}, ${peerName}: a ratio of ${
        ratio!.toPrecision(3)
      } to compiled code says that ` +
        "something else than the load was timed",
    );
  }
  const missed = rows.filter(({ pass }) => pass === false).length;
  console.error(`${rows.filter(({ pass }) => pass).length} targets reached, ${missed} missed`);
  return args.flag("strict") && missed + faults.length > 0 ? 1 : 0;
}

if (import.meta.main) await runTask("bench", USAGES.bench, bench);
