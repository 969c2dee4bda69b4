import type { Home } from '../src/config/home.ts';
import type { Clock } from '../src/core/clock.ts';

/** What testing and publishing the projects of a repository need to know. */
export interface CiRequest {
  /** A folder of the repository. */
  readonly folder: string;
  /** Variables of the process: what CI says, and how programs are found. */
  readonly env: NodeJS.ProcessEnv;
  readonly home: Home;
  readonly clock: Clock;
  /** Names of projects; none = all. */
  readonly projects: readonly string[];
  readonly signal?: AbortSignal | undefined;
}
