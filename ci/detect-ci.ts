/** Where a publish runs. `hand`: no CI system, somebody typed it. */
type CiSystem = 'travis' | 'github' | 'gitlab' | 'jenkins' | 'hand' | 'unknown';

/** What CI says about itself: where it runs, and what made it run. */
export interface CiEvent {
  readonly system: CiSystem;
  /** `unclear` carries the reason, and nothing is ever deployed for it. */
  readonly kind: 'push' | 'pull-request' | 'tag' | 'hand' | 'unclear';
  readonly reason?: string;
  /** The branch that was pushed, without `refs/heads/`. Any text: branch names are hostile input. */
  readonly branch?: string;
  readonly commit?: string;
  readonly defaultBranch?: string;
  /** The page of the CI run. */
  readonly runUrl?: string;
}

type Variables = NodeJS.ProcessEnv;
type Facts = Omit<CiEvent, 'system'>;

const systems: readonly {
  system: CiSystem;
  isHere: (env: Variables) => boolean;
  read: (env: Variables) => Facts;
}[] = [
  { system: 'travis', isHere: (env) => env.TRAVIS === 'true', read: readTravis },
  { system: 'github', isHere: (env) => env.GITHUB_ACTIONS === 'true', read: readGitHub },
  { system: 'gitlab', isHere: (env) => env.GITLAB_CI === 'true', read: readGitLab },
  { system: 'jenkins', isHere: (env) => isSet(env.JENKINS_URL), read: readJenkins },
];

/**
 * Works out from environment variables what CI is about to publish. What contradicts itself is `unclear`.
 * Sources: docs.travis-ci.com/user/environment-variables, docs.github.com/actions/reference/workflows-and-actions/variables,
 * docs.gitlab.com/ci/variables/predefined_variables, and Jenkins' Branch API plugin.
 */
export function detectCi(env: Variables): CiEvent {
  const here = systems.filter(({ isHere }) => isHere(env));
  if (here.length > 1) {
    const names = here.map(({ system }) => system).join(' and ');
    return { system: 'unknown', kind: 'unclear', reason: `variables of ${names} are set at once` };
  }
  const [only] = here;
  if (only !== undefined) return checked({ system: only.system, ...only.read(env) });
  if (isSet(env.CI) && env.CI !== 'false') {
    const reason = 'CI is set, but this is neither Travis, GitHub Actions, GitLab nor Jenkins';
    return { system: 'unknown', kind: 'unclear', reason };
  }
  return { system: 'hand', kind: 'hand' };
}

function readTravis(env: Variables): Facts {
  const facts = { ...optional('commit', env.TRAVIS_COMMIT), ...optional('runUrl', env.TRAVIS_BUILD_WEB_URL) };
  const isPullRequest = isSet(env.TRAVIS_PULL_REQUEST) && env.TRAVIS_PULL_REQUEST !== 'false';
  // In a pull request TRAVIS_BRANCH is the target: reading it as the source would release unreviewed code.
  if (isPullRequest || env.TRAVIS_EVENT_TYPE === 'pull_request') return { ...facts, kind: 'pull-request' };
  if (isSet(env.TRAVIS_TAG)) return { ...facts, kind: 'tag' };
  if (env.TRAVIS_EVENT_TYPE !== 'push') return unclear('TRAVIS_EVENT_TYPE', env.TRAVIS_EVENT_TYPE, 'push');
  return { ...facts, kind: 'push', ...optional('branch', env.TRAVIS_BRANCH) };
}

function readGitHub(env: Variables): Facts {
  const page = `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`;
  const facts = {
    ...optional('commit', env.GITHUB_SHA),
    ...(isSet(env.GITHUB_RUN_ID) ? { runUrl: page } : {}),
  };
  if (isSet(env.GITHUB_HEAD_REF) || env.GITHUB_EVENT_NAME?.startsWith('pull_request') === true) {
    return { ...facts, kind: 'pull-request' };
  }
  if (env.GITHUB_EVENT_NAME !== 'push') return unclear('GITHUB_EVENT_NAME', env.GITHUB_EVENT_NAME, 'push');
  const branch = /^refs\/heads\/(.+)$/s.exec(env.GITHUB_REF ?? '')?.[1];
  if (branch !== undefined) return { ...facts, kind: 'push', branch };
  if (env.GITHUB_REF?.startsWith('refs/tags/') === true) return { ...facts, kind: 'tag' };
  return unclear('GITHUB_REF', env.GITHUB_REF, 'refs/heads/…');
}

function readGitLab(env: Variables): Facts {
  const facts = {
    ...optional('commit', env.CI_COMMIT_SHA),
    ...optional('runUrl', env.CI_PIPELINE_URL),
    ...optional('defaultBranch', env.CI_DEFAULT_BRANCH),
  };
  const source = env.CI_PIPELINE_SOURCE;
  const isMergeRequest = isSet(env.CI_MERGE_REQUEST_IID) || isSet(env.CI_EXTERNAL_PULL_REQUEST_IID);
  if (isMergeRequest || source === 'merge_request_event') return { ...facts, kind: 'pull-request' };
  if (isSet(env.CI_COMMIT_TAG)) return { ...facts, kind: 'tag' };
  if (source !== 'push') return unclear('CI_PIPELINE_SOURCE', source, 'push');
  return { ...facts, kind: 'push', ...optional('branch', env.CI_COMMIT_BRANCH) };
}

function readJenkins(env: Variables): Facts {
  const facts = { ...optional('commit', env.GIT_COMMIT), ...optional('runUrl', env.BUILD_URL) };
  if (isSet(env.CHANGE_ID)) return { ...facts, kind: 'pull-request' };
  if (isSet(env.TAG_NAME)) return { ...facts, kind: 'tag' };
  if (!isSet(env.BRANCH_NAME))
    return { kind: 'unclear', reason: 'BRANCH_NAME is not set: this is no multibranch pipeline' };
  return { ...facts, kind: 'push', ...optional('branch', env.BRANCH_NAME) };
}

/** A push without a branch is no push that anyone understands. */
function checked(event: CiEvent): CiEvent {
  if (event.kind !== 'push' || isSet(event.branch)) return event;
  return { ...event, kind: 'unclear', reason: 'CI names no branch' };
}

function unclear(variable: string, value: string | undefined, allowed: string): Facts {
  const found = value === undefined ? 'not set' : JSON.stringify(value);
  return { kind: 'unclear', reason: `${variable} is ${found}, only ${allowed} is published` };
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function optional<Key extends string>(key: Key, value: string | undefined): { readonly [K in Key]?: string } {
  return isSet(value) ? ({ [key]: value } as { readonly [K in Key]?: string }) : {};
}
