/**
 * Where a progress bar is drawn: in a notebook's output, on a terminal, or nowhere.
 *
 * @module
 */
import { escapeHtml } from "../table/html.ts";

/** A state of the bar. */
export interface ProgressState {
  /** What is done so far, at most the total. */
  readonly value: number;
  /** What is to do. */
  readonly total: number;
  /** Label, counts and times in words. */
  readonly text: string;
}

/** Draws a bar: `draw` any number of times, then `close` once with the last state. */
export interface ProgressView {
  /** Draws a state over the last one. */
  draw(state: ProgressState): void;
  /** Draws the last state, which stays. */
  close(state: ProgressState): void;
}

type Broadcast = typeof Deno.jupyter.broadcast;

/** How the kernel shows an output at once; nothing outside of a kernel. */
function kernelBroadcast(): Broadcast | undefined {
  try {
    return Deno.jupyter.broadcast;
  } catch {
    return undefined;
  }
}

function notebookView(broadcast: Broadcast): ProgressView {
  const display_id = `progress-${crypto.randomUUID()}`;
  let message = "display_data";
  const draw = ({ value, total, text }: ProgressState) => {
    const data = {
      "text/html": `<div><progress value="${value}" max="${total}"></progress> ${
        escapeHtml(text)
      }</div>`,
      "text/plain": text,
    };
    // Showing progress must never be the reason for which the work fails.
    broadcast(message, { data, metadata: {}, transient: { display_id } }).catch(() => {});
    message = "update_display_data";
  };
  return { draw, close: draw };
}

const isWorker = "WorkerGlobalScope" in globalThis;

// Loaded only where it can draw: scripts in a terminal. Workers and tests do not pay for it.
const cliProgress = !isWorker && Deno.stderr.isTerminal()
  ? (await import("cli-progress")).default
  : undefined;

/** One bar has the terminal; those inside or beside it are silent. */
let terminalTaken = false;

function terminalView(): ProgressView {
  const bar = new cliProgress.SingleBar({ format: "[{bar}] {text}", barsize: 24, linewrap: true });
  return {
    draw({ value, total, text }) {
      if (bar.isActive) bar.update(value, { text });
      else bar.start(total, value, { text });
    },
    close(state) {
      this.draw(state);
      bar.stop();
      terminalTaken = false;
    },
  };
}

/** The place to draw, if there is one. */
export function openView(): ProgressView | undefined {
  const broadcast = kernelBroadcast();
  if (broadcast) return notebookView(broadcast);
  if (!cliProgress || terminalTaken) return undefined;
  terminalTaken = true;
  return terminalView();
}

/** Whether `openView` may find a place: otherwise a bar need not even keep the time. */
export function canDraw(): boolean {
  return cliProgress !== undefined || kernelBroadcast() !== undefined;
}
