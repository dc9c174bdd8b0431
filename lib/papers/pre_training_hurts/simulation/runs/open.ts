/**
 * From a setting to running copies: one interface over the exact chains and SGD on whole inputs.
 *
 * @module
 */
import {
  CommitteeChain,
  DirectCommittee,
  DirectSgd,
  type Draws,
  inputLaw,
  LinearChain,
  type RankOneChain,
  SingleIndexChain,
  stepSizes,
} from "../../../../chain/mod.ts";
import { frozenOf } from "../../frozen.ts";
import { adapterStart } from "../../starts.ts";
import type { Stream } from "../../../../random/mod.ts";
import { activationsOf, type AdaptiveBatch, modelOf, type SgdSetting } from "./setting.ts";

/** The adapter as far as the labels see it: its scalar factor and ω in the frame. */
export interface AdapterState {
  /** Scalar factor `u`. */
  readonly u: number;
  /** Coordinates of ω in the frame, `m` first. */
  readonly a: readonly number[];
  /** Length of the rest of ω. */
  readonly h: number;
}

/** Copies that make steps together. */
export interface Copies {
  /** Number of them. */
  readonly copies: number;
  /** Steps made so far. */
  readonly steps: number;
  /** Makes one step of all. */
  step(): void;
  /** Overlap `m = ω·ω⋆` with its sign; NaN once a copy has diverged. */
  m(copy: number): number;
  /** State of a copy. */
  state(copy: number): AdapterState;
  /** Samples that a copy has used. */
  samples(copy: number): number;
  /** `"running"`, or when and how many copies have diverged. */
  readonly status: string;
}

function isLinear({ series }: { readonly series?: readonly number[] }): boolean {
  return series?.length === 2 && series[0] === 0 && series[1] === 1;
}

/** Whether all sums over a batch are functions of one Wishart matrix, so that its size is free. */
function hasFreeBatch(setting: SgdSetting): boolean {
  const { student, teacher } = activationsOf(setting), { batch, noise = 0, w0 } = setting;
  if (!isLinear(student) || !isLinear(teacher) || !isLeastSquares(setting)) return false;
  return typeof batch !== "number" || batch > frozenOf(w0).length + (noise > 0 ? 1 : 0);
}

/** Whether the loss is square, inputs and label noise normal: what is no other one is left out of settings. */
function isLeastSquares(
  { criterion = "square", noiseLaw = "normal", inputs = "normal" }: SgdSetting,
) {
  return criterion === "square" && noiseLaw === "normal" && inputs === "normal";
}

/** Refuses inputs that depend on the axes where a chain is to know them by a few inner products. */
function checkSeen({ inputs = "normal" }: SgdSetting): void {
  const { name, fill } = inputLaw(inputs);
  if (fill === undefined) return;
  refuse(
    "inputs",
    'a law that looks the same from all sides, or sampler "whole inputs"',
    name,
  );
}

function refuse(arg: string, wanted: string, value: unknown): never {
  throw new RangeError(
    `Cannot run one-pass SGD as ${arg} must be ${wanted}: current value is ${
      JSON.stringify(value)
    }`,
  );
}

/**
 * Copies of a setting, drawn from `rng`.
 *
 * @param options.from States that the copies go on from, in place of the start; for an exact chain of rank one.
 * @param options.spoilt Other draws for the chains, as the controls of exactness have them.
 */
export function openCopies(
  setting: SgdSetting,
  rng: Stream,
  { from, spoilt = rng }: { readonly from?: readonly AdapterState[]; readonly spoilt?: Draws } = {},
): Copies {
  const { rank = 1, sampler = "exact chain", batch, copies } = setting;
  if (sampler !== "whole inputs") checkSeen(setting);
  if (from !== undefined && (rank > 1 || sampler === "whole inputs")) {
    refuse("the run", "an exact chain of rank one where states are given", { rank, sampler });
  }
  if (rank > 1) return manyRanks(setting, rng, spoilt);
  const model = modelOf(setting), teacher = setting.teacher ?? setting.student;
  const at = { d: model.d, frozen: model.frozen, student: setting.student, teacher };
  const start = adapterStart(setting.start ?? "random").place(at);
  if (sampler === "whole inputs") return wholeInputs(setting, rng.stream("direct"));
  if (sampler === "exact chain" && hasFreeBatch(setting)) {
    const chain = new LinearChain({ ...model, batch: batchRule(batch) }, copies, spoilt, start);
    return ofChain(chain, (c) => chain.samples[c], from);
  }
  if (typeof batch !== "number") {
    const wanted = "a number unless student and teacher are x, the loss square, inputs and label " +
      "noise normal: then it may follow u";
    refuse("batch", wanted, batch);
  }
  const chain = new SingleIndexChain(model, copies, spoilt, start);
  return ofChain(chain, () => chain.steps * model.batch, from);
}

function batchRule(batch: number | AdaptiveBatch): number | ((u: number) => number) {
  if (typeof batch === "number") return batch;
  return (u) => Math.ceil(Math.max(batch.least, batch.factor * u * u));
}

function ofChain(
  chain: RankOneChain,
  samples: (copy: number) => number,
  from: readonly AdapterState[] = [],
): Copies {
  const { state } = chain, { p } = state;
  from.forEach(({ u, a, h }, c) => {
    state.u[c] = u;
    state.a.set(a, c * p);
    state.h[c] = h;
  });
  return {
    copies: chain.copies,
    get steps() {
      return chain.steps;
    },
    get status() {
      return chain.status;
    },
    step: () => chain.step(),
    m: (c) => chain.m(c),
    state: (c) => ({
      u: state.u[c],
      a: Array.from(state.a.subarray(c * p, (c + 1) * p)),
      h: state.h[c],
    }),
    samples,
  };
}

/** SGD on whole inputs, at a cost of `O(b d)` a step and copy; it shares no update with the chains. */
function wholeInputs(setting: SgdSetting, rng: Stream): Copies {
  const model = modelOf(setting), { p, start } = directStart(setting);
  if (typeof setting.batch !== "number") {
    refuse("batch", "a number where whole inputs are drawn", setting.batch);
  }
  const all = Array.from({ length: setting.copies }, (_, copy) => {
    const own = rng.stream(copy);
    return new DirectSgd(model, own, start.u, start.omega(own));
  });
  return {
    copies: all.length,
    get steps() {
      return all[0].steps;
    },
    get status() {
      return all.find(({ status }) => status !== "running")?.status ?? "running";
    },
    step: () => all.forEach((sgd) => sgd.step()),
    m: (c) => all[c].m(),
    state: (c) => ({ u: all[c].u, a: Array.from(all[c].omega.subarray(0, p)), h: all[c].h }),
    samples: (c) => all[c].steps * model.batch,
  };
}

/** A start as whole vectors: given coordinates in the frame, the rest in a uniform direction. */
function directStart(setting: SgdSetting) {
  const { d, frozen } = modelOf(setting), p = frozen.length;
  const teacher = setting.teacher ?? setting.student;
  const { u, a, h } = adapterStart(setting.start ?? "random")
    .place({ d, frozen, student: setting.student, teacher });
  const omega = (rng: Stream): Float64Array | undefined => {
    if (a === undefined) return undefined;
    const out = rng.stream("start").fillNormal(new Float64Array(d));
    out.fill(0, 0, p);
    const rest = h ?? Math.sqrt(Math.max(0, 1 - a.reduce((sum, x) => sum + x * x, 0)));
    const length = Math.sqrt(out.reduce((sum, x) => sum + x * x, 0));
    for (let k = p; k < d; k++) out[k] *= rest / length;
    out.set(a);
    return out;
  };
  return { p, start: { u, omega } };
}

/**
 * An adapter of rank `r` on one index: what the labels see of it is `Σ u_j ω_j = u ω` with one unit ω, which is
 * the state that is shown.
 */
function manyRanks(setting: SgdSetting, rng: Stream, spoilt: Draws): Copies {
  const { d, frozen, batch, step, stepScale = 1, rule, sphere } = modelOf(setting);
  const { student, teacher } = activationsOf(setting);
  const { rank = 1, noise = 0, sampler, start } = setting, p = frozen.length;
  if (student.name !== teacher.name) {
    refuse("teacher", "the student's where rank > 1", teacher.name);
  }
  if (noise > 0) refuse("noise", "0 where rank > 1", noise);
  if (!isLeastSquares(setting)) {
    const { criterion, noiseLaw, inputs } = setting;
    refuse("criterion, noiseLaw, inputs", "as in the paper where rank > 1", {
      ...{ criterion, noiseLaw, inputs },
    });
  }
  if (typeof setting.batch !== "number") refuse("batch", "a number where rank > 1", setting.batch);
  if (adapterStart(start ?? "random").name !== "random") {
    refuse("start", '"random" where rank > 1', start);
  }
  const eta = stepSizes(step);
  const part = (key: "u" | "omega") => (t: number) => eta(t)[key] / stepScale;
  const model = {
    ...{ activation: student, d, frozen: [frozen], rank, batch, scale: 1 },
    step: typeof step === "number" ? step / stepScale : [part("u"), part("omega")] as const,
    ...(rule === undefined ? {} : { rule }),
    ...(sphere === undefined ? {} : { sphere }),
  };
  const all = Array.from({ length: setting.copies }, (_, copy) => {
    return sampler === "whole inputs"
      ? new DirectCommittee(model, rng.stream("rank", rank, copy, "direct"))
      : new CommitteeChain(model, spoilt.stream("rank", rank, copy));
  });
  const state = (run: CommitteeChain | DirectCommittee): AdapterState => {
    // Rows of V: coordinates in the frame, then what is left of them.
    const inside = (j: number, q: number) =>
      run instanceof CommitteeChain ? run.a[j * p + q] : run.v[j][q];
    const outside = (j: number, l: number) =>
      run instanceof CommitteeChain ? run.h[j * rank + l] : run.v[j][p + l];
    const sum = (of: (j: number) => number) => run.u.reduce((total, u, j) => total + u * of(j), 0);
    const along = frozen.map((_, q) => sum((j) => inside(j, q)));
    const left = run instanceof CommitteeChain ? rank : d - p;
    let square = 0;
    for (let l = 0; l < left; l++) square += sum((j) => outside(j, l)) ** 2;
    const length = Math.hypot(...along, Math.sqrt(square));
    return { u: length, a: along.map((x) => x / length), h: Math.sqrt(square) / length };
  };
  return {
    copies: all.length,
    get steps() {
      return all[0].steps;
    },
    get status() {
      return all.find(({ status }) => status !== "running")?.status ?? "running";
    },
    step: () => all.forEach((run) => run.step()),
    m: (c) => state(all[c]).a[0],
    state: (c) => state(all[c]),
    samples: (c) => all[c].steps * batch,
  };
}
