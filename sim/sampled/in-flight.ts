import {someFloat64s} from '../engine/arrays.ts';

/** Groups of lines of an SM that are remembered; of more than these the first are taken to have landed. */
const places = 1024;

/** Lines of each SM on their way, in the order in which they were asked for, and against the most there may be. */
export class InFlight {
  private readonly limit: number;
  private readonly lines: Float64Array;
  private readonly landed: Float64Array;
  private readonly first: Int32Array;
  private readonly count: Int32Array;
  private readonly sum: Float64Array;

  constructor(sms: number, limit: number) {
    this.limit = limit;
    this.lines = someFloat64s(sms * places);
    this.landed = someFloat64s(sms * places);
    this.first = new Int32Array(sms);
    this.count = new Int32Array(sms);
    this.sum = new Float64Array(sms);
  }

  /** When, from `time` on, so many more may leave: at once when nothing else is on its way. */
  roomAt(sm: number, lines: number, time: number): number {
    let at = time;
    while (this.count[sm]! > 0) {
      const place = sm * places + this.first[sm]!;
      if (this.landed[place]! > at) {
        if (this.sum[sm]! + lines <= this.limit) break;
        at = this.landed[place]!;
      }
      this.forget(sm);
    }
    return at;
  }

  add(sm: number, lines: number, landed: number): void {
    if (this.count[sm] === places) this.forget(sm);
    const place = sm * places + ((this.first[sm]! + this.count[sm]!) % places);
    this.lines[place] = lines;
    this.landed[place] = landed;
    this.sum[sm]! += lines;
    this.count[sm]!++;
  }

  private forget(sm: number): void {
    this.sum[sm]! -= this.lines[sm * places + this.first[sm]!]!;
    this.first[sm] = (this.first[sm]! + 1) % places;
    this.count[sm]!--;
  }
}
