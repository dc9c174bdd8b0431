import { checkInteger, checkString } from "../../check.ts";
import { platform } from "../../platform/mod.ts";
import { canDraw, openView, type ProgressView } from "./_progress_view.ts";

/** Progress of a loop of known length. */
export interface Progress extends Disposable {
  /** `n` more steps are done (1 by default); the note says what is going on. */
  tick(n?: number, note?: string): void;
  /** All is done; reaching the total says so too. */
  done(): void;
}

/** Work shorter than this, in ms, shows nothing. */
const SHOW_AFTER = 500;
/** Least time in ms between two updates: at most ten per second. */
const UPDATE_EVERY = 100;

/** `12.3 s`, `4 min 05 s` or `2 h 07 min`. */
function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const [small, big, units] = seconds < 3599.5
    ? [Math.round(seconds), 60, ["min", "s"]] as const
    : [Math.round(seconds / 60), 60, ["h", "min"]] as const;
  return `${Math.floor(small / big)} ${units[0]} ${String(small % big).padStart(2, "0")} ${
    units[1]
  }`;
}

/** `240/s`, `2.4/s`, or `15/min` when that is less than one a second. */
function rate(perSecond: number): string {
  if (perSecond < 1) return `${(60 * perSecond).toPrecision(2)}/min`;
  return `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`;
}

class Bar implements Progress {
  readonly #label: string;
  readonly #total: number;
  readonly #start = performance.now();
  readonly #timer: ReturnType<typeof setTimeout>;
  #count = 0;
  #note = "";
  #drawn = -Infinity;
  #view?: ProgressView;
  #ended = false;

  constructor(label: string, total: number) {
    this.#label = label;
    this.#total = total;
    // A first step may take long; while workers compute, this one has time to say what goes on.
    this.#timer = setTimeout(() => this.#update(), SHOW_AFTER);
    platform.unrefTimer(this.#timer);
  }

  tick(n = 1, note?: string): void {
    if (this.#ended) return;
    this.#count += n;
    if (note !== undefined) this.#note = note;
    if (this.#count >= this.#total) this.#end();
    else this.#update();
  }

  done(): void {
    this.#count = this.#total;
    this.#end();
  }

  [Symbol.dispose](): void {
    this.#end();
  }

  #update(): void {
    const now = performance.now();
    if (now - this.#start < SHOW_AFTER || now - this.#drawn < UPDATE_EVERY) return;
    this.#view ??= openView();
    this.#drawn = now;
    const left = (now - this.#start) * (this.#total / this.#count - 1);
    const rest = this.#count > 0
      ? `, ${rate(1000 * this.#count / (now - this.#start))}, ${duration(left)} left`
      : "";
    this.#view?.draw(this.#state(rest + (this.#note && `, ${this.#note}`)));
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    const time = duration(performance.now() - this.#start);
    const whole = this.#count >= this.#total;
    this.#view?.close(this.#state(whole ? `, done in ${time}` : `, stopped after ${time}`));
  }

  #state(rest: string): { value: number; total: number; text: string } {
    const text = `${this.#label}: ${this.#count}/${this.#total}${rest}`;
    return { value: Math.min(this.#count, this.#total), total: this.#total, text };
  }
}

const SILENT: Progress = { tick() {}, done() {}, [Symbol.dispose]() {} };

/**
 * A progress bar for a loop of known length, with the rate and the time left.
 *
 * In a notebook it is drawn in the output of the cell, even from a synchronous loop, and goes when all
 * is done; on a terminal, on standard error, where the outermost bar is the one to be seen;
 * otherwise it is silent. It appears after half a second and is redrawn at most ten times per second. Bind it with `using`, so
 * that an exception leaves "stopped after ..." behind instead of a bar that seems to run.
 *
 * @param label What is going on.
 * @param total Number of steps.
 * @throws {RangeError} If the total is not an integer >= 0.
 * @throws {TypeError} If the label is not a string.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { progress } from "lora-dynamics/experiment/mod.ts";
 *
 * using bar = progress("adding", 3);
 * let sum = 0;
 * for (const n of [1, 2, 3]) {
 *   sum += n;
 *   bar.tick(1, `added ${n}`);
 * }
 * assertEquals(sum, 6);
 * ```
 */
export function progress(label: string, total: number): Progress {
  checkString("show progress", "label", label);
  checkInteger("show progress", "total", total, 0);
  return canDraw() ? new Bar(label, total) : SILENT;
}
