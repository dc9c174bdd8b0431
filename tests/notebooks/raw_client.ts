/**
 * A client of the real kernel that sends whatever it is told to.
 *
 * @module
 */
import { TextLineStream } from "../../lib/cli/lines.ts";
import { inRoot, JUPYTER_ENVIRONMENT, PYTHON } from "../../lib/cli/paths.ts";
import { processes } from "./processes.ts";

// deno-lint-ignore no-explicit-any -- what a message holds is what the tests look at
type Content = Record<string, any>;

/** Channel, type, content and binary buffers. */
export type Answer = [channel: string, kind: string, content: Content, buffers: number[][]];

/** What is sent; `kernel_messages.py` says what the fields do. */
export interface Question {
  readonly channel?: "shell" | "control" | "stdin";
  readonly content?: unknown;
  readonly header?: Record<string, unknown>;
  readonly raw?: Record<number, string | number[]>;
  readonly frames?: readonly string[];
  readonly key?: string;
  readonly buffers?: readonly (readonly number[])[];
  readonly wait?: number;
  readonly typed?: unknown;
}

/** All that came for a message. */
export class Answers {
  constructor(readonly all: readonly Answer[]) {}

  /** Contents of one type. */
  of(kind: string): Content[] {
    return this.all.filter(([, type]) => type === kind).map(([, , content]) => content);
  }

  /** Content of the reply; empty when none has come. */
  get reply(): Content {
    return this.all.find(([, kind]) => kind.endsWith("_reply"))?.[2] ?? {};
  }

  /** What the kernel was doing, in order. */
  get states(): string[] {
    return this.of("status").map(({ execution_state }) => execution_state);
  }
}

/** A kernel and its client. */
export class RawClient implements AsyncDisposable {
  /** The launcher. */
  launcher = 0;
  /** Deno. */
  kernel = 0;
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;

  private constructor(env: Record<string, string>) {
    this.#process = new Deno.Command(PYTHON, {
      args: ["-IB", inRoot("tests", "notebooks", "kernel_messages.py")],
      cwd: inRoot("tests", "notebooks", "fixtures"),
      env: { ...JUPYTER_ENVIRONMENT, ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#output = this.#process.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream()).getReader();
  }

  /** Starts a kernel with further variables in its environment. */
  static async start(env: Record<string, string> = {}): Promise<RawClient> {
    const client = new RawClient(env);
    client.launcher = (await client.#command({ do: "start", env }) as { pid: number }).pid;
    client.kernel = (await processes()).find(({ parent }) => parent === client.launcher)!.pid;
    return client;
  }

  /** Sends a message and waits for what comes back. */
  async ask(kind: string, question: Question = {}): Promise<Answers> {
    return new Answers(await this.#command({ do: "ask", kind, ...question }) as Answer[]);
  }

  /** Runs a cell. */
  run(code: string, options: Content = {}): Promise<Answers> {
    return this.ask("execute_request", { content: { code, ...options } });
  }

  /** Text of the value of a cell. */
  async value(code: string): Promise<string | undefined> {
    return (await this.run(code)).of("execute_result")[0]?.data["text/plain"];
  }

  /** Median time of a round trip, in milliseconds. */
  latency(times: number): Promise<number> {
    return this.#command({ do: "latency", times }) as Promise<number>;
  }

  async #command(command: Record<string, unknown>): Promise<unknown> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(command)}\n`));
    const { value, done } = await this.#output.read();
    if (done) throw new Error(`the client ended at ${JSON.stringify(command).slice(0, 200)}`);
    return JSON.parse(value);
  }

  /** Ends kernel and client. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#output.cancel();
    await this.#process.status;
  }
}
