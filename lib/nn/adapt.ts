import {
  checkInteger,
  checkKeys,
  checkMethods,
  checkNonNegative,
  checkOneOf,
  checkPositive,
} from "../check.ts";
import { type Floats, type Matrix, matrix, transpose } from "../linalg/mod.ts";
import { portable, type Stream } from "../random/mod.ts";
import { type StartName, startRule } from "./starts/registry.ts";
import { factorsOf, productOf, type Start, type StartRule } from "./starts/start.ts";
import type { Examples } from "./examples.ts";
import { inDouble } from "./_tensor.ts";
import type { Network } from "./network.ts";
import type { AdapterShape } from "./parameter.ts";

/** Which adapters, and how they start. */
export interface AdaptOptions {
  /** How the adapters start: a name of `STARTS`, or a reader's own record. */
  readonly method: StartName | StartRule;
  /** Rank `r`, from 1 to `min(in, out)` of each layer. */
  readonly rank: number;
  /** `α > 0` of the scale `s = α/r`, or `α/√r`; default: the one that makes `s = 1`. */
  readonly alpha?: number;
  /** Whether `s = α/√r`; default: as the method's authors have it. */
  readonly rootScale?: boolean;
  /** Names of the layers; default all. */
  readonly layers?: readonly string[];
  /** Stream of random factors, by layer; needed by LoRA and its relatives. */
  readonly rng?: Stream;
  /** Law of their entries: `normal` (default), or `uniform` as PyTorch's `kaiming_uniform_(a=√5)`. */
  readonly law?: "normal" | "uniform";
  /** Entries of `A` are this times `N(0, 1/in)`, or `U[−1, 1]/√in`; default 1. */
  readonly spreadA?: number;
  /** Entries of `B` are this times `N(0, 1/out)`, or `U[−1, 1]/√out`; default 0. */
  readonly spreadB?: number;
  /** `γ` of the methods from the gradient; default: the one of their authors. */
  readonly gamma?: number;
  /** Examples for the gradient, at most the network's `batch`; needed by starts that look at it. */
  readonly data?: Examples;
  /** Whether `weightGradient` of the layers is computed at each step; default false. */
  readonly weightGradients?: boolean;
  /** Ratio of the step sizes of `B` and `A`; default: the start's own, 16 for LoRA+. */
  readonly ratio?: number;
}

/**
 * The network with adapters on its layers, `W + s·B A`: everything else is frozen, the factors are
 * trained. The network itself keeps its values; starts that look at the gradient leave it in
 * `network.gradient`.
 *
 * Law: see `STARTS`, one line for each. LoRA, LoRA+, rsLoRA and LoRA-FA (with `spreadB = 0`), the
 * orthogonal and the equiangular start and those with an offset (PiSSA, MiLoRA, OLoRA, both LoRA-GA, LoRA-One toy) leave the
 * function what it was; LoRA-One and LoRA-SB change it by a step along the gradient's best approximation of
 * rank r.
 * Assumes: `W` is out × in and `y = W x`; A touches the input, B the output in all methods.
 * Source: the papers named there.
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
export function adapt<F extends Floats = Float64Array>(
  network: Network<F>,
  options: AdaptOptions,
): Network<F> {
  const what = "adapt a network";
  checkKeys(what, options, OPTIONS);
  const { rank, rng, data, law = "normal", spreadA = 1, spreadB = 0 } = options;
  const rule = startRule(options.method), { name: method } = rule;
  const { rootScale = rule.rootScale ?? false, gamma = rule.gamma ?? 1 } = options;
  checkInteger(what, "rank", rank, 1);
  const divisor = rootScale ? Math.sqrt(rank) : rank, { alpha = divisor } = options;
  checkPositive(what, "alpha", alpha);
  checkPositive(what, "gamma", gamma);
  if (options.ratio !== undefined) checkPositive(what, "ratio", options.ratio);
  checkNonNegative(what, "spreadA", spreadA);
  checkNonNegative(what, "spreadB", spreadB);
  checkOneOf(what, "law", law, ["normal", "uniform"]);
  const names = options.layers ?? Object.keys(network.layers), scale = alpha / divisor;
  checkLayers(what, network, names, rank);
  let known = false;
  const gradientOf = (layer: string): Matrix => {
    if (!data) {
      throw new TypeError(
        `Cannot ${what} by ${method} as data must be given for the gradient: ` +
          "current value is undefined",
      );
    }
    if (!known) network.lossAndGradient(data);
    known = true;
    const { gradient } = network.layers[layer].weight;
    return transpose({ ...gradient!, data: Float64Array.from(gradient!.data, (x) => -x) });
  };
  const starts = names.map((name): Start => {
    const { weight: { value }, inputs, outputs } = network.layers[name];
    const drawn = (factor: "A" | "B", rows: number, columns: number, spread: number): Matrix => {
      const out = matrix(rows, columns);
      if (spread === 0) return out;
      checkMethods(`${what} by ${method}`, "rng", rng, "a stream", ["stream"]);
      draw(out, rng!.stream(name).stream(factor), law, spread);
      return out;
    };
    return factorsOf(rule, [inputs, outputs], {
      ...{ r: rank, scale, gamma },
      draws: rng
        ? [rng.stream(name, "left"), rng.stream(name, "right")]
        : [portable(25), portable(26)],
      get gradient() {
        return gradientOf(name);
      },
      get weight() {
        return transpose(inDouble(value));
      },
      random: {
        a: () => transpose(drawn("A", rank, inputs, spreadA / Math.sqrt(inputs))),
        b: () => transpose(drawn("B", outputs, rank, spreadB / Math.sqrt(outputs))),
      },
    });
  });
  const { weightGradients: weightGradient } = options;
  const shapes = names.map((name, i): [string, AdapterShape] => [
    name,
    { rank, scale, middle: starts[i].middle !== undefined, weightGradient },
  ]);
  if (options.ratio !== undefined && (rule.rates?.B === 0 || starts.some(({ middle }) => middle))) {
    throw new RangeError(
      `Cannot ${what} as ratio must be left out for ${method}, whose B is frozen: ` +
        `current value is ${options.ratio}`,
    );
  }
  const rates = { ...rule.rates, ...(options.ratio === undefined ? {} : { B: options.ratio }) };
  const result = network.withAdapters(Object.fromEntries(shapes), rates);
  names.forEach((name, i) => {
    const { a, b, r, weight } = result.layers[name], start = starts[i];
    a!.value.data.set(transpose(start.a).data);
    b!.value.data.set(transpose(start.b).data);
    if (start.middle) r!.value.data.set(transpose(start.middle).data);
    if (!start.shifted) return;
    const offset = transpose(productOf(start)).data, { data } = weight.value;
    for (let j = 0; j < data.length; j++) data[j] -= scale * offset[j];
  });
  return result;
}

const OPTIONS: readonly (keyof AdaptOptions)[] = [
  ...["method", "rank", "alpha", "rootScale", "layers", "rng", "law"] as const,
  ...["spreadA", "spreadB", "gamma", "data", "weightGradients", "ratio"] as const,
];

/** Layers that are there and wide enough. */
function checkLayers(
  what: string,
  network: Network<Floats>,
  names: readonly string[],
  rank: number,
): void {
  for (const name of names) {
    checkOneOf(what, "a layer", name, Object.keys(network.layers));
    const { inputs, outputs } = network.layers[name], most = Math.min(inputs, outputs);
    checkInteger(what, `rank of ${name} (${outputs} x ${inputs})`, rank, 1, most);
  }
}

/** Fills a factor with normals of this deviation, or uniforms of this half-width. */
function draw({ data }: Matrix, rng: Stream, law: "normal" | "uniform", width: number): void {
  if (law === "normal") rng.fillNormal(data);
  else rng.fillUniform(data);
  for (let i = 0; i < data.length; i++) {
    data[i] = width * (law === "normal" ? data[i] : 2 * data[i] - 1);
  }
}
