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
import { type BenchRow, compare } from "./compare.ts";
import { LOADS } from "./loads.ts";
import { benchTable } from "./report.ts";
import { PeerProcess } from "./side.ts";

/** Where `--install` puts the peers. */
const VENV = inRoot(".deno", "bench");

const BEGIN = "<!-- bench: deno task bench --write writes what follows -->";
const END = "<!-- end of bench -->";

/** The letter of a load's family. */
function family(name: string): string {
  return name.slice(0, name.indexOf(":"));
}

function chosen(only: string | undefined) {
  if (only === undefined) return LOADS;
  const known = [...new Set(LOADS.map(({ name }) => family(name)))];
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

/** What the numbers were measured on. */
function machine(versions: Map<string, string>): string {
  const peers = [...versions].map(([name, version]) => `${name} ${version}`).join(", ");
  return `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? "unknown processor"}, ` +
    `Deno ${DENO_VERSION}${
      peers && `; ${peers}`
    }. One thread, CPU time, least of the rounds; ratio: ` +
    "median over the rounds of the peer's time over ours, above 1 ours is faster.";
}

/** Puts a text between the markers of the guide, whole or not at all. */
async function writeTable(text: string): Promise<void> {
  const path = inRoot("lib", "site", "guide", "speed.md");
  const guide = await Deno.readTextFile(path);
  const from = guide.indexOf(BEGIN), to = guide.indexOf(END);
  if (from < 0 || to < from) {
    throw new Error(`Cannot write the table as the guide must hold ${BEGIN}`);
  }
  const fresh = `${guide.slice(0, from)}${BEGIN}\n\n${text}\n\n${guide.slice(to)}`;
  await Deno.writeTextFile(`${path}.tmp`, fresh);
  await Deno.rename(`${path}.tmp`, path);
}

async function bench(args: Arguments): Promise<number> {
  const loads = chosen(args.text("only"));
  const rounds = args.integer("rounds") ?? 7;
  const json = args.flag("json");
  if (args.flag("install")) await install();
  const given = args.text("python");
  const python = given === undefined ? `${VENV}/bin/python` : resolve(userFolder(), given);

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

  const text = `${benchTable(rows)}\n\n_${machine(versions)}_`;
  if (json) console.log(JSON.stringify(rows, null, 2));
  else console.log(`\n${text}`);
  if (args.flag("write")) await writeTable(text);
  const missing = new Set(rows.flatMap(({ missing, peerName }) => missing ? [peerName] : []));
  if (missing.size > 0) {
    console.error(
      `\nmissing: ${[...missing].join("; ")}. deno task bench --install puts the peers into ` +
        `.deno/bench (about 2 GB); --python PATH takes those of another Python`,
    );
  }
  const missed = rows.filter(({ pass }) => pass === false).length;
  console.error(`${rows.filter(({ pass }) => pass).length} targets reached, ${missed} missed`);
  return args.flag("strict") && missed > 0 ? 1 : 0;
}

if (import.meta.main) await runTask("bench", USAGES.bench, bench);
