import type { RepositoryRequest } from '../create-repository.ts';
import type { RepositoryPlace } from './team-repository.ts';

/** What carries a plan out. */
export interface Enroller extends RepositoryPlace {
  /** Makes a team's policy, or finds the one that stands, and lets the team use it. */
  readonly makePolicy: (team: string, environment: string) => Promise<MadePolicy>;
  readonly now: () => Date;
  /** What GitHub is to keep of the repository of a team; absent where repositories are on this machine. */
  readonly onGitHub?: (team: string) => Pick<RepositoryRequest, 'settings' | 'codeOwner'>;
}

/** The policy of a team. */
export interface MadePolicy {
  readonly policyId: string;
  /** False when it stood already, also when somebody else made it in the same moment. */
  readonly isMade: boolean;
}
