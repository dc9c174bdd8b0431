/**
 * The compiled kernels: one WebAssembly module. The bytes are part of the source, so that scripts,
 * workers, the Jupyter kernel and a browser bundle load them alike, with no permission.
 *
 * No memory ever grows: the generators have one instance with one page, and matrices that are to
 * stay in the kernels' reach get an instance of their own, sized once (`matrixKernels`). So a view
 * stays valid as long as anybody holds it, and the collector frees what nobody holds.
 *
 * @example Logarithm and exponential with the same bits on every engine, right to the last places.
 * ```ts
 * import { kernels } from "lora-dynamics/kernels/mod.ts";
 * import { assert } from "@std/assert";
 *
 * for (const x of [1e-300, 0.7, 3, 1e300]) {
 *   assert(Math.abs(kernels.log(x) / Math.log(x) - 1) < 4e-16);
 *   assert(Math.abs(kernels.exp(kernels.log(x)) / x - 1) < 2e-16 * (1 + Math.abs(Math.log(x))));
 * }
 * ```
 *
 * @module
 */
import { checkInteger } from "../check.ts";
import { base64 } from "./kernels_wasm.ts";

/** The generators of random numbers; no call allocates. A fill that is longer than its block traps. */
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

/**
 * Kernels on matrices in one memory. Matrices are row-major and named by the address of their first
 * entry, in bytes; no call allocates, and none checks its arguments.
 */
export interface MatrixKernels {
  /** The memory as numbers: entry `i` has the address `8 i`. */
  readonly floats: Float64Array;
  /** First address that is free for the caller. */
  readonly heap: number;
  /** Number of entries that `gemm` wants at `work`. */
  readonly gemmWork: number;
  /**
   * C (m × n) += A (m × k) B (k × n). The steps of A and B are in bytes, from row to row and from
   * column to column. Each entry of C is summed in the order of k: the bits of the plain loop.
   */
  gemm(
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    c: number,
    work: number,
  ): void;
  /** The same in 32-bit numbers. */
  readonly gemmSingle: MatrixKernels["gemm"];
  /**
   * Writes (L R − T) Rᵀ at `leftGradient` and Lᵀ (L R − T) at `rightGradient`, for L (m × r),
   * R (r × n) and T (m × n), and returns ½‖L R − T‖². R and its gradient have the given steps in
   * bytes, from row to row and from column to column. The residual is never stored.
   */
  lowRankGradient(
    left: number,
    right: number,
    rightRow: number,
    rightColumn: number,
    target: number,
    m: number,
    r: number,
    n: number,
    leftGradient: number,
    rightGradient: number,
    work: number,
  ): number;
  /**
   * L += leftRate (T − L R) Rᵀ and R += rightRate Lᵀ (T − L R), both from the old values, by two
   * products with T: the residual is multiplied out. Shapes and steps as in `lowRankGradient`.
   */
  factorStep(
    left: number,
    right: number,
    rightRow: number,
    rightColumn: number,
    target: number,
    m: number,
    r: number,
    n: number,
    leftRate: number,
    rightRate: number,
    work: number,
  ): void;
  /**
   * C (m × n) += A (m × k) B (k × n) for each of `lanes` products, a multiple of 4, whose entries of
   * one place lie side by side. The steps of A and B are in bytes, from row to row and from column to
   * column. Each entry of C is summed in the order of k.
   */
  addProducts(
    lanes: number,
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    c: number,
  ): void;
  /**
   * One stage of a Runge–Kutta step of `lanes` systems, an even number, of `n` components; component i
   * of lane k is entry `i lanes + k`. Writes `t + share h` of each lane at `at` and `y + h Σ c_i k_i` at
   * `out`; the sum has 1 to 5 terms, there is room for 5 at `c`, and slopes lie `gap` bytes apart.
   */
  laneStage(
    lanes: number,
    n: number,
    terms: number,
    c: number,
    share: number,
    t: number,
    h: number,
    at: number,
    y: number,
    k: number,
    gap: number,
    out: number,
  ): void;
  /**
   * Errors `h Σ c_i k_i`, six terms, of steps from `y` to `next`, relative to `atol` (one number a
   * component) and `rtol`, and their inverse fifth roots: those of errors held within 10⁻⁷ … 10⁵.
   */
  laneErrors(
    lanes: number,
    n: number,
    c: number,
    rtol: number,
    atol: number,
    h: number,
    y: number,
    next: number,
    k: number,
    gap: number,
    errors: number,
    roots: number,
  ): void;
  /** Takes over `next` and `nextSlope` in every lane whose error is below 1. */
  laneAdvance(
    lanes: number,
    n: number,
    errors: number,
    y: number,
    next: number,
    slope: number,
    nextSlope: number,
  ): void;
  /** y += scale · x, `n` entries. */
  addScaled(n: number, scale: number, x: number, y: number): void;
  /** The same for 32-bit numbers, with the scale rounded to one. */
  addScaledSingle(n: number, scale: number, x: number, y: number): void;
  /** x · y, `n` entries, in eight partial sums: the bits depend on n alone. */
  dot(n: number, x: number, y: number): number;
  /** Writes the dot product of x with each of `rows` rows of `n` entries from `w` on at `out`. */
  rowsTimesVector(rows: number, n: number, w: number, x: number, out: number): void;
  /** w_i += c_i x for each of `rows` rows from `w` on, c at `scales`; c_i = 0 leaves row i alone. */
  moveRows(rows: number, n: number, scales: number, x: number, w: number): void;
  /**
   * x_ij += (rate · w_i) y_ij and weighted_ij = w_i x_ij for `rows` rows of `n` entries; those of x are
   * `step` bytes apart.
   */
  moveWeighted(
    rows: number,
    n: number,
    step: number,
    rate: number,
    weights: number,
    y: number,
    x: number,
    weighted: number,
  ): void;
  /** y ← shrink · y + scale · x, `n` entries; returns the new |y|². */
  shrinkAndMove(n: number, shrink: number, scale: number, x: number, y: number): number;
  /**
   * At most `steps` steps of the chain of fine-tuning, one input each. At `at` lie: m, √(|û|² − m²),
   * η, ξ, 1/r₀, Σ e², the last gate, η_c ξ, the level of |m| and the limit of |û|² and |ĉ|² that end
   * the walk; then λ, ĉ, c and room for slopes, each `k` long and a zero more where `k` is odd; then
   * even and odd coefficients of the activation, `terms` of each, and those of its derivative
   * (`terms = 0`: ReLU). A row at `draws` is `k` base features, two normals, and the label noise where
   * there is any; at `rests` lies the squared length of the rest of each input. Flags: 1 unit û (and ĉ
   * on its sphere), 2 linearised, 4 ĉ is trained, 8 label noise.
   *
   * @returns Steps made; times −1 where the limit ended the walk.
   */
  fineTuningSteps(
    steps: number,
    k: number,
    terms: number,
    flags: number,
    at: number,
    draws: number,
    rests: number,
  ): number;
  /** Number of entries that `lowRankGradient` wants at `work`. */
  lowRankWork(r: number, n: number): number;
  /** Number of entries that `factorStep` wants at `work`. */
  factorStepWork(r: number, n: number): number;
}

type Functions<T> = {
  [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K];
};

interface Exports extends Functions<Kernels>, Functions<MatrixKernels> {
  state: WebAssembly.Global;
  block: WebAssembly.Global;
  blockLength: WebAssembly.Global;
  edges: WebAssembly.Global;
  heap: WebAssembly.Global;
  gemmWork: WebAssembly.Global;
  makeTables(): void;
}

/** Bytes of a page of memory, and the pages that 32-bit addresses reach. */
const page = 65536, mostPages = 65536;

const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const compiled: WebAssembly.Module = new WebAssembly.Module(bytes);

/** A fresh instance with a memory of its own, of exactly `pages` pages for ever. */
function instantiate(pages: number): { memory: WebAssembly.Memory; exports: Exports } {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  return { memory, exports: instance.exports as unknown as Exports };
}

const generators = instantiate(1);

function load({ memory, exports }: ReturnType<typeof instantiate>): Kernels {
  exports.makeTables();
  const { fillUniform, fillNormal, jump, log, exp } = exports;
  return {
    fillUniform,
    fillNormal,
    jump,
    log,
    exp,
    state: new Int32Array(memory.buffer, exports.state.value, 8),
    block: new Float64Array(memory.buffer, exports.block.value, exports.blockLength.value),
    edges: new Float64Array(memory.buffer, exports.edges.value, 257).slice(), // to be read alone
  };
}

/**
 * The generators of this realm (a worker has its own).
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
export const kernels: Kernels = load(generators);

/**
 * Kernels on matrices, with a memory of their own that has room for `entries` numbers from `heap`
 * on, all zero. The memory never grows, so views of it stay valid; it is freed when the last view
 * and these functions are unreachable.
 *
 * @param entries Number of 64-bit numbers, `0 … 2²⁹ − 8192`.
 * @throws {RangeError} If `entries` is not an integer in that range, or there is no such memory.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matrixKernels } from "lora-dynamics/kernels/mod.ts";
 *
 * const { floats, heap, addScaled } = matrixKernels(4);
 * floats.set([1, 2, 10, 20], heap / 8);
 * addScaled(2, 0.5, heap, heap + 16);
 * assertEquals([...floats.subarray(heap / 8 + 2, heap / 8 + 4)], [10.5, 21]);
 * ```
 */
export function matrixKernels(entries: number): MatrixKernels {
  const what = "reserve memory for matrices";
  checkInteger(what, "the number of entries", entries, 0, (mostPages - 1) * page / 8);
  const heap: number = generators.exports.heap.value; // the same in every instance
  const { memory, exports } = instantiate(Math.ceil((heap + 8 * entries) / page));
  const { gemm, gemmSingle, lowRankGradient, lowRankWork, addProducts } = exports;
  const { addScaled, addScaledSingle, dot, rowsTimesVector, moveRows, moveWeighted } = exports;
  const { shrinkAndMove, fineTuningSteps, factorStep, factorStepWork } = exports;
  const { laneStage, laneErrors, laneAdvance } = exports;
  return {
    floats: new Float64Array(memory.buffer),
    heap,
    gemmWork: exports.gemmWork.value,
    gemm,
    gemmSingle,
    lowRankGradient,
    lowRankWork,
    factorStep,
    factorStepWork,
    addProducts,
    laneStage,
    laneErrors,
    laneAdvance,
    addScaled,
    addScaledSingle,
    dot,
    rowsTimesVector,
    moveRows,
    moveWeighted,
    shrinkAndMove,
    fineTuningSteps,
  };
}
