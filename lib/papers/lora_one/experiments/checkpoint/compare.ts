/**
 * A reader's checkpoint beside the prediction of its start: subspaces, and what the start can reach.
 *
 * @module
 */
import { checkKeys } from "../../../../check.ts";
import type { Row } from "../../../../experiment/mod.ts";
import {
  add,
  frobeniusNorm,
  identity,
  type Matrix,
  multiply,
  scale,
  svd,
  transpose,
} from "../../../../linalg/mod.ts";
import { type AdapterLayer, completedSvd, productOf } from "../../../../nn/mod.ts";
import { lossOf, sineBetween } from "../../measures.ts";
import { linearProblem } from "../../problems/linear.ts";
import { type StartLike } from "../../starts.ts";
import { startFloor } from "../../theory/floors.ts";
import { startWith } from "../physics.ts";

/** What is known of a layer beside its trained adapter. */
export interface CheckpointOptions {
  /** How the adapter was started. */
  readonly start: StartLike;
  /** Negative gradient at the pre-trained weight by the name of the layer, inputs × outputs. */
  readonly gradients?: Readonly<Record<string, Matrix>>;
  /** What a full fine-tuning learnt, `Δ`, by the name of the layer: then floors are computed. */
  readonly targets?: Readonly<Record<string, Matrix>>;
  /** Covariance of the inputs by the name of the layer; isotropic when missing. */
  readonly covariances?: Readonly<Record<string, Matrix>>;
  /** Factor γ of the start; its own when missing. */
  readonly gamma?: number;
}

/** A layer of a checkpoint beside its prediction. */
export interface CheckpointRow extends Row {
  /** Name of the layer. */
  layer: string;
  /** Its shape, inputs × outputs, and the rank. */
  shape: string;
  /** `sin` of the largest angle of `col A` with that of the start; null for a random one. */
  "sin A, start": number | null;
  /** The same of the rows of `B`. */
  "sin B, start": number | null;
  /** `sin` of the largest angle of `col A` with the leading left vectors of the gradient. */
  "sin A, gradient": number | null;
  /** `sin` of the largest angle of the rows of `B` with its leading right vectors. */
  "sin B, gradient": number | null;
  /** `‖s(AB − A₀B₀)‖/‖sA₀B₀‖`: how far the product went; null for a start with `A₀B₀ = 0`. */
  moved: number | null;
  /** Rank of what the adapter has to be. */
  "rank to learn": number | null;
  /** Least training loss that the start can reach. */
  "least loss": number | null;
  /** That of the checkpoint. */
  loss: number | null;
}

/** Orthonormal basis of the leading `r` left directions; of fewer where the rest is rounding. */
function leading(m: Matrix, r: number): Matrix | null {
  const { u, values } = svd(m, r);
  return values[0] > 0 && values[r - 1] > 1e-10 * values[0] ? u : null;
}

function angle(p: Matrix | null, q: Matrix | null): number | null {
  return p && q ? sineBetween(p, q) : null;
}

/**
 * Compares the adapters of a checkpoint with their start.
 *
 * Law: the start is made again from weight or gradient by its definition; angles are of spans, so that a rotation of the
 * rank does not count. Floors: Eckart–Young for `Δ` in the metric of the inputs, with the start's offset.
 * Assumes: one layer by itself, square loss; what it says of a deep network is an estimate.
 * Source: ours.
 *
 * @param layers As `readAdapter` gives them.
 * @param options The start and what is known.
 * @throws {RangeError} If a start asks for a weight or gradient that is not given.
 *
 * @example A LoRA-One start that has not moved.
 * ```ts
 * import { compareCheckpoint, portableNormal, startOf } from "lora-dynamics/papers/lora_one/mod.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const gradient = portableNormal(1, 6, 5), { a, b } = startOf("LoRA-One", { gradient, r: 2 });
 * const [row] = compareCheckpoint([{ name: "q", a, b, scale: 1 }], {
 *   start: "LoRA-One", gradients: { q: gradient }, targets: { q: gradient },
 * });
 * assertAlmostEquals(row["sin A, start"]!, 0, 1e-7);
 * assertAlmostEquals(row.loss! / row["least loss"]!, 1, 1e-9);
 * ```
 */
export function compareCheckpoint(
  layers: readonly AdapterLayer[],
  options: CheckpointOptions,
): CheckpointRow[] {
  const known = ["start", "gradients", "targets", "covariances", "gamma"];
  checkKeys("compare a checkpoint", options, known);
  const { start: like, gradients = {}, targets = {}, covariances = {}, gamma } = options;
  return layers.map(({ name, a, b, scale: s, weight }) => {
    const d = a.rows,
      k = b.columns,
      r = a.columns,
      gradient = gradients[name],
      target = targets[name];
    const shape = target ?? gradient ?? weight ??
      { rows: d, columns: k, data: new Float64Array(d * k).fill(1) };
    const covariance = covariances[name] ?? identity(d),
      problem = linearProblem(covariance, shape, { weight });
    const { start, random } = startWith(like, {
      ...problem,
      gradient: gradient ?? problem.gradient,
    }, {
      ...{ r, scale: s, initStd: 1 / Math.sqrt(d), seed: "reference", number: 4 },
      ...(gamma === undefined ? {} : { gamma }),
    });
    const first = scale(productOf(start), s), size = frobeniusNorm(first);
    const g = gradient ? completedSvd(gradient, [r, r]) : undefined, own = random ? null : start;
    const spanA = leading(a, r), spanB = leading(transpose(b), r);
    const floor = target && startFloor(problem, { ...start, a: scale(start.a, s) });
    const learnt = add(scale(multiply(a, b), s), first, start.shifted ? -1 : 0);
    return {
      layer: name,
      shape: `${d} × ${k}, r = ${r}`,
      "sin A, start": angle(spanA, own && leading(own.a, r)),
      "sin B, start": angle(spanB, own && leading(transpose(own.b), r)),
      "sin A, gradient": angle(spanA, g ? g.u : null),
      "sin B, gradient": angle(spanB, g ? g.v : null),
      moved: size > 0 ? frobeniusNorm(add(scale(multiply(a, b), s), first, -1)) / size : null,
      "rank to learn": floor ? floor.rank : null,
      "least loss": floor ? floor.loss : null,
      loss: target ? lossOf(problem, add(learnt, target, -1)) : null,
    };
  });
}
