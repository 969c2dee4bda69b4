import type { CiRequest } from '../../ci/ci-request.ts';
import { type PublishSummary, publish } from '../../ci/publish.ts';
import type { PublishEvent } from '../../ci/publish-event.ts';
import { type Home, resolveHome } from '../../src/config/home.ts';
import { systemClock } from '../../src/core/clock.ts';
import { temporaryFolder } from '../setup.ts';
import type { Repository } from './repository.ts';

export const cache: string = temporaryFolder('hermes-python-');

/** What a publish told and answered. */
export interface Run {
  readonly summary: PublishSummary;
  readonly events: readonly PublishEvent[];
}

/** An empty home; its prepared Python environments are shared by the tests of a file. */
export function homeOf(): Home {
  return { ...resolveHome('/', { HERMES_HOME: temporaryFolder() }), cache };
}

/** What Travis says about a push of what is checked out. */
export function travis(
  repository: Repository,
  branch: string,
  more: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    TRAVIS: 'true',
    CI: 'true',
    TRAVIS_EVENT_TYPE: 'push',
    TRAVIS_PULL_REQUEST: 'false',
    TRAVIS_BRANCH: branch,
    TRAVIS_COMMIT: repository.git('rev-parse', 'HEAD'),
    ...more,
  };
}

/** All projects of a repository, in an environment. */
export function requestOf(repository: Repository, home: Home, env: NodeJS.ProcessEnv): CiRequest {
  return { folder: repository.folder, env, home, clock: systemClock, projects: [] };
}

/** Publishes in this process. */
export async function run(repository: Repository, home: Home, env: NodeJS.ProcessEnv): Promise<Run> {
  const events: PublishEvent[] = [];
  return { summary: await publish(requestOf(repository, home, env), (event) => events.push(event)), events };
}
