/**
 * The reader's Interrupt, for a cell that waits.
 *
 * @module
 */

/** What the `await` of an interrupted cell throws. */
export class Interrupted extends Error {
  /** `"Interrupted"`, as sweeps know it. */
  override name = "Interrupted";

  /** See the class. */
  constructor() {
    super("the cell was interrupted; variables are kept");
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** One run of a cell, which an interrupt may end. */
export class Interruption {
  readonly #waiting = new Set<(reason: unknown) => void>();
  readonly #ended = Promise.withResolvers<never>();
  #error: Interrupted | undefined;

  constructor() {
    this.#ended.promise.catch(() => {}); // heard of where the cell is waited for
  }

  /** Rejects when the cell was given up, although it goes on somewhere. */
  get ended(): Promise<never> {
    return this.#ended.promise;
  }

  /** What the cell's `await` waits for: the value, or the interrupt. */
  readonly wait = <T>(value: T): T | Promise<Awaited<T>> => {
    if (this.#error) throw this.#error;
    if (typeof (value as { then?: unknown } | null)?.then !== "function") return value;
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      const over = () => this.#waiting.delete(reject);
      Promise.resolve(value).then(
        (result) => (over(), resolve(result)),
        (reason) => (over(), reject(reason)),
      );
    });
  };

  /** Makes each `await` of the cell throw; if it does not end soon, gives it up. */
  interrupt(patience = 300): void {
    const error = this.#error ??= new Interrupted();
    for (const reject of this.#waiting) reject(error);
    setTimeout(() => this.#ended.reject(error), patience);
  }
}
