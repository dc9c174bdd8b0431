/**
 * Adapters as PEFT keeps them: `lora_A`, `lora_B` of every layer in a safetensors file.
 *
 * @module
 */
import { checkBoolean, checkInteger, checkKeys, checkPositive } from "../../check.ts";
import { type Matrix, matrix, transpose } from "../../linalg/mod.ts";
import { platform } from "../../platform/mod.ts";
import { parseSafetensors, type Tensor, type TensorLike, toSafetensors } from "./safetensors.ts";

/** The adapter of a layer `x ↦ (W + s·AB)ᵀx`, and its weight where it is known. */
export interface AdapterLayer {
  /** Name of the layer, without what PEFT adds. */
  readonly name: string;
  /** `A`, inputs × rank: the transpose of `lora_A`. */
  readonly a: Matrix;
  /** `B`, rank × outputs: the transpose of `lora_B`. */
  readonly b: Matrix;
  /** `s`: `α/r`, or `α/√r`. */
  readonly scale: number;
  /** `W`, inputs × outputs: the transpose of the weight. */
  readonly weight?: Matrix;
}

/** What is said beside the tensors, as `adapter_config.json` has it. */
export interface AdapterConfig {
  /** LoRA's alpha; equal to the rank when missing, so that `s = 1` (or `√r`). */
  readonly lora_alpha?: number;
  /** Whether `s = α/√r`. */
  readonly use_rslora?: boolean;
  /** Anything else that PEFT writes. */
  readonly [key: string]: unknown;
}

const NAME = /^(?:base_model\.model\.)?(.+)\.lora_([AB])(?:\.[^.]+)?\.weight$/;

const WHAT = "read an adapter";

/** A matrix of a tensor, transposed. */
function transposed(name: string, { shape, data }: Tensor): Matrix {
  if (shape.length !== 2 || shape.some((x) => x < 1)) {
    throw new RangeError(
      `Cannot ${WHAT} as ${name} must be a matrix: current shape is [${shape.join(", ")}]`,
    );
  }
  data.forEach((x, i) => {
    if (Number.isFinite(x)) return;
    throw new RangeError(`Cannot ${WHAT} as ${name}[${i}] must be finite: current value is ${x}`);
  });
  return transpose(matrix(shape[0], shape[1], data));
}

/**
 * The adapters of a file, with the weights of another.
 *
 * @param bytes A safetensors file with `….lora_A.weight` (rank × inputs) and `….lora_B.weight` (outputs × rank).
 * @param options `base`: a safetensors file with `….weight` (outputs × inputs); `config`: as `adapter_config.json`.
 * @throws {RangeError} If a file is not as the format has it, a factor is without its partner, shapes do not fit, or there
 * is no adapter in it.
 *
 * @example
 * ```ts
 * import { adapterLayers, toAdapterFile } from "lora-dynamics/nn/mod.ts";
 * import { matrix } from "lora-dynamics/linalg/mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const a = matrix(3, 1, [1, 2, 3]), b = matrix(1, 2, [4, 5]);
 * const [layer] = adapterLayers(toAdapterFile([{ name: "q_proj", a, b }]), { config: { lora_alpha: 2 } });
 * assertEquals([layer.name, layer.scale, layer.a, layer.b], ["q_proj", 2, a, b]);
 * ```
 */
export function adapterLayers(
  bytes: Uint8Array,
  options: { readonly base?: Uint8Array; readonly config?: AdapterConfig } = {},
): AdapterLayer[] {
  checkKeys(WHAT, options, ["base", "config"]);
  const { base, config = {} } = options;
  const { tensors } = parseSafetensors(bytes), weights = base ? parseSafetensors(base).tensors : {};
  if (config.use_rslora !== undefined) checkBoolean(WHAT, "use_rslora", config.use_rslora);
  if (config.lora_alpha !== undefined) checkPositive(WHAT, "lora_alpha", config.lora_alpha);
  const found = new Map<string, { A?: Matrix; B?: Matrix }>();
  for (const [key, tensor] of Object.entries(tensors)) {
    const match = NAME.exec(key);
    if (!match) continue;
    const [, name, factor] = match, pair = found.get(name) ?? {};
    pair[factor as "A" | "B"] = transposed(key, tensor);
    found.set(name, pair);
  }
  if (found.size === 0) {
    throw new RangeError(
      `Cannot ${WHAT} as the file must hold a tensor ….lora_A.weight: it holds ` +
        (Object.keys(tensors).slice(0, 4).join(", ") || "none"),
    );
  }
  return [...found].map(([name, { A, B }]) => {
    if (!A || !B) {
      throw new RangeError(
        `Cannot ${WHAT} as ${name} must have both factors: lora_${A ? "B" : "A"} is missing`,
      );
    }
    if (A.columns !== B.rows) {
      throw new RangeError(
        `Cannot ${WHAT} as both factors of ${name} must have one rank: they are ${A.columns} and ${B.rows}`,
      );
    }
    const r = A.columns, { lora_alpha: alpha = r, use_rslora: root = false } = config;
    const own = weights[`${name}.weight`] ?? weights[`base_model.model.${name}.weight`];
    const weight = own ? transposed(`${name}.weight`, own) : undefined;
    if (weight && (weight.rows !== A.rows || weight.columns !== B.columns)) {
      throw new RangeError(
        `Cannot ${WHAT} as the weight of ${name} must be ${B.columns} x ${A.rows}: it is ${weight.columns} x ${weight.rows}`,
      );
    }
    return {
      name,
      a: A,
      b: B,
      scale: alpha / (root ? Math.sqrt(r) : r),
      ...(weight ? { weight } : {}),
    };
  });
}

/** The same from files on this computer; nothing is asked of a network. */
export function readAdapter(
  adapter: string | URL,
  { base, config }: {
    readonly base?: string | URL;
    readonly config?: string | URL | AdapterConfig;
  } = {},
): AdapterLayer[] {
  const { files } = platform, isPlace = typeof config === "string" || config instanceof URL;
  return adapterLayers(files.read(adapter), {
    ...(base === undefined ? {} : { base: files.read(base) }),
    ...(config === undefined ? {} : {
      config: isPlace
        ? JSON.parse(files.readText(config as string)) as AdapterConfig
        : config as AdapterConfig,
    }),
  });
}

/**
 * The bytes of an adapter file as PEFT has it, `base_model.model.<name>.lora_A.weight` and so on, in F32.
 *
 * @throws {RangeError} If a rank is not a whole number ≥ 1 or factors do not fit.
 */
export function toAdapterFile(
  layers: readonly Pick<AdapterLayer, "name" | "a" | "b">[],
  metadata: Readonly<Record<string, string>> = { format: "pt" },
): Uint8Array<ArrayBuffer> {
  const what = "write an adapter", tensors: Record<string, TensorLike> = {};
  for (const { name, a, b } of layers) {
    checkInteger(what, `rank of B of ${name}`, b.rows, a.columns, a.columns);
    const put = (factor: "A" | "B", m: Matrix) => {
      const { rows, columns, data } = transpose(m);
      tensors[`base_model.model.${name}.lora_${factor}.weight`] = { shape: [rows, columns], data };
    };
    put("A", a);
    put("B", b);
  }
  return toSafetensors(tensors, metadata);
}

/** The bytes of a file of weights, `<name>.weight`, outputs × inputs, in F32. */
export function toWeightFile(
  layers: readonly { readonly name: string; readonly weight: Matrix }[],
): Uint8Array<ArrayBuffer> {
  return toSafetensors(
    Object.fromEntries(layers.map(({ name, weight }) => {
      const { rows, columns, data } = transpose(weight);
      return [`${name}.weight`, { shape: [rows, columns], data }];
    })),
    { format: "pt" },
  );
}
