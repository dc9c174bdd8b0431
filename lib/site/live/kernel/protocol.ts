/**
 * What a page and the kernel in its worker say to each other.
 *
 * @module
 */

/** Output of a cell by type (MIME). */
export type Bundle = Record<string, unknown>;

/** How a cell ended. */
export type Ended =
  | { readonly status: "ok" }
  | {
    readonly status: "error";
    readonly ename: string;
    readonly evalue: string;
    readonly traceback: readonly string[];
  };

/** What completes a name. */
export interface Completion {
  readonly matches: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** What a page asks. `parent` says for whom a cell runs: all its outputs carry it. */
export type ToKernel =
  | {
    readonly type: "execute";
    readonly code: string;
    readonly count: number;
    readonly parent: unknown;
  }
  | { readonly type: "interrupt" }
  | { readonly type: "complete"; readonly id: string; readonly code: string; readonly at: number };

/** An output, as in the notebook's protocol. */
export interface Output {
  readonly type: "stream" | "display_data" | "update_display_data" | "execute_result";
  readonly parent: unknown;
  // deno-lint-ignore no-explicit-any -- another shape for each type, as Jupyter has them
  readonly content: any;
}

/** What the kernel answers; of a cell, `done` comes last. */
export type FromKernel =
  | { readonly type: "ready" }
  | Output
  | { readonly type: "done"; readonly parent: unknown; readonly content: Ended }
  | { readonly type: "interrupting" }
  | { readonly type: "completed"; readonly id: string; readonly content: Completion };
