/**
 * The compiled kernels: one WebAssembly module, instantiated once per realm when it is imported.
 * The bytes are part of the source, so that scripts, workers, the Jupyter kernel and a browser
 * bundle load them alike, with no permission.
 *
 * @module
 */
import { base64 } from "./kernels_wasm.ts";

/** What the compiled module offers; no call allocates, and none checks its arguments. */
export interface Kernels {
  /** State of xoshiro256++ as eight 32-bit words: write it before a fill, read it afterwards. */
  readonly state: Int32Array;
  /** Where the fills write. */
  readonly block: Float64Array;
  /** Edges x₀ > x₁ > … > x₂₅₆ = 0 of the layers of the ziggurat. */
  readonly edges: Float64Array;
  /** Writes `n ≤ block.length` uniforms in (0, 1) into `block` and moves `state` on. */
  fillUniform(n: number): void;
  /** Writes `n ≤ block.length` standard normals into `block` and moves `state` on. */
  fillNormal(n: number): void;
  /** Moves `state` on by 2¹²⁸ steps. */
  jump(): void;
  /** Natural logarithm, the same bits on every engine. */
  log(x: number): number;
  /** Exponential, the same bits on every engine. */
  exp(x: number): number;
}

interface Exports {
  memory: WebAssembly.Memory;
  state: WebAssembly.Global;
  block: WebAssembly.Global;
  blockLength: WebAssembly.Global;
  edges: WebAssembly.Global;
  fillUniform(n: number): void;
  fillNormal(n: number): void;
  jump(): void;
  log(x: number): number;
  exp(x: number): number;
}

function load(): Kernels {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory, state, block, blockLength, edges, ...functions } = instance
    .exports as unknown as Exports;
  // The memory has a fixed size, so that a view stays valid for ever.
  return {
    ...functions,
    state: new Int32Array(memory.buffer, state.value, 8),
    block: new Float64Array(memory.buffer, block.value, blockLength.value),
    edges: new Float64Array(memory.buffer, edges.value, 257),
  };
}

/**
 * The kernels of this realm (a worker has its own).
 *
 * Law of the fills: the words of `state`, seeded by the caller, give independent draws; `fill…(a)`
 * then `fill…(b)` gives the same numbers as `fill…(a + b)`.
 * Source: Blackman and Vigna 2021 (xoshiro256++), Marsaglia and Tsang 2000 (ziggurat).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { kernels } from "lora-dynamics/kernels/mod.ts";
 *
 * kernels.state.set([1, 0, 2, 0, 3, 0, 4, 0]);
 * kernels.fillUniform(1);
 * assertEquals(kernels.block[0], (Math.floor(41943041 / 4096) + 0.5) / 2 ** 52);
 * ```
 */
export const kernels: Kernels = load();
