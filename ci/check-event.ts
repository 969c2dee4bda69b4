import type { Problem } from '../src/core/problems.ts';
import type { PreparingEvent } from './bench.ts';

/** What the check of a pull request tells while it works: one line for a person, one object with `--json`. */
export type CheckEvent = CheckedAgainstEvent | NothingToCheckEvent | CheckedProjectEvent | PreparingEvent;

/** What the work is compared with. */
interface CheckedAgainstEvent {
  readonly event: 'base';
  readonly team: string;
  /** The branch that the work is going to change. */
  readonly branch: string;
  /** Where the work left it. */
  readonly base: string;
  /** Where it stands. */
  readonly tip: string;
  readonly head: string;
}

interface NothingToCheckEvent {
  readonly event: 'nothing';
  readonly reason: string;
}

/** Why a project may be merged as it is. */
export type GoodState =
  /** Every file is as it was. */
  | 'unchanged'
  /** The target branch has no such project. */
  | 'new'
  | 'raised'
  /** Files changed, but not what would be published: tests, notes. */
  | 'same-content'
  /** The target branch holds the very same files meanwhile. */
  | 'as-target'
  /** What was before cannot be built, so nobody knows which version it had. */
  | 'unknown-before';

export interface CheckedProjectEvent {
  readonly event: 'project';
  readonly project: string;
  readonly state: GoodState | 'same' | 'lowered' | 'taken';
  /** Version before; absent for a new project. */
  readonly from?: string;
  readonly to?: string;
  /** Present when the project may not be merged as it is. */
  readonly problem?: Problem;
}
