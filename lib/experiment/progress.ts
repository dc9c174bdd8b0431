/** Progress of a loop of known length. */
export interface Progress extends Disposable {
  /** `n` more steps are done; the note says what is going on. */
  tick(n?: number, note?: string): void;
  /** All is done. */
  done(): void;
}

/** Progress of a loop; silent for now. */
export function progress(_label: string, _total: number): Progress {
  return { tick() {}, done() {}, [Symbol.dispose]() {} };
}
