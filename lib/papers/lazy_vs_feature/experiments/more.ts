/**
 * Experiments on exactness, step-size policies, input laws, and settings of the paper's figures.
 *
 * @module
 */
import { byPreset, linspace, type Preset, sweep, type SweepRow } from "../../../experiment/mod.ts";
import {
  type ActivationName,
  ACTIVATIONS,
  INPUT_LAWS,
  type InputLaw,
  type ModelOptions,
  quantised,
} from "../model.ts";
import {
  generalCourses,
  type InputCell,
  inputCourses,
  LAW_NAMES,
  type LawCell,
  type LawName,
  type LawRow,
  lawTests,
  type Placement,
  type PolicyCell,
  type PolicyRow,
  policyRuns,
} from "../simulation/mod.ts";
import { type CourseRows, courseSweep, S, SEED } from "./runs.ts";
import { FASTEST } from "./times.ts";

/** Rows of two-sample tests. */
export type LawRows = SweepRow<LawCell, LawRow, string>[];

/** Rows of runs on other inputs. */
export type InputRows = SweepRow<InputCell, { copy: number; tau: number; m: number }, string>[];

/** Copies of the variants of A1 at the full preset; of the others 4000. */
function copiesOf(law: LawName): number {
  return law.includes("left factor") ? 3000 : /singular|batch|noise/.test(law) ? 1500 : 4000;
}

/** F2, C4, C29: two-sample tests of every chain (250 copies of each at the quick preset). */
export function exactness(preset: Preset, seed = SEED): Promise<LawRows> {
  const cells = LAW_NAMES.map((law) => ({
    law,
    copies: byPreset(preset, 250, copiesOf(law)),
    mistake: 1,
  }));
  return sweep({ name: "chains against direct SGD", run: lawTests, cells, seeds: [seed] });
}

/** C4, negative control: the chains take steps that are 1.3 times too long. */
export function mistaken(preset: Preset, seed = SEED): Promise<LawRows> {
  const cells = (["A3", "A4"] as const).map((law) => (
    { law, copies: byPreset(preset, 250, 4000), mistake: 1.3 }
  ));
  return sweep({ name: "chains with a mistake", run: lawTests, cells, seeds: [seed] });
}

/** E1: step sizes fixed, scheduled and controlled, model S, `n = 2000`. */
export function policies(preset: Preset): Promise<SweepRow<PolicyCell, PolicyRow, string>[]> {
  const cells = ([
    ["fixed", 0.05],
    ["fixed", 0.2],
    ["fixed", FASTEST],
    ["schedule", 0.2],
    ["controller", 0.05],
  ] as const).map(([policy, alpha]) => ({
    policy,
    alpha,
    early: FASTEST,
    model: S,
    n: 2000,
    copies: byPreset(preset, 2, 16),
    times: linspace(2, 60, 30),
  }));
  return sweep({ name: "step-size policies", run: policyRuns, cells, seeds: [SEED] });
}

/** Times of the runs on other inputs. */
export const INPUT_TIMES: readonly number[] = [1, 2, 3.5, 5, 7.5, 10, 12.5, 15, 17.5, 20];

/** F12, C24: other laws of the inputs, `d = 300`, whole inputs. */
export function inputLaws(preset: Preset, seed = SEED): Promise<InputRows> {
  const placements: Placement[] = ["localised", "delocalised"];
  const cells = placements.flatMap((placement) =>
    INPUT_LAWS.map((input) => ({
      input,
      placement,
      d: 300,
      k: 8,
      alpha: 0.1,
      copies: byPreset(preset, 6, placement === "localised" ? 32 : 16),
      times: INPUT_TIMES,
    }))
  ).filter(({ placement, input }) =>
    preset === "full" || placement === "localised" || input === "rademacher"
  );
  return sweep({ name: "input laws", run: inputCourses, cells, seeds: [seed] });
}

/** F12: the same laws in the base features alone, by the exact chain. */
export function featureLaws(preset: Preset): Promise<CourseRows> {
  return courseSweep(
    "laws of base features",
    INPUT_LAWS.map((law: InputLaw) => ({
      label: law,
      model: S,
      run: { n: 292, alpha: 0.1, m0: 0, law },
      times: INPUT_TIMES,
      copies: byPreset(preset, 32, 128),
    })),
  );
}

/** F13: whitened digits, 40 components, base in random and in principal directions. */
export function digitCourses(preset: Preset): Promise<InputRows> {
  const placements: Placement[] = ["delocalised", "localised"];
  const cells = placements.map((placement) => ({
    input: "digits" as const,
    placement,
    d: 40,
    k: 4,
    alpha: 0.1,
    copies: byPreset(preset, 64, 256),
    times: linspace(4, 60, 15),
  }));
  return sweep({ name: "digits", run: inputCourses, cells, seeds: [SEED] });
}

/** F16: four activations at half their best step scales, two sizes of the perturbation. */
export function activationCourses(
  preset: Preset,
  bestScale: (model: ModelOptions) => number,
): Promise<CourseRows> {
  const groups = [1 / 3, Math.SQRT1_2].flatMap((kappa) =>
    (["erf", "relu", "h2", "h3"] as const).map((activation) => {
      const model = { activation: ACTIVATIONS[activation], k: 9, kappa };
      return {
        label: `${activation} ${kappa}`,
        model,
        run: { n: 1000, alpha: bestScale(model) / 2 },
        times: linspace(2.5, 50, 20),
        copies: byPreset(preset, 4, 32),
      };
    })
  );
  return courseSweep("activations", groups);
}

/** F17: ReLU, `k = 20`, `d = 1000`, parts of `u` in the span of the base. */
export function tiltedCourses(
  preset: Preset,
): Promise<{ copy: number; tau: number; m: number; parallel: number }[]> {
  const model: ModelOptions = { activation: "relu", k: 20, kappa: Math.SQRT1_2 };
  const cells = [0, 0.25, 0.5, 0.75, 1].map((parallel) => ({
    model,
    d: 1000,
    alpha: 1,
    parallel,
    copies: byPreset(preset, 4, 24),
    times: linspace(2, 40, 20),
  }));
  return sweep({ name: "tilted directions", run: generalCourses, cells, seeds: [SEED] });
}

/** The left factor of F18: 12 signs `+`, 8 signs `−`, as a random draw may give. */
export const TYPICAL: readonly number[] = quantised(20, (i) => i < 12 ? 1 : -1);

/** F18: `h₃`, `k = 20`, a typical `c`, `n = 980`, at given sizes and step scales. */
export function interpolation(
  preset: Preset,
  groups: { xi: number; alpha: number; times: number[] }[],
): Promise<CourseRows> {
  return courseSweep(
    "interpolation",
    groups.map(({ xi, alpha, times }) => ({
      label: String(xi),
      model: { activation: "h3", k: 20, kappa: xi / Math.sqrt(20), c: TYPICAL },
      run: { n: 980, alpha },
      times,
      copies: byPreset(preset, 4, 32),
    })),
  );
}

/** F16: the same activations without a base, `d = 1000`, at half the best late step scale. */
export function indexCourses(
  preset: Preset,
  bestScale: (activation: ActivationName) => number,
): Promise<CourseRows> {
  return courseSweep(
    "single index",
    (["erf", "relu", "h2", "h3"] as const).map((activation) => ({
      label: activation,
      model: {
        activation: ACTIVATIONS[activation],
        k: 1,
        kappa: 1,
        c: [1],
        gram: [0],
        normalize: false,
      },
      run: { n: 1000, alpha: bestScale(activation) / 2 },
      times: linspace(2.5, 50, 20),
      copies: byPreset(preset, 4, 32),
    })),
  );
}
