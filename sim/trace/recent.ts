/** The last few values that were made, by what they were made of. The points of a sweep share what they prune, pack and trace. */
export class Recent<T> {
  private readonly values = new Map<string, T>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  /** The value of a key, made if it is not among the last few. */
  get(key: string, make: () => T): T {
    const known = this.values.has(key);
    const value = known ? this.values.get(key)! : make();
    // The one asked for last stands at the end.
    this.values.delete(key);
    this.values.set(key, value);
    if (this.values.size > this.most) this.values.delete(this.values.keys().next().value!);
    return value;
  }
}

/** The last few values made of each of some objects, kept as long as the object is: what is found of one kernel for many GPUs. */
export class RecentOf<O extends object, T> {
  private readonly kept = new WeakMap<O, Recent<T>>();
  private readonly most: number;

  /** `most`: of each object. */
  constructor(most: number) {
    this.most = most;
  }

  get(of: O, key: string, make: () => T): T {
    let recent = this.kept.get(of);
    if (!recent) this.kept.set(of, (recent = new Recent(this.most)));
    return recent.get(key, make);
  }
}
