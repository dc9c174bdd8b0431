/**
 * Runs of gradient flow on a linear bridge, with what the network scores.
 *
 * @module
 */
import { type Task, task } from "../../../../experiment/sweep/task.ts";
import { add, dot } from "../../../../linalg/mod.ts";
import { growthModes, modalVectors } from "../../bases.ts";
import { adaptersOf } from "../../run_start.ts";
import { matrixOf, plainRows } from "../../shapes.ts";
import type { StartLike } from "../../starts.ts";
import { kept } from "./kept.ts";
import { AdapterFlow } from "../flow/flow.ts";
import {
  type BridgeData,
  type BridgeOptions,
  type DigitsBridge,
  digitsBridge,
  type LinearBridge,
  linearBridge,
} from "./linear_bridge.ts";
import type { DigitsRow } from "./network_digits.ts";

/** What a run is made on: the digits, or a reader's data as JSON. */
export type BridgeSource = { readonly digits: DigitsBridge } | { readonly own: BridgeOptions };

/** One run. */
export interface BridgeCell {
  /** The data. */
  readonly source: BridgeSource;
  /** Name of the start, which becomes a column. */
  readonly start: string;
  /** The start. */
  readonly startedBy: StartLike;
  /** Its scale. */
  readonly alpha: number;
  /** Rank of both adapters, or of each. */
  readonly r: number | readonly [number, number];
  /** Whether random entries have deviation `α/√rows` (in B) and `α/√columns` (in A) instead of `α`. */
  readonly perFactor: boolean;
  /** Times of the rows. */
  readonly times: readonly number[];
  /** Relative tolerance of the flow. */
  readonly rtol: number;
}

/** A moment of a run. */
export interface BridgeRow extends DigitsRow {
  /** `‖z₁‖²`, what the start holds of the direction that grows fastest. */
  power: number;
}

function plainData({ x, y }: BridgeData): BridgeData {
  const what = "build a linear bridge";
  const isList = Array.isArray(y) && y.every((entry) => typeof entry === "number");
  return {
    x: plainRows(matrixOf(what, "x", x)),
    y: isList ? y : plainRows(matrixOf(what, "y", y as BridgeData["x"])),
  };
}

/** A reader's data as JSON. */
export function plainBridge(options: BridgeOptions): BridgeOptions {
  const { before, test } = options;
  return {
    ...{ ...options, ...plainData(options), before: plainData(before) },
    ...(test ? { test: plainData(test) } : {}),
  };
}

const ownBridge = kept((options: BridgeOptions): LinearBridge => linearBridge(options));

/** The bridge of a source, made once; only to be read. */
export function bridgeOf(source: BridgeSource): LinearBridge {
  return "own" in source ? ownBridge(source.own) : digitsBridge(source.digits);
}

/**
 * Loss and test accuracy of gradient flow on a linear bridge. The seed, a whole number as text, is that
 * of the start.
 *
 * Law: the flow of the problem; the map is `Ŵ₂Ŵ₁ = Y_pre + Δ − E`.
 */
export const bridgeRun: Task<BridgeCell, BridgeRow> = task(
  import.meta.url,
  "bridgeRun",
  (cell: BridgeCell, { seed }) => {
    const { source, startedBy, alpha, r, perFactor, times, rtol } = cell;
    const { problem, pretrained, accuracy } = bridgeOf(source);
    const adapters = adaptersOf(problem, { startedBy, alpha, r, seed, perFactor });
    const [z1] = modalVectors(growthModes(problem), adapters), power = dot(z1, z1);
    const flow = new AdapterFlow(problem, adapters), goal = add(pretrained, problem.target);
    const { states, losses } = flow.solve(times, { rtol, method: "dop853" });
    return states.map((state, i) => ({
      ...{ at: times[i], loss: losses[i], power },
      accuracy: accuracy(add(goal, flow.error(state), -1)),
    }));
  },
);
