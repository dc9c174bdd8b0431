/** From `t0` to `t1` by any method: output at times, events, dense output. */
import type { EventWatch } from "./events.ts";
import type { Integrator } from "./integrator.ts";
import { STATUS } from "./status.ts";
import { interpolate } from "./stepper.ts";

/** Takes what a solve puts out. */
export interface Sink {
  /** One point of output. */
  push(t: number, y: Float64Array): void;
  /** One step for dense output. */
  pushStep(t: number, h: number, y: Float64Array, rows: Float64Array): void;
  /** One occurrence of the event with this index. */
  hit(event: number, t: number, y: Float64Array): void;
}

/** What is wanted, with room for it. */
export interface Plan {
  readonly times: ArrayLike<number> | undefined;
  /** Whether steps end at the times, so that nothing is interpolated. */
  readonly land: boolean;
  readonly watch: EventWatch | undefined;
  readonly dense: boolean;
  /** Room for the interpolation polynomial. */
  readonly rows: Float64Array;
  /** Room for a state between steps. */
  readonly between: Float64Array;
}

/**
 * Drives a started integrator; returns the last time reached. Its state there is `s.y`, and how it
 * ended `s.status`.
 */
export function drive(s: Integrator, t0: number, t1: number, plan: Plan, sink: Sink): number {
  const { times, land, watch, dense, rows, between } = plan;
  let t = t0;
  let nextTime = 0;
  if (watch && !watch.start(t, s.y) && s.status === "done") s.status = STATUS.nanEvent;
  if (!times) sink.push(t, s.y);
  else if (times[0] === t0) sink.push(times[nextTime++], s.y);

  while (s.status === "done" && t < t1) {
    const end = s.step(t, (land ? times?.[nextTime] : undefined) ?? t1);
    if (s.status !== "done") break;
    const h = end - t;
    const look = watch?.look(t, h, s) ?? "nothing", fired = look === "fired";
    if (look === "nan") {
      s.status = STATUS.nanEvent;
      break;
    }
    const wanted = times !== undefined && times[nextTime] <= end;
    if (dense || fired || wanted) s.interpolant(t, h, rows);
    let last = end;
    let final: Float64Array | undefined;
    if (fired) {
      for (const { event, t: when, y, terminal } of watch!.locate(s, t, h, rows)) {
        sink.hit(event, when, y);
        if (!terminal) continue;
        s.status = "event";
        last = when;
        final = y;
      }
    }
    if (dense) sink.pushStep(t, h, s.y, rows);
    if (times) {
      for (; times[nextTime] <= last; nextTime++) {
        const at = times[nextTime];
        if (at === end) sink.push(at, s.next);
        else {
          interpolate((at - t) / h, s.y, rows, between);
          sink.push(at, between);
        }
      }
    } else {
      sink.push(last, final ?? s.next);
    }
    s.advance();
    watch?.advance();
    if (final) s.y.set(final);
    t = last;
  }
  return t;
}
