/** Which of the things that fit a rule it speaks of, counted from 1 in the order in which they came. */
export interface Turns {
  /** Exactly these. */
  readonly nth?: readonly number[];
  /** The first so many. */
  readonly first?: number;
}

/** Whether it is the turn of the `count`-th. Without `nth` and `first` it is everyone's. */
export function isTurn({ nth, first }: Turns, count: number): boolean {
  if (nth !== undefined) return nth.includes(count);
  return first === undefined || count <= first;
}
