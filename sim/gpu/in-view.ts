/**
 * The requests that a scheduler looks at together: another comes into view when one of them has been served. A heap of when
 * that is, the soonest first.
 */
export class InView {
  private readonly served: Float64Array;

  constructor(places: number) {
    this.served = new Float64Array(places);
  }

  /** When a place is free. */
  get free(): number {
    return this.served[0]!;
  }

  /** Takes the place that is free first, until `time`. */
  enter(time: number): void {
    const {served} = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= served.length) break;
      if (child + 1 < served.length && served[child + 1]! < served[child]!) child++;
      if (served[child]! >= time) break;
      served[at] = served[child]!;
      at = child;
    }
    served[at] = time;
  }
}
