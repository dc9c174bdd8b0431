/// <reference lib="dom" />
/**
 * The kernel of the live pages, as JupyterLite knows kernels.
 *
 * @module
 */
import { KernelClient, type KernelWorker } from "../live/client.ts";
import type { Documentation } from "../live/documentation/documentation.ts";
import type { Output } from "../live/kernel/protocol.ts";
import type { BaseKernel, BaseKernelClass, KernelOptions } from "./base.ts";

/** The library's version, which is put in when this is bundled. */
declare const VERSION: string;

/** A kernel that can be interrupted. */
export interface Interruptible extends BaseKernel {
  /** Ends the cell that runs. */
  interrupt(): Promise<void>;
}

const LANGUAGE = {
  name: "typescript",
  version: "6.0",
  mimetype: "text/x.typescript",
  file_extension: ".ts",
  codemirror_mode: "typescript",
  pygments_lexer: "typescript",
  nbconvert_exporter: "script",
};

/** The cell of an output: its message. */
function publish(kernel: BaseKernel, { type, content, parent }: Output): void {
  if (type === "stream") kernel.stream(content, parent);
  else if (type === "display_data") kernel.displayData(content, parent);
  else if (type === "update_display_data") kernel.updateDisplayData(content, parent);
  else kernel.publishExecuteResult(content, parent);
}

/**
 * The class of the kernel.
 *
 * @param Base The class that JupyterLite gives.
 * @param live Folder of the live edition, whose kernel and library it runs.
 * @param documentation Answers to Shift-Tab and Tab.
 */
export function kernelClass(
  Base: BaseKernelClass,
  live: URL,
  documentation: () => Documentation,
): new (options: KernelOptions) => Interruptible {
  return class extends Base implements Interruptible {
    readonly #documentation = documentation();
    readonly #client = new KernelClient({
      start: () => new Worker(new URL("kernel.js", live), { type: "module" }) as KernelWorker,
      onOutput: (output) => publish(this, output),
      onLost() {},
    });

    get ready(): Promise<void> {
      return this.#client.open();
    }

    override dispose(): void {
      if (this.isDisposed) return;
      this.#client.restart();
      super.dispose();
    }

    interrupt(): Promise<void> {
      return this.#client.interrupt();
    }

    async executeRequest({ code }: { code: string }): Promise<unknown> {
      const { executionCount: execution_count, parentHeader } = this;
      const ended = await this.#client.execute(code, execution_count, parentHeader);
      this.#documentation.ran(code);
      if (ended.status === "ok") return { ...ended, execution_count, user_expressions: {} };
      const { ename, evalue, traceback } = ended;
      this.publishExecuteError({ ename, evalue, traceback }, parentHeader);
      return { ...ended, execution_count };
    }

    async completeRequest(
      { code, cursor_pos: at }: { code: string; cursor_pos: number },
    ): Promise<unknown> {
      const documented = await this.#documentation.suggest(code, at);
      if (!documented) {
        const { matches, start, end } = await this.#client.complete(code, at);
        return { status: "ok", matches, cursor_start: start, cursor_end: end, metadata: {} };
      }
      const { found, start, kind } = documented;
      const types = found.map(({ name, about }) => ({ text: name, type: kind, signature: about }));
      return {
        ...{ status: "ok", matches: found.map(({ name }) => name) },
        ...{ cursor_start: start, cursor_end: at },
        metadata: { _jupyter_types_experimental: types },
      };
    }

    async inspectRequest(
      { code, cursor_pos: at }: { code: string; cursor_pos: number },
    ): Promise<unknown> {
      const text = await this.#documentation.at(code, at);
      const plain = text?.replace(/^```\w*\n|^```$\n?|\*\*| +$/gm, "");
      const data = text === undefined ? {} : { "text/markdown": text, "text/plain": plain };
      return { status: "ok", found: text !== undefined, data, metadata: {} };
    }

    kernelInfoRequest(): Promise<unknown> {
      return Promise.resolve({
        ...{ status: "ok", implementation: "lora-dynamics", implementation_version: VERSION },
        ...{ protocol_version: "5.3", banner: "TypeScript in the browser", help_links: [] },
        language_info: LANGUAGE,
      });
    }

    isCompleteRequest(): Promise<unknown> {
      return Promise.resolve({ status: "complete" });
    }

    commInfoRequest(): Promise<unknown> {
      return Promise.resolve({ status: "ok", comms: {} });
    }

    inputReply(): void {}
    async commOpen(): Promise<void> {}
    async commMsg(): Promise<void> {}
    async commClose(): Promise<void> {}
  };
}
