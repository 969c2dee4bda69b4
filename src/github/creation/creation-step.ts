import type { Clock } from '../../core/clock.ts';
import type { GitHub } from '../api/github-client.ts';
import type { Right } from '../api/missing-right.ts';
import type { PlannedCall, PlannedStep, WantedRepository } from '../repository-host.ts';

/** The repository that a creation works on, as far as it is known. */
export interface Target {
  readonly github: GitHub;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly owner: string;
  readonly wanted: WantedRepository;
  /** From GitHub's answer, never assumed. */
  defaultBranch: string;
  /** Hash of the newest commit of the default branch, once it is known. */
  commit?: string;
}

/** A step with what carries it out. */
export interface CreationStep extends PlannedStep {
  /** Continues `Cannot …`: `give team weather access`. */
  readonly action: string;
  /** What a token needs for it. */
  readonly right: Right;
  /**
   * Carries it out. May be called again when it is not known what became of it, and is harmless then.
   * @returns why the host does not offer it; nothing when it is done
   */
  readonly apply: (target: Target) => Promise<string | undefined>;
}

/** A step that changes nothing, since what stands is somebody's choice: the plan says so as the report does. */
export function leftAlone(
  step: Pick<CreationStep, 'name' | 'action' | 'right'>,
  reason: string,
): CreationStep {
  return { ...step, purpose: reason, calls: [], isDone: false, apply: async () => reason };
}

/** `PUT /orgs/acme/…` as data. */
export function call(method: PlannedCall['method'], path: string): PlannedCall {
  return { method, path };
}
