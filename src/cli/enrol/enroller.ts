import type { RepositoryPlace } from './team-repository.ts';

/** What carries a plan out. */
export interface Enroller extends RepositoryPlace {
  /** Makes a team's policy, or finds the one that stands, and lets the team use it. */
  readonly makePolicy: (team: string, environment: string) => Promise<MadePolicy>;
  readonly now: () => Date;
}

/** The policy of a team. */
export interface MadePolicy {
  readonly policyId: string;
  /** False when it stood already, also when somebody else made it in the same moment. */
  readonly isMade: boolean;
}
