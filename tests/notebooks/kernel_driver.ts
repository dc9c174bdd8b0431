/**
 * The real kernel for tests, through `jupyter_client`.
 *
 * @module
 */
import { inRoot, JUPYTER_ENVIRONMENT, PYTHON } from "../../lib/cli/paths.ts";
import { TextLineStream } from "../../lib/cli/lines.ts";
import { processes } from "./processes.ts";

/** What a cell has answered. */
export interface CellAnswer {
  /** Number in the prompt. */
  count: number | null;
  /** `"ok"` or `"error"`. */
  status: string | null;
  /** When the cell was idle, from the sending of the first one; null if it never was. */
  seconds: number | null;
  /** Type and text of every output that came in time. */
  outputs: [string, string][];
  /** Outputs that came after the cell was idle. */
  late: [string, string][];
}

/** A kernel that runs until `stop` or the end of the block. */
export class TestKernel implements AsyncDisposable {
  /** The launcher. */
  pid = 0;
  /** The Deno process behind it. */
  kernel = 0;
  /** The process that drives both. */
  readonly driver: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;

  private constructor(env: Readonly<Record<string, string>>) {
    this.driver = new Deno.Command(PYTHON, {
      args: ["-I", inRoot("tests", "notebooks", "kernel_driver.py")],
      env: { ...JUPYTER_ENVIRONMENT, ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.driver.stdin.getWriter();
    this.#output = this.driver.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream()).getReader();
  }

  /** Starts a kernel in a folder, that of the fixtures by default; `env` is added to its environment. */
  static async start(
    env: Readonly<Record<string, string>> = {},
    folder = inRoot("tests", "notebooks", "fixtures"),
  ): Promise<TestKernel> {
    const kernel = new TestKernel(env);
    const { pid } = await kernel.#ask({ do: "start", folder }) as { pid: number };
    kernel.pid = pid;
    kernel.kernel = (await processes()).find(({ parent }) => parent === pid)!.pid;
    return kernel;
  }

  /** Sends cells, all at once, and waits for all answers. */
  run(
    code: string[],
    options: { interrupt_after?: number; timeout?: number } = {},
  ): Promise<CellAnswer[]> {
    return this.#ask({ do: "run", code, ...options }) as Promise<CellAnswer[]>;
  }

  /** Text of the one result of a cell. */
  async value(code: string): Promise<string> {
    const [{ outputs }] = await this.run([code]);
    return outputs.map(([, text]) => text).join("\n");
  }

  /** Shuts the kernel down. */
  async stop(): Promise<void> {
    await this.#ask({ do: "stop" });
  }

  /** Ends kernel and driver, however far they came. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#output.cancel();
    await this.driver.status;
  }

  async #ask(command: Record<string, unknown>): Promise<unknown> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(command)}\n`));
    const { value, done } = await this.#output.read();
    if (done) throw new Error(`the kernel driver ended at ${JSON.stringify(command)}`);
    return JSON.parse(value);
  }
}
