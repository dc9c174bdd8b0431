import {
  checkInteger,
  checkMethods,
  checkNonNegative,
  checkOneOf,
  checkPositive,
} from "../check.ts";
import type { Stream } from "../random/mod.ts";
import { type AdapterMethod, methods, productOf, startFactors } from "./adapter_start.ts";
import type { Examples } from "./examples.ts";
import type { Network } from "./network.ts";
import type { AdapterShape } from "./parameter.ts";

/** Which adapters, and how they start. */
export interface AdaptOptions {
  /** Method. */
  readonly method: AdapterMethod;
  /** Rank `r`, from 1 to `min(in, out)` of each layer. */
  readonly rank: number;
  /** `α > 0` of the scale `s = α/r`, or `α/√r`; default: the one that makes `s = 1`. */
  readonly alpha?: number;
  /** Whether `s = α/√r`; default: as the method's authors have it. */
  readonly rootScale?: boolean;
  /** Names of the layers; default all. */
  readonly layers?: readonly string[];
  /** Stream of random factors, by layer; needed by LoRA, LoRA+ and rsLoRA. */
  readonly rng?: Stream;
  /** Law of their entries: `normal` (default), or `uniform` as PyTorch's `kaiming_uniform_(a=√5)`. */
  readonly law?: "normal" | "uniform";
  /** Entries of `A` are this times `N(0, 1/in)`, or `U[−1, 1]/√in`; default 1. */
  readonly spreadA?: number;
  /** Entries of `B` are this times `N(0, 1/out)`, or `U[−1, 1]/√out`; default 0. */
  readonly spreadB?: number;
  /** `γ` of the methods from the gradient; default: the one of their authors. */
  readonly gamma?: number;
  /** Examples for the gradient, at most the network's `batch`. */
  readonly data?: Examples;
  /** Whether `weightGradient` of the layers is computed at each step; default false. */
  readonly weightGradients?: boolean;
  /** LoRA+'s ratio of the step sizes of `B` and `A`; default 16. */
  readonly ratio?: number;
}

/**
 * The network with adapters on its layers, `W + s·B A`: everything else is frozen, the factors are
 * trained. The network itself keeps its values; those methods which need the gradient leave it in
 * `network.gradient`.
 *
 * Law: see {@link AdapterMethod}, one line for each method. LoRA, LoRA+ and rsLoRA (with
 * `spreadB = 0`), PiSSA, both LoRA-GA and LoRA-One toy leave the function what it was; LoRA-One and
 * LoRA-SB change it by a step along the gradient's best approximation of rank r.
 * Assumes: `W` is out × in and `y = W x`; A touches the input, B the output in all methods.
 * Source: the papers named there; spec lora-one A2, A5, A6; the versions seen in DISAGREEMENTS.md.
 *
 * @throws {RangeError} If the method or a layer is unknown (the known are listed), the rank is too
 * large, or a number is out of range.
 * @throws {TypeError} If the network has adapters, or the stream or data that the method needs is
 * missing.
 *
 * @example
 * ```ts
 * import { adapt, mlp } from "lora-dynamics/nn/mod.ts";
 * import { stream } from "lora-dynamics/random/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const network = mlp({ sizes: [6, 5, 3], rng: stream("7", "weights") });
 * const lora = adapt(network, { method: "LoRA", rank: 2, rng: stream("7", "adapter") });
 * assertEquals(lora.values.length, 2 * (5 + 6) + 2 * (3 + 5));
 * const x = stream("7", "x").fillNormal(new Float64Array(6));
 * assertEquals(lora.predict(x), network.predict(x));
 * ```
 */
export function adapt(network: Network, options: AdaptOptions): Network {
  const what = "adapt a network";
  const { method, rank, rng, data, law = "normal", spreadA = 1, spreadB = 0, ratio = 16 } = options;
  checkOneOf(what, "method", method, Object.keys(methods) as AdapterMethod[]);
  const known = methods[method];
  const { rootScale = known.rootScale, gamma = known.gamma } = options;
  checkInteger(what, "rank", rank, 1);
  const divisor = rootScale ? Math.sqrt(rank) : rank, { alpha = divisor } = options;
  checkPositive(what, "alpha", alpha);
  checkPositive(what, "gamma", gamma);
  checkPositive(what, "ratio", ratio);
  checkNonNegative(what, "spreadA", spreadA);
  checkNonNegative(what, "spreadB", spreadB);
  checkOneOf(what, "law", law, ["normal", "uniform"]);
  const random = method === "LoRA" || method === "LoRA+" || method === "rsLoRA";
  if (random) checkMethods(`${what} by ${method}`, "rng", rng, "a stream", ["stream"]);
  if (known.gradient && !data) {
    throw new TypeError(
      `Cannot ${what} by ${method} as data must be given for the gradient: ` +
        "current value is undefined",
    );
  }
  const names = options.layers ?? Object.keys(network.layers), scale = alpha / divisor;
  const { weightGradients: weightGradient } = options;
  const shape: AdapterShape = { rank, scale, middle: known.middle, weightGradient };
  const rates = method === "LoRA+" ? { B: ratio } : {};
  const result = network.withAdapters(Object.fromEntries(names.map((n) => [n, shape])), rates);
  if (known.gradient && data) network.lossAndGradient(data);
  for (const name of names) {
    const layer = network.layers[name], to = result.layers[name];
    const source = known.gradient ? layer.weight.gradient! : layer.weight.value;
    const child = rng ? rng.stream(name) : undefined;
    const factors = startFactors(method, source, {
      rank,
      scale,
      gamma,
      law,
      spreadA,
      spreadB,
      rng: child as Stream,
    });
    to.a!.value.data.set(factors.a.data);
    to.b!.value.data.set(factors.b.data);
    if (factors.r) to.r!.value.data.set(factors.r.data);
    if (!known.shift) continue;
    const offset = productOf(factors, scale).data, weight = to.weight.value.data;
    for (let i = 0; i < weight.length; i++) weight[i] -= offset[i];
  }
  return result;
}
