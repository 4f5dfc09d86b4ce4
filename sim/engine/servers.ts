/**
 * A bank of first-in-first-out servers with unbounded queues. Requests must be reserved in the order of their arrival; then
 * the time the server comes free is all the state a queue has. Service times may be fractions of a tick and are carried, not
 * rounded.
 */
export class Servers {
  /** When each server has served all it has accepted, in ticks. */
  readonly free: Float64Array;
  /** Ticks of service each has been asked for. */
  readonly busy: Float64Array;

  constructor(count: number) {
    this.free = new Float64Array(count);
    this.busy = new Float64Array(count);
  }

  /** Serves a request that arrives now; returns when its service ends. */
  reserve(server: number, now: number, service: number): number {
    const start = this.free[server]! > now ? this.free[server]! : now;
    const end = start + service;
    this.free[server] = end;
    this.busy[server]! += service;
    return end;
  }
}
