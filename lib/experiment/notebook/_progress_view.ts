/**
 * Where a progress bar is drawn: in a notebook's output, on a terminal, or nowhere.
 *
 * @module
 */
import { type Broadcast, isLane, platform } from "../../platform/mod.ts";
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
  /** Draws the last state; in a notebook a bar that came to its end is taken away. */
  close(state: ProgressState): void;
}

/** What a bar that is over leaves in a notebook: its words for front ends without HTML, and no room. */
const OVER = "<div hidden></div>";

function notebookView(broadcast: Broadcast): ProgressView {
  const display_id = `progress-${crypto.randomUUID()}`;
  let message = "display_data";
  const send = (html: string, text: string) => {
    const data = { "text/html": html, "text/plain": text };
    // Showing progress must never be the reason for which the work fails.
    broadcast(message, { data, metadata: {}, transient: { display_id } }).catch(() => {});
    message = "update_display_data";
  };
  const draw = ({ value, total, text }: ProgressState) =>
    send(
      `<div><progress value="${value}" max="${total}"></progress> ${escapeHtml(text)}</div>`,
      text,
    );
  return {
    draw,
    // One cell may have dozens of them: those that came to their end make room.
    close: (state) => state.value < state.total ? draw(state) : send(OVER, state.text),
  };
}

/** One bar has the terminal; those inside or beside it are silent. */
let terminalTaken = false;

/** Cells of the bar itself. */
const BAR = 24;

function terminalView(): ProgressView {
  const { terminal } = platform;
  const draw = ({ value, total, text }: ProgressState) => {
    const done = Math.floor(BAR * value / Math.max(total, 1));
    const line = `[${"=".repeat(done)}${"-".repeat(BAR - done)}] ${text}`;
    // One line and no more, or the next one would not be drawn over it.
    terminal.write(`\r${line.slice(0, terminal.columns - 1)}\x1b[K`);
  };
  return {
    draw,
    close(state) {
      draw(state);
      terminal.write("\n");
      terminalTaken = false;
    },
  };
}

/** The place to draw, if there is one. */
export function openView(): ProgressView | undefined {
  const { broadcast } = platform.notebook;
  if (broadcast) return notebookView(broadcast);
  if (!onTerminal() || terminalTaken) return undefined;
  terminalTaken = true;
  return terminalView();
}

function onTerminal(): boolean {
  return platform.terminal.present && !isLane();
}

/** Whether `openView` may find a place: otherwise a bar need not even keep the time. */
export function canDraw(): boolean {
  return platform.notebook.broadcast !== undefined || onTerminal();
}
