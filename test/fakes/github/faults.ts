import type { Reply } from './reply.ts';

/** One request, as it arrived. */
export interface SeenRequest {
  /** Counted from 1, requests of git left out. */
  readonly index: number;
  readonly method: string;
  /** Path of the API with its query. */
  readonly path: string;
  /** As GitHub's description writes it: `/repos/{owner}/{repo}`; undefined for one that nobody knows. */
  readonly operation: string | undefined;
  /** Text of the body, JSON. */
  readonly body: string;
  readonly createsContent: boolean;
  /** Status of the answer; undefined while there is none, or when it was lost. */
  status: number | undefined;
}

/** Something that goes wrong once or more often. */
export interface Fault {
  /** Whom it meets; absent: everything. */
  readonly matches?: (request: SeenRequest) => boolean;
  /** How many requests it meets: 1 unless given; `Infinity` until `mend()`. */
  readonly times?: number;
  /** Whether the request has its effect first. */
  readonly phase: 'before' | 'after';
  /** A reply instead of the true one, or a connection that breaks. */
  readonly outcome: Reply | 'lost' | 'cut';
}

/** Holds the faults that are still to come. */
export function holdFaults() {
  let faults: { readonly fault: Fault; left: number }[] = [];
  return {
    add: (fault: Fault): void => void faults.push({ fault, left: fault.times ?? 1 }),
    mend: (): void => {
      faults = [];
    },
    /** The fault of a request, used up by it. */
    take(request: SeenRequest): Fault | undefined {
      const found = faults.find(({ fault, left }) => left > 0 && (fault.matches?.(request) ?? true));
      if (found !== undefined) found.left -= 1;
      return found?.fault;
    },
  };
}
