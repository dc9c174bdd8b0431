/**
 * Fine-tuning on the digits by every method, update rule and learning rate: figure F15 and its table.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  param,
  type Refuse,
  type Row,
  type SweepRow,
  type Values,
} from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import {
  DIGITS_METHODS,
  DIGITS_OPTIMIZERS,
  type DigitsCell,
  type DigitsMethod,
  digitsMethod,
  type DigitsMethodEntry,
  type DigitsMethodName,
  digitsOptimizer,
  type DigitsOptimizerEntry,
  type DigitsRow,
  digitsRun,
  directionsPerRank,
} from "../../simulation/mod.ts";
import { bestRates, type Mean, verdicts } from "./best_rates.ts";
import { digitsFigure, digitsRatesFigure } from "./digits_figure.ts";
import { checkSetting, seedsParameter, settingOf, settingParameters } from "./setting.ts";

/** A list for every method, or lists by the name of the method, `others` for those not named. */
export type MethodRates = readonly number[] | Readonly<Record<string, readonly number[]>>;

/** Learning rates by the name of the update rule. */
export type DigitsRates = Readonly<Record<string, MethodRates>>;

function checkList(name: string, list: unknown): void {
  const good = Array.isArray(list) && list.length > 0 && list.every((x) => x > 0 && x < Infinity);
  if (!good) throw new RangeError(`${name} must have a list of finite numbers > 0`);
  if (new Set(list).size < list.length) throw new RangeError(`rates of ${name} must differ`);
}

function checkRates(rates: DigitsRates): void {
  for (const [rule, given] of Object.entries(rates)) {
    if (Array.isArray(given) || typeof given !== "object" || given === null) checkList(rule, given);
    else Object.entries(given).forEach(([name, list]) => checkList(`${name} by ${rule}`, list));
  }
}

/** The learning rates of a method by an update rule; none where none are given. */
function ratesFor(rates: DigitsRates, rule: string, method: string): readonly number[] {
  const given = rates[rule] as MethodRates | undefined;
  if (given === undefined || Array.isArray(given)) return (given ?? []) as readonly number[];
  const named = given as Readonly<Record<string, readonly number[]>>;
  return named[method] ?? named.others ?? [];
}

/**
 * Rates around the optimum of each method, which was looked for among 15 and 12 rates from 0.003 to 2 and 0.3 with
 * the seeds 0 to 4: the ends lose.
 */
const BRACKETS = {
  GD: {
    ...{ "Full": [0.7, 1, 1.4], "LoRA": [0.07, 0.1, 0.14], "LoRA+": [0.01, 0.02, 0.03] },
    ...{ "rsLoRA": [0.03, 0.05, 0.07], "PiSSA": [0.02, 0.03, 0.05], "LoRA-GA": [0.07, 0.1, 0.14] },
    ...{ "LoRA-One": [0.05, 0.07, 0.1], "others": [0.05, 0.07, 0.1, 0.14] },
  },
  Adam: {
    ...{ "Full": [0.1, 0.2, 0.3], "LoRA": [0.04, 0.06, 0.1], "LoRA+": [0.01, 0.02, 0.03] },
    ...{ "rsLoRA": [0.03, 0.06, 0.08], "PiSSA": [0.03, 0.06, 0.1], "LoRA-GA": [0.06, 0.08, 0.1] },
    ...{ "LoRA-One": [0.03, 0.05, 0.1], "others": [0.03, 0.06, 0.1] },
  },
};

/**
 * Parameters of {@linkcode digits}.
 *
 * @internal Public for its type only; the experiment lists them.
 */
export const digitsParameters = {
  methods: param.values<DigitsMethodEntry>(
    Object.keys(DIGITS_METHODS) as DigitsMethodName[],
    "what is compared",
    digitsMethod,
    `one of ${Object.keys(DIGITS_METHODS).join(", ")}, or a record ` +
      "{ name, start, gamma, ... } or { name, factors: ({ gradient, weight, r }) => ({ a, b }) }",
  ),
  optimizers: param.values<DigitsOptimizerEntry>(
    ["GD", "Adam"],
    "update rules; panels (a) and (b) show the last one. Own rules are settings of these: a step " +
      "of another form has no place in the network's optimizer yet",
    digitsOptimizer,
    `one of ${Object.keys(DIGITS_OPTIMIZERS).join(", ")}, or a record { name, method, beta1, ... }`,
  ),
  rates: param.value<DigitsRates>(
    BRACKETS,
    "learning rates by the name of the update rule: a list for all methods, or lists by the name of the method, " +
      '"others" for those not named',
    checkRates,
    "lists of learning rates by the names of the optimizers (and of the methods)",
  ),
  steps: param.integer(150, "steps of the fine-tuning", { least: 1 }),
  threshold: param.number(0.3, "training loss that counts as learnt, panel (c)", { above: 0 }),
  ceiling: param.number(50, "training loss above which a run counts as diverged", { above: 0 }),
  ...settingParameters,
  seeds: seedsParameter(["0", "1", "2", "3", "4"]),
};

/** A row of {@linkcode digits}: a step of a run. */
export type DigitsResult = SweepRow<DigitsCell, DigitsRow, string>;

function check(p: Values<typeof digitsParameters>, refuse: Refuse): void {
  checkSetting(p, refuse);
  const methods = p.methods.map(digitsMethod), names = methods.map(({ name }) => name);
  const rules = p.optimizers.map((entry) => digitsOptimizer(entry).name);
  if (new Set(names).size < names.length) refuse("methods", "of different names", names);
  if (new Set(rules).size < rules.length) refuse("optimizers", "of different names", rules);
  const known = [...new Set([...rules, ...Object.keys(DIGITS_OPTIMIZERS)])];
  for (const rule of rules) {
    const without = names.find((name) => ratesFor(p.rates, rule, name).length === 0);
    if (without) {
      refuse("rates", `given for ${rules.join(", ")} and ${without}, or others`, p.rates);
    }
  }
  const unknown = Object.keys(p.rates).filter((name) => !known.includes(name));
  if (unknown.length > 0) refuse("rates", `of known optimizers, ${known.join(", ")}`, unknown);
  const most = Math.min(10, p.hidden);
  const wide = methods.find((method) => directionsPerRank(method) * p.rank > most);
  if (!wide) return;
  refuse(
    "rank",
    `at most ${Math.floor(most / 2)} for ${wide.name}, which takes 2r directions`,
    p.rank,
  );
}

/** A mean in the table: numbers, so that they can be set in LaTeX as they are. */
function columnsOf(name: string, { mean, se }: Mean): Row {
  return { [name]: mean, [`± ${name}`]: se };
}

/**
 * Final loss, steps and accuracy of every method, by every update rule, at every learning rate.
 *
 * The network learns some digits, then others through adapters on both layers. The table has each
 * method at its best rate and says where that lies in the grid: an optimum at an end says nothing of
 * the method. Source: ours, a small stand-in for the paper's Figure 1 and Tables 2 and 3.
 *
 * @example A finer grid for two methods, and a start of one's own.
 * ```ts
 * import { digits, STARTS } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { table } = await digits({
 *   preset: "quick",
 *   steps: 5,
 *   pretraining: 5,
 *   methods: ["LoRA", { ...STARTS["LoRA-One"], name: "half a step", gamma: 0.5 }],
 *   optimizers: ["Adam"],
 *   rates: { Adam: [0.01, 0.03, 0.1] },
 * });
 * assertEquals(table().map(({ method }) => method), ["LoRA", "half a step"]);
 * ```
 */
export const digits: Experiment<
  typeof digitsParameters,
  DigitsResult[],
  Figure,
  { rates: Figure }
> = experiment({
  name: "digits",
  about: "Fine-tuning on digits: every method, by every update rule, at every learning rate.",
  parameters: digitsParameters,
  quick: { methods: ["LoRA", "LoRA-GA", "LoRA-One"], optimizers: ["Adam"] },
  check,
  run: async (p, { sweep }) => {
    const methods = p.methods.map(digitsMethod), updates = p.optimizers.map(digitsOptimizer);
    const { steps, threshold, ceiling, seeds } = p, rules = updates.map(({ name }) => name);
    const cells = (adapters: readonly DigitsMethod[]): DigitsCell[] =>
      updates.flatMap((update) =>
        adapters.flatMap((adapter) =>
          ratesFor(p.rates, update.name, adapter.name).map((rate) => ({
            ...{ method: adapter.name, adapter, optimizer: update.name, update, rate, steps },
            ...{ threshold, ceiling, ...settingOf(p) },
          }))
        )
      );
    const own = methods.filter((method) => "factors" in method);
    const named = cells(methods.filter((method) => !own.includes(method as never)));
    // A few runs are over before two workers have started and trained their networks.
    const here = named.length * seeds.length * steps <= 1500 ? { workers: 0 } : {};
    const rows = await sweep({ run: digitsRun, cells: named, seeds, ...here });
    if (own.length === 0) return rows;
    // A function does not travel: by themselves, such cells run in this process.
    const more = await sweep({ run: digitsRun, cells: cells(own), seeds });
    const place = ({ optimizer, method }: DigitsResult) =>
      rules.indexOf(optimizer) * methods.length + methods.findIndex(({ name }) => name === method);
    return [...rows, ...more].toSorted((x, y) => place(x) - place(y));
  },
  figure: (rows, p) => digitsFigure(rows, p),
  figures: { rates: (rows, p) => digitsRatesFigure(rows, p) },
  table: (rows, { threshold }) =>
    bestRates(rows).map((
      { optimizer, method, rate, place, loss, steps, accuracy, diverged },
      i,
    ) => ({
      ...{
        optimizer,
        method,
        rate,
        "in its grid": place,
        "against the best": verdicts(rows)[i].verdict,
      },
      ...columnsOf("training loss", loss),
      ...columnsOf(`steps to ${threshold}`, steps),
      ...columnsOf("test accuracy", accuracy),
      "diverged runs": diverged,
    })),
});
