/**
 * The binding of resvg's WebAssembly module. The package's own starts asynchronously only, and once
 * only: a notebook asks for a picture synchronously, and after a panic the instance is to be replaced.
 *
 * @module
 */
import type { Pixels } from "./_encode_png.ts";
import { platform } from "./platform.ts";

/** The exports that are used; a function that gives an object or an error writes both to `result`. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  resvg_new(result: number, svg: number, options: number, length: number, fonts: number): void;
  resvg_render(result: number, drawing: number): void;
  renderedimage_width(image: number): number;
  renderedimage_height(image: number): number;
  renderedimage_pixels(image: number): number;
  __wbg_resvg_free(drawing: number): void;
  __wbg_renderedimage_free(image: number): void;
  __wbindgen_malloc(bytes: number, alignment: number): number;
  __wbindgen_add_to_stack_pointer(bytes: number): number;
}

/** Numbers below stand for values that never go: undefined, null, true, false. */
const FIRST = 132;

/** Objects that the module knows by number. */
class Objects {
  readonly #kept = new Map<number, unknown>([[128, undefined], [129, null], [130, true], [
    131,
    false,
  ]]);
  #next = FIRST;

  keep = (value: unknown): number => {
    this.#kept.set(this.#next, value);
    return this.#next++;
  };

  // deno-lint-ignore no-explicit-any
  get = (index: number): any => this.#kept.get(index);

  take = (index: number): unknown => {
    const value = this.#kept.get(index);
    if (index >= FIRST) this.#kept.delete(index);
    return value;
  };
}

let module: WebAssembly.Module | undefined;

/** One instance of the module. After an exception it must not be used any more. */
export class Resvg {
  readonly #objects = new Objects();
  readonly #exports: Exports;

  constructor() {
    module ??= new WebAssembly.Module(
      platform.files.readPackage("@resvg/resvg-wasm/index_bg.wasm"),
    );
    const instance = new WebAssembly.Instance(module, { wbg: this.#imports() });
    this.#exports = instance.exports as unknown as Exports;
  }

  /** The drawing as pixels; the options are resvg's, as JSON. */
  pixels(svg: string, options: string, fonts: readonly Uint8Array[]): Pixels {
    const { keep, take } = this.#objects, wasm = this.#exports;
    const [text, length] = this.#store(options);
    const drawing = this.#call((result) =>
      wasm.resvg_new(result, keep(svg), text, length, keep(fonts))
    );
    const image = this.#call((result) => wasm.resvg_render(result, drawing));
    const [width, height] = [wasm.renderedimage_width(image), wasm.renderedimage_height(image)];
    const data = take(wasm.renderedimage_pixels(image)) as Uint8Array;
    wasm.__wbg_renderedimage_free(image);
    wasm.__wbg_resvg_free(drawing);
    return { width, height, data };
  }

  /** Calls a function that writes a value, the number of an error, and whether there is one. */
  #call(run: (result: number) => void): number {
    const wasm = this.#exports, result = wasm.__wbindgen_add_to_stack_pointer(-16);
    run(result);
    const [value, error, failed] = new Int32Array(wasm.memory.buffer, result, 3);
    wasm.__wbindgen_add_to_stack_pointer(16);
    if (failed) throw this.#objects.take(error);
    return value >>> 0;
  }

  /** Text in the module's memory: where, and how many bytes. */
  #store(text: string): [number, number] {
    const bytes = new TextEncoder().encode(text);
    const at = this.#exports.__wbindgen_malloc(bytes.length, 1) >>> 0;
    new Uint8Array(this.#exports.memory.buffer).set(bytes, at);
    return [at, bytes.length];
  }

  #text(at: number, length: number): string {
    return new TextDecoder().decode(new Uint8Array(this.#exports.memory.buffer, at >>> 0, length));
  }

  /** What the module asks for, under the names that belong to version 2.6.2. */
  #imports(): Record<string, (...given: number[]) => unknown> {
    const { keep, get, take } = this.#objects;
    return {
      __wbindgen_memory: () => keep(this.#exports.memory),
      __wbindgen_object_drop_ref: take,
      __wbindgen_string_new: (at, length) => keep(this.#text(at, length)),
      __wbindgen_string_get: (result, index) => {
        const value = get(index);
        const [at, length] = typeof value === "string" ? this.#store(value) : [0, 0];
        new Int32Array(this.#exports.memory.buffer, result, 2).set([at, length]);
      },
      __wbindgen_throw: (at, length) => {
        throw new Error(this.#text(at, length));
      },
      __wbg_new_28c511d9baebfa89: (at, length) => keep(new Error(this.#text(at, length))),
      __wbg_new_63b92bc8671ed464: (source) => keep(new Uint8Array(get(source))),
      __wbg_new_16b304a2cfa7ff4a: () => keep([]),
      __wbg_push_a5b05aedc7234f9f: (array, item) => get(array).push(get(item)),
      __wbg_values_839f3396d5aac002: (array) => keep(get(array).values()),
      __wbg_next_196c84450b364254: (iterator) => keep(get(iterator).next()),
      __wbg_done_298b57d23c0fc80c: (step) => get(step).done,
      __wbg_value_d93c65011f51a456: (step) => keep(get(step).value),
      __wbg_instanceof_Uint8Array_2b3bbecd033d19f6: (value) => get(value) instanceof Uint8Array,
      __wbg_buffer_12d079cc21e14bdb: (bytes) => keep(get(bytes).buffer),
      __wbg_newwithbyteoffsetandlength_aa4a17c33a06e5cb: (buffer, at, length) =>
        keep(new Uint8Array(get(buffer), at >>> 0, length >>> 0)),
      __wbg_length_c20a40f15020d68a: (bytes) => get(bytes).length,
      __wbg_set_a47bac70306a19a7: (target, source, at) => get(target).set(get(source), at >>> 0),
    };
  }
}
