import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { checkKeys } from "../lib/check.ts";
import { allDoors, type Door, refuses } from "./unknown_keys.ts";

/** What may have any key, with the reason: what is given there is the reader's data. */
const EXEMPT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  chain: {
    ".advance": "at every step; the doors of the chain have checked",
    ".advance, argument 2": "at every step; the doors of the chain have checked",
    ".advance, argument 3": "at every step; the doors of the chain have checked",
    ".make": "the inside of an entry; its choice by name is checked before",
    of: "a model, which may hold more than the steps read",
  },
  experiment: {
    agree: "numbers by the reader's names",
    "agree, argument 2": "numbers by the reader's names",
    atMost: "numbers by the reader's names",
    "atMost, argument 2": "numbers by the reader's names",
    grid: "the reader's parameters",
    measureAs: "numbers by the reader's names",
    parameters: "the reader's parameters",
    "resolve, argument 2": "the reader's parameters",
    stamp: "facts of the reader's notebook",
  },
  figure: {
    "band, argument 2": "options of Plot",
    "heat, argument 2": "options of Plot",
    "simulation, argument 2": "options of Plot",
    "theory, argument 2": "options of Plot",
  },
  linalg: { workspace: "shapes by the caller's names" },
  nn: {
    ".evaluate": "data, which may hold more than a network reads",
    ".lossAndGradient": "data, at every step",
    toSafetensors: "tensors by the reader's names",
    "train, argument 2": "data, which may hold more than a network reads",
  },
  "papers/convergence_rate": {
    ".factors": "the place that the library hands to a start",
    ".rate": "the sizes that the library hands to a rule",
    balancedFactors: "factors; a run has them, too",
    boundBounded: "a row of a run; all that is read is needed",
    boundLog: "a row of a run; all that is read is needed",
    boundSqrt: "a row of a run; all that is read is needed",
    checkLoss: "a loss of the reader's, which may be of any class",
    "Descent, argument 2": "factors; a run has them, too",
    "loraStep, argument 2": "factors; a run has them, too",
    remainderPaper: "a row of a run; all that is read is needed",
    remainderSharp: "a row of a run; all that is read is needed",
  },
  "papers/gradient_flow_mf": { ".factors": "the place that the library hands to a start" },
  "papers/lora_one": {
    "negativeGradient, argument 2": "factors; a start has them, too",
    criticalStrength: "sizes among the parameters of an experiment; all are needed",
    strengthUnit: "sizes among the parameters of an experiment; all are needed",
  },
  "papers/pre_training_hurts": {
    ".place": "the place that the library hands to a start",
    degradedRows: "two of the parameters of an experiment; both are needed",
  },
};

/** The doors of a room that take the key, each computed once. */
const takers = new Map<string, Promise<Door[]>>();

async function find(doors: readonly Door[]): Promise<Door[]> {
  const found: Door[] = [];
  for (const door of doors) if (!await refuses(door)) found.push(door);
  return found;
}

const rooms = allDoors();

function takersOf(room: string): Promise<Door[]> {
  const known = takers.get(room) ?? find(rooms.get(room) ?? []);
  takers.set(room, known);
  return known;
}

// What an example leaves behind when it is stopped half-way is no matter here.
const options = { sanitizeOps: false, sanitizeResources: false };

for (const room of rooms.keys()) {
  Deno.test(`a key that nobody knows is an error in ${room}`, options, async () => {
    const found = (await takersOf(room)).filter(({ name }) => !(name in (EXEMPT[room] ?? {})));
    assertEquals(found.map(({ name, file }) => `${name}, in an example of ${file}`), []);
  });
}

Deno.test("no exemption names a function that refuses, or that is not there", options, async () => {
  const needless: string[] = [];
  for (const [room, names] of Object.entries(EXEMPT)) {
    const found = (await takersOf(room)).map(({ name }) => name);
    needless.push(...Object.keys(names).filter((name) => !found.includes(name)));
  }
  assertEquals(needless, []);
});

Deno.test("the walk reaches options, methods, classes and objects with a name, in every paper", () => {
  const names = [...rooms].flatMap(([room, doors]) => doors.map(({ name }) => `${room} ${name}`));
  assertGreater(names.length, 300);
  for (
    const name of [
      ...["figure svg", "figure save, argument 3", "chain LinearChain", "nn .evaluate"],
      ...["papers/pre_training_hurts sgdRun", "papers/lora_one LoraDescent, argument 3"],
    ]
  ) assert(names.includes(name), name);
});

Deno.test("refuses() wants an error of ours that names the key", async () => {
  const door = { room: "", name: "", file: "" };
  const refused = (text: string) => refuses({ ...door, code: `throw new TypeError("${text}")` });
  assertEquals(await refused("Cannot run as options must have no keys: found zzUnknown"), true);
  assertEquals(await refused("Values are not equal: { zzUnknown: 1 }"), false);
  assertEquals(await refused("Cannot run as d must be > 0: current value is 0"), false);
  assertEquals(await refuses({ ...door, code: "" }), false);
});

Deno.test("checkKeys() finds unknown keys whether they are first or last, and asks own ones only", () => {
  const check = (value: unknown) => () => checkKeys("run", value, ["a", "b"]);
  for (const value of [{ c: 1, a: 1 }, { a: 1, c: 1 }]) {
    assertThrows(check(value), TypeError, 'no other keys than a, b: current value has "c"');
  }
  check({ b: 1 })();
  check(Object.create({ c: 1 }))();
});
