/**
 * Loads against their peers, interleaved.
 *
 * @module
 */
import { median } from "lora-dynamics/experiment/mod.ts";
import { type Load, OWN_PEERS, type Peer } from "./loads.ts";
import { type Measured, ownSide, type PeerProcess, type Side } from "./side.ts";

/** Share of a target that is left to what the speed of a machine does between runs. */
export const MARGIN = 0.05;

/** Libraries whose code is compiled, and a ratio beyond which something else was timed. */
const COMPILED = ["torch", "jax", "numba"], ABSURD = 50;

/** A row of the result: one load against one peer. */
export interface BenchRow {
  /** What is done. */
  readonly load: string;
  /** CPU seconds of ours per unit, least of the rounds; null if ours cannot run here. */
  readonly ours: number | null;
  /** CPU seconds of the peer per unit, least of the rounds; null if it is missing. */
  readonly peer: number | null;
  /** The peer. */
  readonly peerName: string;
  /** Median over the rounds of the peer's time over ours: above 1 ours is faster. */
  readonly ratio: number | null;
  /** Least and greatest ratio of a round. */
  readonly spread: readonly [number, number] | null;
  /** Least ratio that is to be reached; null where the comparison is for information. */
  readonly target: number | null;
  /** Whether it was reached; null without a target or a ratio. */
  readonly pass: boolean | null;
  /** What is missing, ours or the peer, where there is no ratio, and why. */
  readonly missing?: { readonly name: string; readonly reason: string };
  /** That the ratio is beyond belief: something else than the load was timed. */
  readonly fault?: true;
}

/** How a comparison is made. */
export interface CompareOptions {
  /** Rounds: ours, each peer, ours, each peer, … */
  readonly rounds: number;
  /** CPU seconds of one measurement, about. */
  readonly seconds: number;
  /** The running process of a library, or an error that says why there is none. */
  readonly process: (library: string) => Promise<PeerProcess>;
}

/** A peer that can be measured, and its times. */
interface Entry {
  readonly peer: Peer;
  readonly side: Side;
  readonly units: number;
  n: number;
  times: number[];
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Repetitions that take about so long. */
export async function calibrate(side: Side, seconds: number): Promise<number> {
  let n = 1;
  while (true) {
    const spent = n * (await side(n)).seconds;
    if (spent > seconds / 4) return Math.max(1, Math.round(n * seconds / spent));
    n *= spent > seconds / 100 ? 4 : 10;
  }
}

/** Whether compiled code of another library cannot differ so much from ours on the same work. */
export function isFault({ library, comparable = true }: Peer, ratio: number): boolean {
  return comparable && COMPILED.includes(library) && (ratio > ABSURD || ratio < 1 / ABSURD);
}

/** The least time of a side over some rounds, and what it has computed. */
export async function least(
  side: Side,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<Measured> {
  const first = await side(1); // whatever is compiled or filled at the first call is not its time
  const n = first.seconds > seconds ? 1 : await calibrate(side, seconds);
  let best = await side(n);
  for (let round = 1; round < rounds && first.seconds < 10 * seconds; round++) {
    const next = await side(n);
    if (next.seconds < best.seconds) best = next;
  }
  return best;
}

async function sideOf(peer: Peer, options: CompareOptions): Promise<Side> {
  if (peer.library === "ours") return ownSide(OWN_PEERS[peer.load]());
  const process = await options.process(peer.library);
  return (n) => process.measure(peer.load, n);
}

/** Throws unless both sides compute the same: otherwise their times say nothing. */
async function checkAgreement(load: Load, ours: Side, entry: Entry): Promise<void> {
  const { n, tolerance } = load.compare, { peer, side, units } = entry;
  if (peer.comparable === false) return;
  const own = (await ours(n)).value, other = (await side(Math.max(1, n / units))).value;
  if (Math.abs(own - other) <= tolerance) return;
  throw new Error(
    `Cannot compare "${load.name}" with ${peer.name} as both must compute the same to ${tolerance}: ` +
      `ours is ${own}, theirs ${other}`,
  );
}

/** One load against all its peers. */
export async function compare(load: Load, options: CompareOptions): Promise<BenchRow[]> {
  const blank = { ours: null, peer: null, ratio: null, spread: null, pass: null };
  const absent = (peer: Peer, ours: number | null, name: string, reason: string): BenchRow => ({
    ...{ load: load.name, ...blank, ours, peerName: peer.name, target: peer.target },
    missing: { name, reason },
  });
  let ours: Side;
  try {
    ours = ownSide(load.ours());
  } catch (error) {
    return load.peers.map((peer) => absent(peer, null, load.needs ?? "ours", reason(error)));
  }
  const entries: Entry[] = [], missing = new Map<Peer, string>();
  for (const peer of load.peers) {
    let side: Side;
    try {
      side = await sideOf(peer, options);
    } catch (error) {
      missing.set(peer, reason(error));
      continue;
    }
    const entry = { peer, side, units: peer.units ?? 1, n: 1, times: [] };
    await checkAgreement(load, ours, entry);
    entry.n = await calibrate(side, options.seconds);
    entries.push(entry);
  }
  const n = await calibrate(ours, options.seconds);
  await ours(n);
  const own: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    own.push((await ours(n)).seconds);
    for (const entry of entries) {
      entry.times.push((await entry.side(entry.n)).seconds / entry.units);
    }
  }
  const best = Math.min(...own);
  return load.peers.map((peer) => {
    const entry = entries.find((entry) => entry.peer === peer);
    if (!entry) return absent(peer, best, peer.name, missing.get(peer)!);
    const ratios = entry.times.map((time, i) => time / own[i]), ratio = median(ratios);
    const fault = isFault(peer, ratio), { target } = peer;
    return {
      load: load.name,
      ours: best,
      peer: Math.min(...entry.times),
      peerName: peer.name,
      ratio,
      spread: [Math.min(...ratios), Math.max(...ratios)],
      target,
      pass: target === null ? null : !fault && ratio >= (1 - MARGIN) * target,
      ...(fault ? { fault: true as const } : {}),
    };
  });
}
