import type { Floats, Matrix } from "../linalg/mod.ts";

/**
 * What a parameter is: a layer's `weight` (out × in) or `bias` (1 × out), the factors of its adapter
 * `B` (out × r), `A` (r × in) and `R` (r × r), the `gain` and `shift` of a layer norm, the `position`
 * of a token.
 */
export type Role = "weight" | "bias" | "A" | "B" | "R" | "gain" | "shift" | "position";

/** A parameter of a network: views into its flat arrays. */
export interface Parameter<F extends Floats = Float64Array> {
  /** `layer.role`, for instance `layer1.weight` or `block1.query.B`. */
  readonly name: string;
  /** Layer that it belongs to. */
  readonly layer: string;
  /** What it is. */
  readonly role: Role;
  /** Its entries: write them to set them. */
  readonly value: Matrix<F>;
  /** Gradient of the loss, as of the last `lossAndGradient`; undefined when frozen. */
  readonly gradient: Matrix<F> | undefined;
}

/**
 * An adapter of a layer, `W + s·B A`, or `W + s·B R A` with only the `r × r` middle factor trained.
 */
export interface AdapterShape {
  /** Rank `r`, from 1 to `min(in, out)`. */
  readonly rank: number;
  /** Factor `s > 0` of the product. */
  readonly scale: number;
  /** Whether there is a middle factor `R`; then `A` and `B` are frozen. */
  readonly middle?: boolean;
  /** Whether the gradient in the frozen `W` is computed as well, into the layer's `weightGradient`. */
  readonly weightGradient?: boolean;
}
