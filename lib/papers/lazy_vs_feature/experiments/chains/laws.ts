/**
 * The processes whose chains are tested, and the change of each that a test must see.
 *
 * @module
 */
import { checkKeys, checkString } from "../../../../check.ts";
import { ERF } from "../../activations.ts";
import type { LawSetting } from "../../simulation/laws.ts";

/** A process that is tested. */
export interface Law {
  /** Name, for figures. */
  readonly name: string;
  /** The process. */
  readonly setting: LawSetting;
  /** Steps after which copies are read. */
  readonly looks: readonly number[];
  /** What a control changes in the chain, by name: a test that does not see it says nothing. */
  readonly controls: Readonly<Record<string, LawSetting>>;
}

/** Names of the built-in processes. */
export const LAW_NAMES = [
  "A1",
  "A1, ReLU",
  "A1, correlated base",
  "A1, base of Claim 2",
  "A1, wrong signs",
  "A1, batch of 2",
  "A1, label noise",
  "A1, momentum",
  "A1, Rademacher features",
  "A2",
  "A3",
  "A4",
  "adapter",
  "general u",
  "A6",
  "A7",
] as const;

/** Name of a built-in process. */
export type LawName = (typeof LAW_NAMES)[number];

/** A process: a name, or a reader's own. */
export type LawLike = LawName | Law;

/** A setting with other options of its run: one degree of freedom too many, unless others are named. */
function changed(setting: LawSetting, change: object = { extraDegrees: 1 }): LawSetting {
  return { ...setting, run: { ...setting.run, ...change } } as LawSetting;
}

const KAPPA = 0.7, model = { activation: "h3", k: 3, kappa: KAPPA } as const;
/** Few directions, large steps, a start at `m = 0.3`: what hides in high dimension is large here. */
const run = { n: 3, alpha: 0.75, m0: 0.3 } as const;
const tanh = { ...model, activation: "tanh(2z)" } as const;

/** Fine-tuning with changes of the model and the run. */
function tuned(spec: object, options: object, usual: object = run): LawSetting {
  return {
    kind: "fine-tuning",
    model: { ...model, ...spec },
    run: { ...usual, ...options },
  } as LawSetting;
}

/** A process with the usual control and others. */
function law(
  name: LawName,
  setting: LawSetting,
  looks: readonly number[],
  controls: Readonly<Record<string, LawSetting>> = {},
): Law {
  return {
    ...{ name, setting, looks },
    controls: { "one degree of freedom more": changed(setting), ...controls },
  };
}

const noisy = tuned({}, { noise: 0.5, alpha: 2 });
const LOOKS = [3, 12];

/** The built-in processes. Controls of a kind of their own name a mistake that a chain could make. */
const LAWS: Readonly<Record<LawName, Law>> = {
  "A1": law("A1", tuned({}, {}), LOOKS),
  "A1, ReLU": law("A1, ReLU", tuned({ activation: "relu" }, { alpha: 8 }), LOOKS),
  "A1, correlated base": law(
    "A1, correlated base",
    tuned({ base: { correlation: 0.9 }, c: "plus", k: 8 }, { alpha: 0.2 }),
    [4, 20],
    {
      "correlations × 0.8": tuned({ base: { correlation: 0.72 }, c: "plus", k: 8 }, { alpha: 0.2 }),
    },
  ),
  "A1, base of Claim 2": law(
    "A1, base of Claim 2",
    tuned({ base: "claim 2" }, { alpha: 1 }),
    LOOKS,
  ),
  "A1, wrong signs": law("A1, wrong signs", tuned({ hatC: { flipped: 1 } }, { alpha: 3 }), LOOKS),
  "A1, batch of 2": law("A1, batch of 2", tuned({}, { batch: 2, alpha: 1.5 }), LOOKS),
  "A1, label noise": law("A1, label noise", noisy, LOOKS, {
    "its variance for its deviation": changed(noisy, { noise: 0.25 }),
  }),
  "A1, momentum": law("A1, momentum", tuned(tanh, { n: 4, alpha: 3, momentum: 0.7 }), LOOKS),
  "A1, Rademacher features": law(
    "A1, Rademacher features",
    tuned({ kappa: 1.5 }, { law: "rademacher", alpha: 2 }),
    LOOKS,
  ),
  "A2": law(
    "A2",
    tuned({ hatC: [0.5, 0.3, 0.2] }, { algorithm: "joint", alpha: 6, batch: 2, ratio: 0.7 }),
    LOOKS,
  ),
  "A3": law(
    "A3",
    tuned(tanh, { algorithm: "free", alpha: 6 }, { n: 3 }),
    LOOKS,
  ),
  "A4": law(
    "A4",
    tuned({ ...tanh, hatC: { flipped: 1 } }, { algorithm: "lazy", alpha: 2 }, { n: 3 }),
    LOOKS,
  ),
  "adapter": law(
    "adapter",
    tuned({ ...tanh, hatC: { flipped: 1 } }, { algorithm: "adapter", alpha: 4, ratio: 0.5 }),
    [2, 6],
  ),
  "general u": law("general u", {
    kind: "general u",
    model: { ...model, base: { correlation: 0.5 } },
    run: { d: 6, alpha: 2, parallel: 0.6, m0: 0.3 },
  }, LOOKS),
  "A6": law("A6", {
    kind: "all weights",
    model: { activation: ERF, k: 2, kappa: 1, c: "plus" },
    run: { d: 5, eta: 3 },
  }, [2, 6]),
  "A7": law("A7", { kind: "plane", run: { d: 5, eta: 2 } }, LOOKS),
};

/**
 * The process that a choice stands for.
 *
 * @throws {RangeError} If a name is not known.
 * @throws {TypeError} If an object is no process.
 */
export function lawOf(choice: LawLike): Law {
  if (typeof choice === "string") {
    if (Object.hasOwn(LAWS, choice)) return LAWS[choice];
    throw new RangeError(`it must be one of ${LAW_NAMES.join("; ")}: current value is "${choice}"`);
  }
  checkKeys("test a law", choice, ["name", "setting", "looks", "controls"], "a process");
  checkString("test a law", "name", choice.name);
  if (!Array.isArray(choice.looks) || typeof choice.setting !== "object") {
    throw new TypeError("it must be { name, setting, looks, controls }");
  }
  return {
    ...choice,
    controls: choice.controls ?? { "one degree of freedom more": changed(choice.setting) },
  };
}
