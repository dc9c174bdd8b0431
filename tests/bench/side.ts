/**
 * The two sides of a comparison: our code in this process, and a Python library in its own.
 *
 * @module
 */
import process from "node:process";
import { TextLineStream } from "../../lib/cli/lines.ts";
import type { Run } from "./loads.ts";

/** One measurement. */
export interface Measured {
  /** CPU seconds of the process per unit of the load. */
  readonly seconds: number;
  /** What the load computed. */
  readonly value: number;
  /** The most bytes of memory that the process has held, where it says so. */
  readonly memory?: number | null;
}

/** Something that can do a load. */
export type Side = (n: number) => Measured | Promise<Measured>;

/** Our side, with the CPU time of this process: all its threads, the compiler's and collector's too. */
export function ownSide(run: Run): Side {
  return (n) => {
    const before = process.cpuUsage();
    const value = run(n);
    const { user, system } = process.cpuUsage(before);
    return { seconds: (user + system) / 1e6 / n, value };
  };
}

/** A Python process that does the loads of one library. */
export class PeerProcess {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #trouble: Promise<string>;
  /** Version of the library. */
  version = "";

  private constructor(python: string, library: string) {
    this.#child = new Deno.Command(python, {
      args: ["-I", new URL("peers.py", import.meta.url).pathname, library],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
    this.#writer = this.#child.stdin.getWriter();
    this.#trouble = new Response(this.#child.stderr).text();
  }

  /** Starts the process; an `Error` says why the library cannot be used. */
  static async start(python: string, library: string): Promise<PeerProcess> {
    let peer: PeerProcess;
    try {
      peer = new PeerProcess(python, library);
    } catch (error) {
      throw new Error(`${python} cannot be started: ${(error as Error).message}`);
    }
    peer.version = (await peer.#answer() as { version: string }).version;
    return peer;
  }

  /** Does a load. */
  async measure(load: string, n: number): Promise<Measured> {
    await this.#writer.write(new TextEncoder().encode(JSON.stringify({ load, n }) + "\n"));
    return await this.#answer() as Measured;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#child.status;
  }

  async #answer(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (!done) return JSON.parse(value);
    const lines = (await this.#trouble).trim().split("\n");
    throw new Error(lines.at(-1) || "the process ended without a word");
  }
}
