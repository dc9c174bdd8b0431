/**
 * Figure F3: exit times against the strength of pre-training; exact chain, flow, and the law `τ ln(R/ε)`.
 *
 * @module
 */
import {
  type Experiment,
  experiment,
  type ExperimentContext,
  where,
} from "../../../../experiment/mod.ts";
import type { Figure } from "../../../../figure/mod.ts";
import { frozenOf } from "../../frozen.ts";
import { passages } from "../../simulation/runs/passage.ts";
import { flowExit, whyNoFlow } from "../flow_lines.ts";
import { runsOf, settingOf, strengthColumn } from "../physics.ts";
import { drawExits } from "./_exit_figure.ts";
import { type SearchTarget, targetWords } from "./targets.ts";
import {
  correctionOf,
  type ExitParameters,
  type ExitRow,
  exitTimeParameters,
  lawsOf,
  physicsOf,
} from "./exit_laws.ts";

/** Fewest copies of a mark. */
const FEWEST = 8;

/** Copies that the samples of a mark allow: all, or a power of 2 of them; 0 where they are fewer than 8. */
function copiesOf({ copies, most }: ExitParameters, samplesOfOne: number): number {
  if (samplesOfOne * copies <= most) return copies;
  const fewer = 2 ** Math.floor(Math.log2(most / samplesOfOne));
  return fewer >= Math.min(FEWEST, copies) ? fewer : 0;
}

/** Runs of one target, in the order of the strengths, whatever number of copies they have. */
async function runsFor(
  p: ExitParameters,
  target: SearchTarget,
  sweep: ExperimentContext["sweep"],
) {
  const physics = physicsOf(p, target), name = targetWords(target);
  const cells = p.mu.map((w0) => {
    const exit = whyNoFlow(physics) === undefined ? flowExit(physics, w0, p.radius) : NaN;
    const copies = copiesOf(p, 2 * (exit > 0 ? exit : 1e4) * samplesOf(p, target));
    const maxSteps = Math.ceil(exit > 0 ? 10 * exit + 100 : 1e5);
    const goal = { of: "m" as const, level: p.radius };
    const columns = { target: name, mu: strengthColumn(w0) };
    return { copies, cell: { columns, setting: { ...settingOf(physics, w0), maxSteps, goal } } };
  });
  const sizes = [...new Set(cells.map(({ copies }) => copies))].filter((copies) => copies > 0);
  const parts = sizes.map((copies) =>
    runsOf(sweep, {
      ...{ run: passages, copies, seed: p.seed, label: `exit times, ${name}, ${copies} copies` },
      cells: cells.filter((it) => it.copies === copies).map(({ cell }) => cell),
    })
  );
  const rows = (await Promise.all(parts)).flat();
  return cells.flatMap(({ cell: { columns } }) => where(rows, "mu", columns.mu));
}

async function run(p: ExitParameters, { sweep }: ExperimentContext): Promise<ExitRow[]> {
  const parts: ReturnType<typeof runsFor>[] = [];
  for (const target of p.activations) {
    parts.push(runsFor(p, target, sweep));
    // Workers begin with this target while the flows of the next one are computed here.
    await new Promise((resolve) => setTimeout(resolve));
  }
  const rows = (await Promise.all(parts)).flat();
  const targets = new Map(p.activations.map((target) => [targetWords(target), target]));
  const strengths = new Map(p.mu.map((w0) => [strengthColumn(w0), w0]));
  const corrections = new Map<string, ReturnType<typeof correctionOf>>();
  return rows.map(({ target, mu, copy, m0, u0, exit }) => {
    const it = targets.get(target)!, w0 = strengths.get(mu)!, physics = physicsOf(p, it);
    const key = `${target} ${mu}`;
    if (!corrections.has(key)) corrections.set(key, correctionOf(p, it, w0));
    const correction = corrections.get(key), from = { u: u0, a: [m0] };
    const flows = whyNoFlow(physics) === undefined && frozenOf(w0).length === 1;
    const flow = flows ? flowExit(physics, w0, p.radius, { from }) : NaN;
    const corrected = correction ? flow * correction.factor + correction.shift : NaN;
    const { code, projected } = lawsOf(p, it, w0, { m0, u0 });
    return {
      ...{ target, mu, copy, m0, exit, flow: finite(flow), corrected: finite(corrected) },
      ...{ code: finite(code), projected: finite(projected) },
    };
  });
}

/** The linear chain's cost does not depend on the batch. */
function samplesOf({ batch }: ExitParameters, target: SearchTarget): number {
  return targetWords(target) === "linear" ? Math.min(batch, 10) : batch;
}

function finite(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}

/**
 * Exit times against the strength of pre-training: the first step with `|m| ≥ R`, for any targets, dimension,
 * batch, step, noise, start and rule.
 *
 * Every copy is held against the flow and the laws from its own start, so that the spread of the starts (a
 * factor of `e^{±1.1}` in `m₀`) drops out of the comparison.
 *
 * Scale: SGD steps. Source: law τ ln(R/ε) and protocol: code of nwemadji2026when; projection, flow, chain: ours.
 *
 * @example
 * ```ts
 * import { exitTimes } from "lora-dynamics/papers/pre_training_hurts/mod.ts";
 * import { assert } from "@std/assert";
 *
 * const { rows } = await exitTimes({ activations: ["x"], mu: [0.5], copies: 8 });
 * assert(rows.every(({ exit, flow }) => Math.abs(exit! / flow! - 1) < 0.6));
 * ```
 */
export const exitTimes: Experiment<typeof exitTimeParameters, ExitRow[], Figure> = experiment({
  name: "exit times against strength",
  about:
    "Steps until the overlap reaches R against the strength: exact chain, flow, and τ ln(R/ε).",
  parameters: exitTimeParameters,
  quick: { copies: 8, most: 4e6, curve: 17 },
  run,
  figure: drawExits,
});
