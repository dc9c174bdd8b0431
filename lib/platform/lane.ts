let lane = false;

/** Says that this realm is a worker that computes cells for a sweep elsewhere. */
export function becomeLane(): void {
  lane = true;
}

/** Whether this realm is such a worker: it then starts no workers of its own and shows nothing. */
export function isLane(): boolean {
  return lane;
}
