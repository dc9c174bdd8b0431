/**
 * The model on one screen as a run: every vector has `d` entries, and nothing is clever.
 *
 * @module
 */
import { stepSizes } from "../../../../chain/mod.ts";
import { sphere, type Stream } from "../../../../random/mod.ts";
import { type Adapter, sgdStep, type SingleIndex } from "../../model.ts";
import { adapterStart } from "../../starts.ts";
import type { AdapterState, Copies } from "../runs/open.ts";
import { activationsOf, modelOf, type SgdSetting } from "../runs/setting.ts";

/** One copy by the model on one screen; what that does not have is refused. */
export function plainRun(
  setting: SgdSetting,
  rng: Stream,
): Pick<Copies, "copies" | "steps" | "step" | "state"> {
  const { d, frozen, stepScale = 1, step, batch } = modelOf(setting);
  const place = {
    d,
    frozen,
    student: setting.student,
    teacher: setting.teacher ?? setting.student,
  };
  const { u: u0 = d ** -2, a } = adapterStart(setting.start ?? "random").place(place);
  const { rule = "sgd", criterion = "square", noiseLaw = "normal", inputs = "normal" } = setting;
  const { rank = 1, sphere: onSphere = true, noise = 0 } = setting;
  refuseOthers({ rule, criterion, noiseLaw, inputs, rank, sphere: onSphere });
  if (a !== undefined) refuse("start", "random, or { u }", setting.start);
  const vector = (list: readonly number[]) =>
    Float64Array.from({ length: d }, (_, k) => list[k] ?? 0);
  const model: SingleIndex = {
    ...{ ...activationsOf(setting), noise, target: vector([1]), frozen: vector(frozen) },
  };
  const eta = stepSizes(step), data = rng.stream("data"), p = frozen.length;
  let adapter: Adapter = { u: u0, omega: sphere(rng.stream("start"), d) }, steps = 0;
  return {
    copies: 1,
    get steps() {
      return steps;
    },
    step() {
      const samples = Array.from({ length: batch }, () => ({
        x: data.fillNormal(new Float64Array(d)),
        z: data.normal(),
      }));
      const { u, omega } = eta(steps++);
      adapter = sgdStep(model, adapter, samples, [u / stepScale, omega / stepScale]);
    },
    state: (): AdapterState => ({
      u: adapter.u,
      a: [...adapter.omega.subarray(0, p)],
      h: Math.hypot(...adapter.omega.subarray(p)),
    }),
  };
}

/** What the paper's model has. */
const PAPERS = {
  rule: "sgd",
  criterion: "square",
  noiseLaw: "normal",
  inputs: "normal",
  rank: 1,
  sphere: true,
};

function refuseOthers(setting: Readonly<Record<keyof typeof PAPERS, unknown>>): void {
  for (const [key, wanted] of Object.entries(PAPERS)) {
    const found = setting[key as keyof typeof PAPERS];
    if (found !== wanted) {
      refuse(key, `${JSON.stringify(wanted)}, as the paper's model has it`, found);
    }
  }
}

function refuse(key: string, wanted: string, found: unknown): never {
  throw new RangeError(
    `Cannot run the plain model as ${key} must be ${wanted}: current value is ${
      JSON.stringify(found)
    }`,
  );
}
