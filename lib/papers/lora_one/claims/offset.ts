/**
 * Claims about offset starts and the phase portrait: C20–C23.
 *
 * Expected numbers come from an independent implementation.
 *
 * @module
 */
import { byPreset, type Claim, comparison, median } from "../../../experiment/mod.ts";
import { portable, stream } from "../../../random/mod.ts";
import { lossOf, riskOf } from "../measures.ts";
import { offsetProblem } from "../model.ts";
import {
  LinearDescent,
  middleDescent,
  portraitData,
  portraitDistance,
  portraitLora,
  portraitRun,
  portraitSpectral,
  shiftedProblem,
} from "../simulation/mod.ts";
import { productOf, type Start, type StartName, startOf } from "../../../nn/mod.ts";
import { type Floor, floorByScale, middleFloor, offsetFloor } from "../theory/mod.ts";

const paper = "lora-one";

/** A curve of F4. */
export interface OffsetRun {
  /** Name in the figure. */
  readonly name: string;
  /** Risk of steps 0 … 100. */
  readonly risks: number[];
  /** Last training loss. */
  readonly loss: number;
  /** Where it must stop. */
  readonly floor: Floor;
}

/** A start of F4 by name; `"LoRA-GA, no offset"` is ours. */
export function offsetStart(name: StartName): Start {
  const { gradient, weight } = offsetProblem();
  // LoRA-GA with f = 100^¼/√4 on both factors, as in F4's protocol.
  return startOf(name, { gradient, weight, r: 8, gamma: name.startsWith("LoRA-GA") ? 4 : 1 });
}

/** F4: 100 preconditioned steps (`η = ½`, `λ = 10⁻³`) of every start, with the floor of each. */
export function offsetRuns(): OffsetRun[] {
  const problem = offsetProblem();
  const preconditioned = (name: string, start: Start): OffsetRun => {
    const options = { rate: 0.5, preconditioned: true, damping: 1e-3 };
    const run = new LinearDescent(shiftedProblem(problem, start), start, options);
    const risks: number[] = [];
    run.advance(100, () => {
      risks.push(run.risk());
    });
    const zero = { ...problem.target, data: new Float64Array(problem.target.data.length) };
    const floor = offsetFloor(problem, start.shifted ? productOf(start) : zero, 8);
    return { name, risks, loss: run.loss(), floor };
  };
  const ga = offsetStart("LoRA-GA"), sb = offsetStart("LoRA-SB"), risks: number[] = [];
  const last = middleDescent(problem, sb, {
    rate: 0.5,
    steps: 100,
    visit: (_, error) => {
      risks.push(riskOf(error));
    },
  });
  const reached = middleFloor(problem, sb.a, undefined);
  return [
    preconditioned("LoRA-One", offsetStart("LoRA-One")),
    preconditioned("LoRA-One toy", offsetStart("LoRA-One toy")),
    preconditioned("LoRA-GA, no offset", { ...ga, shifted: false }),
    preconditioned("LoRA-GA", ga),
    {
      name: "LoRA-SB",
      risks,
      loss: lossOf(problem, last),
      floor: { ...reached, rank: 4 },
    },
    preconditioned("PiSSA", offsetStart("PiSSA")),
  ];
}

let offsets: OffsetRun[] | undefined;

/** {@linkcode offsetRuns}, computed once. */
export function knownOffsetRuns(): OffsetRun[] {
  return offsets ??= offsetRuns();
}

function c20(): Claim {
  return {
    id: "C20",
    paper,
    source: { whose: "ours", where: "on Figure 4" },
    statement: "Offset starts stop on their Eckart–Young floors: final loss and risk against the " +
      "floor, known before training",
    falsifier:
      "A final loss or risk of LoRA-GA or PiSSA, or a risk of LoRA-SB, that is more than 1e-5 " +
      "away from its floor",
    evidence: {
      seeds: 1,
      sizes: "golden instance of F4: d = k = 100, N = 1600, r = 8, r* = 4, 100 steps",
      draws: "instance",
    },
    check: () => {
      const { put, result } = comparison();
      const of = (name: string) => {
        const run = knownOffsetRuns().find((one) => one.name === name)!;
        return { loss: run.loss, risk: run.risks[100], floor: run.floor };
      };
      const [ga, pissa, sb] = [of("LoRA-GA"), of("PiSSA"), of("LoRA-SB")];
      put("LoRA-GA, loss − floor", ga.loss - ga.floor.loss, 0, 1e-5);
      put("LoRA-GA, risk − floor", ga.risk - ga.floor.risk, 0, 1e-5);
      put("LoRA-GA, loss floor", ga.floor.loss, 0.0427777290563, 1e-9);
      put("LoRA-GA, risk floor", ga.floor.risk, 0.0501441211866, 1e-9);
      put("LoRA-GA, rank of M", ga.floor.rank, 12, 0);
      put("PiSSA, loss − floor", pissa.loss - pissa.floor.loss, 0, 1e-5);
      put("PiSSA, risk − floor", pissa.risk - pissa.floor.risk, 0, 1e-5);
      put("PiSSA, loss floor", pissa.floor.loss, 0.774566621717, 1e-8);
      put("PiSSA, risk floor", pissa.floor.risk, 0.799500684439, 1e-8);
      put("LoRA-SB, risk − floor", sb.risk - sb.floor.risk, 0, 1e-5);
      put("LoRA-SB, risk floor", sb.floor.risk, 0.0556354420748, 1e-9);
      put("LoRA-SB, ½(d/N)‖Δ‖²", sb.floor.risk, 0.05859375, 0.004);
      return result("runs within 1e-5 of their floors; floors to the digits of the reference");
    },
  };
}

function c21(): Claim {
  return {
    id: "C21",
    paper,
    source: { whose: "ours", where: "on Figure 4" },
    statement: "Without an offset there is no floor: risk of LoRA-One and of LoRA-GA without " +
      "offset after 100 steps",
    falsifier:
      "A risk after 100 steps above 1e-29 (LoRA-One), 1e-28 (offset in the same subspace) or " +
      "1e-8 (LoRA-GA without offset)",
    evidence: {
      seeds: 1,
      sizes: "golden instance of F4: d = k = 100, N = 1600, r = 8, r* = 4",
      draws: "instance",
    },
    check: () => {
      const { put, result } = comparison();
      const risk = (name: string) => knownOffsetRuns().find((one) => one.name === name)!.risks[100];
      put("LoRA-One", risk("LoRA-One"), 0, 1e-29);
      put("LoRA-One toy (offset, same subspace)", risk("LoRA-One toy"), 0, 1e-28);
      put("LoRA-GA, no offset", risk("LoRA-GA, no offset"), 0, 1e-8);
      return result("below 1e-29, 1e-28, 1e-8");
    },
  };
}

/** Scales of C22. */
export const OFFSET_SCALES: readonly number[] = [0.01, 0.1, 0.3, 1, 2.5, 10, 100];

function c22(): Claim {
  const losses = [
    1.13266547556e-5,
    0.00107280050869,
    0.00732507214076,
    0.0295468507998,
    0.0427777290563,
    0.0467412976086,
    0.0470320065819,
  ];
  return {
    id: "C22",
    paper,
    source: { whose: "ours" },
    statement:
      "LoRA-GA's loss floor against the size s of its offset A₀B₀ (unit product times s), " +
      "and its limit",
    falsifier:
      "A loss floor that differs from the reference's by more than 1e-8 of it at one scale, or " +
      "a limit by more than 1e-10",
    evidence: {
      seeds: 1,
      sizes:
        "golden instance of F4: d = k = 100, N = 1600, r = 8, r* = 4, seven s from 0.01 to 100",
      draws: "instance",
    },
    check: () => {
      const problem = offsetProblem(),
        start = offsetStart("LoRA-GA"),
        { put, result } = comparison();
      const f2 = Math.sqrt(100) / 4; // product of the factors' scales
      const floors = floorByScale(problem, productOf(start), {
        r: 8,
        scales: OFFSET_SCALES.map((s) => s / f2),
      });
      floors.forEach(({ loss }, i) =>
        put(`s = ${OFFSET_SCALES[i]}`, loss, losses[i], 1e-8 * losses[i] + 1e-12)
      );
      const left = { ...start.a, data: start.a.data.map((x) => -x / Math.sqrt(f2)) };
      put("s → ∞", middleFloor(problem, left).loss, 0.0470349634752, 1e-10);
      return result("digits of the reference");
    },
  };
}

/** Draws of the portrait: distances and steps of both starts; under a seed, other ones. */
export function portraitDraws(
  N: number,
  count: number,
  seed?: string,
): { closer: boolean; faster: boolean; steps: [number, number] }[] {
  const first = seed === undefined ? 0 : stream(seed, "portrait").integer(2 ** 31);
  return Array.from({ length: count }, (_, i) => {
    const at = first + 10_000 * N + i;
    const data = portraitData(portable(at), N), spectral = portraitSpectral(data);
    const lora = portraitLora(portable(at + 5_000_000));
    const [slow, fast] = [lora, spectral].map((start) =>
      portraitRun(data, start, { stop: true }).steps
    );
    const closer = portraitDistance(spectral) < portraitDistance(lora);
    const order = (x: number) => Number.isNaN(x) ? Infinity : x;
    return { closer, faster: order(fast) < order(slow), steps: [slow, fast] };
  });
}

function c23(): Claim {
  const reference: [number, number, number, number, number][] = [
    [4, 0.923, 0.883, 101, 64],
    [16, 1, 0.99, 57.5, 28],
    [64, 1, 0.997, 47.5, 20],
  ];
  return {
    id: "C23",
    paper,
    source: { whose: "paper", where: "Figure 3" },
    statement: "Portrait (F3): the spectral start is closer to the minimisers and faster, over " +
      "draws of the data (golden draw; fractions)",
    falsifier:
      "A share of draws with the spectral start closer or faster that is more than 4 standard " +
      "errors of both away from the reference's, or a median number of steps off by more than " +
      "25 %",
    evidence: (preset) => ({
      seeds: byPreset(preset, 300, 600),
      sizes: "d = 2, k = r = 1, N = 4, 16, 64, η = 0.1, at most 1000 steps; the golden draw beside",
      draws: "seed",
    }),
    check: (preset, { seed }) => {
      const { put, result } = comparison(), count = preset === "full" ? 600 : 300;
      const data = portraitData(portable(7)), lora = portraitLora(portable(8));
      const spectral = portraitSpectral(data);
      put("golden distance, LoRA", portraitDistance(lora), 1.75339395434, 1e-6);
      put("golden distance, spectral", portraitDistance(spectral), 1.15081706601, 1e-5);
      put("golden steps, LoRA", portraitRun(data, lora).steps, 71, 0);
      put("golden steps, spectral", portraitRun(data, spectral).steps, 64, 0);
      const end = portraitRun(data, spectral).path.at(-1)!;
      [1.34626544018, 0.673132720089, 1.48559113256].forEach((x, i) =>
        put(`golden end ${i + 1}`, end[i], x, 1e-9)
      );
      for (const [N, closer, faster, slow, fast] of reference) {
        const draws = portraitDraws(N, count, seed), n = draws.length;
        const share = (key: "closer" | "faster") => draws.filter((draw) => draw[key]).length / n;
        // Both sides are binomial: 300 draws there, `count` here; a share near 1 gets a floor.
        const bound = (p: number) => 4 * Math.sqrt(Math.max(p * (1 - p), 0.01) * (1 / 300 + 1 / n));
        put(`closer, N = ${N}`, share("closer"), closer, bound(closer));
        put(`faster, N = ${N}`, share("faster"), faster, bound(faster));
        const ended = draws.map(({ steps }) => steps.map((x) => Number.isNaN(x) ? 1000 : x));
        put(`median steps, LoRA, N = ${N}`, median(ended.map((x) => x[0])), slow, 0.25 * slow);
        put(`median steps, spectral, N = ${N}`, median(ended.map((x) => x[1])), fast, 0.25 * fast);
      }
      return result("golden digits; 4 standard errors of both shares; medians within 25 %");
    },
  };
}

/** The claims of this file. */
export const offsetClaims: readonly Claim[] = [c20(), c21(), c22(), c23()];
