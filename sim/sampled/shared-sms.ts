/**
 * When the last of CTAs that each have so much to do is done, if SMs divide themselves evenly among those they hold, `perSm` at
 * the most, and a new one takes the place of one that is done. So many as `filling` occupy an SM fully; fewer leave a part of it idle.
 */
export function makespan(work: ArrayLike<number>, sms: number, perSm: number, filling: number): number {
  const held = Array.from({length: sms}, (): number[] => []);
  /** What each SM has given to every CTA it holds; when that was; and when the next of them is done. */
  const given = new Float64Array(sms);
  const since = new Float64Array(sms);
  const next = new Float64Array(sms).fill(Infinity);
  const plan = (sm: number): void => {
    const some = held[sm]!;
    const least = some.reduce((a, b) => Math.min(a, b), Infinity);
    next[sm] = since[sm]! + (least - given[sm]!) * Math.max(some.length, filling);
  };
  let cta = 0;
  for (let slot = 0; slot < perSm; slot++) for (let sm = 0; sm < sms && cta < work.length; sm++) held[sm]!.push(work[cta++]!);
  for (let sm = 0; sm < sms; sm++) plan(sm);
  for (;;) {
    let sm = 0;
    for (let other = 1; other < sms; other++) if (next[other]! < next[sm]!) sm = other;
    if (next[sm] === Infinity) return since.reduce((a, b) => Math.max(a, b), 0);
    const some = held[sm]!;
    const done = some.indexOf(some.reduce((a, b) => Math.min(a, b), Infinity));
    given[sm] = some[done]!;
    since[sm] = next[sm]!;
    if (cta < work.length) some[done] = given[sm]! + work[cta++]!;
    else some.splice(done, 1);
    plan(sm);
  }
}
