/**
 * How every task of `deno.json` is called. Here and not beside the tasks, because help and messages
 * come before set-up: nothing here needs a package.
 *
 * @module
 */
import { resolve } from "node:path";
import { type Arguments, type Option, type Usage, UsageError, type Words } from "./args.ts";
import { notebooksIn, paperNames } from "./files.ts";
import { inRoot, NOTEBOOKS, userFolder } from "./paths.ts";

/** The two amounts of work. */
export const PRESETS = ["quick", "full"] as const;

/** Where a sweep is computed. */
export const ENGINES = ["local", "slurm", "dry"] as const;

const PRESET: Option = {
  value: PRESETS.join("|"),
  choices: PRESETS,
  meaning: "quick for a look, full (the default) for the papers' numbers",
};
const JSON_TEXT: Option = { meaning: "JSON on standard output, text for people on standard error" };

/** Words that must be among known ones. */
function among(name: string, meaning: string, known: (args: Arguments) => string[]): Words {
  return {
    name,
    meaning,
    wrong(word, args) {
      const list = known(args);
      return list.includes(word) ? undefined : `one of ${list.join(", ")}`;
    },
  };
}

/** Folder of the notebooks that `reproduce` is to run, and their names. */
export function notebooksFor(args: Arguments): { folder: string; names: string[] } {
  const given = args.text("notebooks");
  const folder = given === undefined ? NOTEBOOKS : resolve(userFolder(), given);
  let names: string[] = [];
  try {
    names = notebooksIn(folder);
  } catch { /* reported below */ }
  if (names.length > 0) return { folder, names };
  throw new UsageError(
    `Cannot run reproduce as --notebooks must be a folder with notebooks: current value is "${folder}"`,
  );
}

/** Path of a file or folder as the user means it: from where they are, or else in the project. */
export function existing(word: string): string | undefined {
  return [resolve(userFolder(), word), inRoot(word)].find((path) => {
    try {
      return Deno.statSync(path) !== undefined;
    } catch {
      return false;
    }
  });
}

/** What the name of a new paper must be, if it is not. */
function wrongSlug(slug: string): string | undefined {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(slug) || slug.length > 32) {
    return "at most 32 small letters and digits, a letter first, words joined by dashes";
  }
  const rooms = Array.from(Deno.readDirSync(inRoot("lib"))).flatMap(({ name, isDirectory }) =>
    isDirectory ? [name] : []
  );
  const taken = [...new Set([...paperNames(), ...notebooksIn(NOTEBOOKS), ...rooms])].sort();
  return taken.includes(slug) ? `a new name: there are ${taken.join(", ")}` : undefined;
}

/** Usages of the tasks, by their names. */
export const USAGES = {
  setup: {
    about: "Sets everything up inside this folder: Deno, JupyterLab, packages, kernel. A second\n" +
      "run does nothing; every other task calls it.",
    examples: ["setup"],
  },
  lab: {
    about: "JupyterLab with the notebooks, for this computer alone.",
    words: {
      ...among("notebook", "the notebook to open", () => notebooksIn(NOTEBOOKS)),
      count: [0, 1],
    },
    options: {
      port: { value: "N", range: [1, 65535], meaning: "the port; by default the first free one" },
      ip: {
        value: "ADDRESS",
        meaning: "the address to listen at, such as 0.0.0.0 in a container; by default 127.0.0.1",
      },
      "no-browser": { meaning: "only print the address" },
    },
    examples: ["lab lora-one"],
  },
  reproduce: {
    about:
      "Runs notebooks through the real kernel: figures, executed copies and their pages. What\n" +
      "was executed is kept also when a cell fails. The exit code is not 0 if anything failed.",
    words: among(
      "notebook",
      "the notebooks to run; by default all",
      (args) => notebooksFor(args).names,
    ),
    options: {
      preset: PRESET,
      only: { value: "F3,E1", meaning: "only these figures, with the cells that they need" },
      out: { value: "DIR", meaning: "where results go; by default notebooks/figures" },
      jobs: {
        ...{ value: "N", short: "j", range: [1, 256] },
        meaning: "how many at a time; by default one per core",
      },
      json: JSON_TEXT,
      notebooks: { value: "DIR", meaning: "the folder of the notebooks; by default notebooks" },
    },
    examples: ["reproduce", "reproduce lora-one --only F3,E1 --preset quick --out try"],
  },
  site: {
    about:
      "The notebooks as pages to read, with all claims, all figures and the documentation: they\n" +
      "open from the disk or from any server, and ask nothing of the network.",
    words: among("notebook", "the notebooks; by default all", () => notebooksIn(NOTEBOOKS)),
    options: {
      out: {
        value: "DIR",
        meaning: "where the site goes, a new or empty folder or an earlier site; by default\n" +
          "notebooks/site",
      },
      preset: PRESET,
      base: {
        value: "PATH",
        meaning: "where it lies on its server, for the page of wrong addresses; by default\n" +
          "/lora-dynamics/",
      },
      from: {
        value: "DIR",
        meaning: "takes what an earlier reproduce has left there, and runs nothing; otherwise\n" +
          "the notebooks run, with figures in notebooks/figures",
      },
    },
    examples: ["site", "site --from notebooks/figures --out ~/site --base /"],
  },
  claims: {
    about: "Checks the claims of the papers without their notebooks.",
    words: among("notebook", "the papers, by notebook; by default all", paperNames),
    options: {
      preset: PRESET,
      only: { value: "C3,C7", meaning: "only these claims" },
      seed: { value: "TEXT", meaning: "seed of all draws; by default each paper's own" },
      seeds: {
        value: "N",
        range: [1, 1000],
        meaning: "repeats every claim whose draws follow the seed at N other seeds, named\n" +
          "other/1, other/2, ... (behind --seed TEXT: TEXT/other/1, ...); it must\n" +
          "hold at 95 % of them (19 of 20), and its control, a deliberately wrong law,\n" +
          "must fail at as many",
      },
      timeout: {
        value: "SECONDS",
        range: [1, 1e6],
        meaning: "longest time of one check, then it fails; one that never waits for anything\n" +
          "(a loop without await) cannot be stopped, and is judged when it ends",
      },
      json: {
        meaning: "all rows as JSON: statement, source, falsifier, evidence, measured,\n" +
          "expected, tolerance, every seed; the report goes to standard error",
      },
      latex: {
        meaning: "one \\newcommand per measured number; the report goes to standard error",
      },
      out: { value: "FILE", meaning: "writes the JSON or LaTeX into a file instead" },
    },
    notes: `Exit code: 0 if all claims hold, 1 if one does not, 2 for a wrong command line.

Names of LaTeX macros: the paper, the claim, the words of the number's key, letters only. Digits,
Greek letters and common signs become words: "b=100" of C17 in pre-training-hurts is
\\preTrainingHurtsCOneSevenBOneZeroZero. Two numbers with one name are an error.`,
    examples: [
      "claims lora-one --preset quick --only C3,C7",
      "claims lora-one --seeds 20 --json --out claims.json",
    ],
  },
  bench: {
    about: "Speed against NumPy, SciPy, PyTorch, JAX and Numba, interleaved in one run.",
    options: {
      only: { value: "a,c'", meaning: "only these loads, by their letters, or figures" },
      rounds: { value: "N", range: [1, 1000], meaning: "how often each is measured; by default 7" },
      python: { value: "PATH", meaning: "a Python that has the peers" },
      install: { meaning: "first puts the peers into .deno/bench (about 2 GB)" },
      json: JSON_TEXT,
      write: { meaning: "writes this machine's table and the figures into lib/site/guide" },
      strict: { meaning: "exit code 1 if a target is missed" },
    },
    examples: ["bench --install", "bench --only a,b --rounds 3", "bench --only figures --write"],
  },
  sweep: {
    about:
      "The sweep that a file declares, here, on workers, or on Slurm. What is finished is kept\n" +
      "beside the file and never computed again.",
    words: { name: "file", meaning: "a module with sweepFile(...) as its default", count: [1, 1] },
    options: {
      engine: {
        value: ENGINES.join("|"),
        choices: ENGINES,
        meaning: "here (the default), on Slurm, or what Slurm would get",
      },
      workers: { value: "N", range: [0, 256], meaning: "worker threads; 0 for none" },
      timeout: { value: "SECONDS", range: [1, 1e6], meaning: "longest time of one cell" },
      retry: { meaning: "also computes what has failed before" },
      resume: { meaning: "the same, and an error if nothing is there yet" },
      status: { meaning: "only says how far the sweep is" },
      collect: { value: "FILE", meaning: "writes all rows into a .csv or .parquet file" },
      folder: { value: "DIR", meaning: "where results are kept; by default beside the file" },
      throttle: { value: "N", range: [1, 1e6], meaning: "Slurm: array tasks at a time, 50" },
      minutes: { value: "N", range: [1, 1e6], meaning: "Slurm: length of an array task, 5" },
      chunk: { value: "N", range: [1, 1e9], meaning: "Slurm: cells of an array task" },
      sbatch: {
        value: "'OPTIONS'",
        meaning: "Slurm: more options of sbatch, quoted as in a shell",
      },
      prelude: {
        value: "'LINE'",
        meaning: "Slurm: a shell line before each task: 'module load x'",
      },
      "no-wait": { meaning: "Slurm: submits and returns" },
      manifest: { value: "FILE", internal: true, meaning: "the cells of a submission" },
      task: { value: "N", range: [0, 1e9], internal: true, meaning: "which part of them" },
    },
    examples: [
      "sweep study.ts --workers 4 --collect rows.csv",
      "sweep study.ts --engine slurm --sbatch='--partition=cpu --mem=2G'",
    ],
  },
  test: {
    about: "Everything that must hold: types, tests, notebooks; ends with N passed, N failed.",
    words: {
      name: "path",
      meaning: "only the tests in these files and folders",
      wrong: (word) => existing(word) ? undefined : "an existing file or folder",
    },
    examples: ["test", "test tests/ode"],
  },
  "test:slurm": {
    about: "Sweeps on a real Slurm of one node, where slurm-wlm is installed and root runs it.",
    examples: ["test:slurm"],
  },
  "test:browser": {
    about:
      "Every notebook run whole in Chromium, and in Firefox where it is installed, on its live\n" +
      "page and in JupyterLite, with Deno's verdicts on its claims; every page of the site in\n" +
      "Firefox; then the first notebook in JupyterLab: edited, run, interrupted.",
    words: among("notebook", "the notebooks; by default all", () => notebooksIn(NOTEBOOKS)),
    examples: ["test:browser", "test:browser lora-one"],
  },
  "new-paper": {
    about:
      "A further paper with one small result of each kind, all tests passing, to be replaced by\n" +
      "its own: notebook, model, theory, simulation, experiment, claims, tests.",
    words: {
      name: "slug",
      meaning: "its name in small letters, words joined by dashes",
      count: [1, 1],
      wrong: wrongSlug,
    },
    examples: ["new-paper rank-collapse"],
  },
  format: {
    about: "Formats all files, notebooks included, which lose their outputs.",
    options: { check: { meaning: "changes nothing: exit code 1 if something is not formatted" } },
    examples: ["format --check"],
  },
  npm: {
    about:
      "The library as a package for npm, with types: for Node, for pages, and for Deno without\n" +
      "this folder.",
    options: {
      out: {
        value: "DIR",
        meaning: "where it goes, a new or empty folder or an earlier package; by default .deno/npm",
      },
    },
    examples: ["npm --out ~/lora-dynamics"],
  },
  ok: {
    about: "The gate before a commit: format, lint, documentation, test, reproduce.",
    examples: ["ok"],
  },
  kernels: {
    about: "Compiles lib/kernels/assembly into the committed module.",
    options: { check: { meaning: "changes nothing: exit code 1 if the module is not fresh" } },
    examples: ["kernels --check"],
  },
} as const satisfies Record<string, Usage>;

/** Name of a task. */
export type TaskName = keyof typeof USAGES;
