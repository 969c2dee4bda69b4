import type { CheckEvent, CheckedProjectEvent } from '../../ci/check-event.ts';
import { checkPullRequest } from '../../ci/check-pull-request.ts';
import { type Problem, ProblemsError } from '../../src/core/problems.ts';
import type { Repository } from './repository.ts';
import { homeOf, requestOf } from './run-publish.ts';

/** What a check said. */
export interface Check {
  readonly events: readonly CheckEvent[];
  readonly problems: readonly Problem[];
  /** `helloworld: raised 0.1.0 → 0.2.0` */
  readonly lines: readonly string[];
}

/** The variables of a pull request of `feature` into `target`, as Travis sets them. */
export function pullRequest(target = 'master', more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CI: 'true',
    TRAVIS: 'true',
    TRAVIS_EVENT_TYPE: 'pull_request',
    TRAVIS_PULL_REQUEST: '7',
    TRAVIS_BRANCH: target,
    TRAVIS_PULL_REQUEST_BRANCH: 'feature',
    ...more,
  };
}

/** Runs a check in this process. What it throws beside problems goes on. */
export async function check(
  repository: Repository,
  env: NodeJS.ProcessEnv = pullRequest(),
  base?: string,
): Promise<Check> {
  const events: CheckEvent[] = [];
  const request = { ...requestOf(repository, homeOf(), env), base };
  const problems = await checkPullRequest(request, (event) => events.push(event)).then(
    () => [],
    (error: unknown) => {
      if (error instanceof ProblemsError) return error.problems;
      throw error;
    },
  );
  return {
    events,
    problems,
    lines: events.flatMap((event) => (event.event === 'project' ? [lineOf(event)] : [])),
  };
}

function lineOf({ project, state, from, to }: CheckedProjectEvent): string {
  return [`${project}:`, state, ...(from === undefined ? [] : [from, '→']), to].filter(Boolean).join(' ');
}
