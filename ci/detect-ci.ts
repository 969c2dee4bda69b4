import { printableLine } from '../src/core/printable.ts';
import { readEventDefaultBranch } from './github-event.ts';

/** Where a publish runs. `hand`: no CI system, somebody typed it. */
type CiSystem = 'travis' | 'github' | 'gitlab' | 'jenkins' | 'hand' | 'unknown';

/** What CI says about itself: where it runs, and what made it run. */
export interface CiEvent {
  readonly system: CiSystem;
  /** `unclear` carries the reason, and nothing is ever deployed for it. */
  readonly kind: 'push' | 'pull-request' | 'tag' | 'hand' | 'unclear';
  readonly reason?: string;
  /** The branch that was pushed, or that a pull request asks to merge, without `refs/heads/`. Any text: hostile input. */
  readonly branch?: string;
  /** The branch that a pull request wants to change. Any text. */
  readonly target?: string;
  /** Where a pull request left its target, as far as CI says it. */
  readonly targetCommit?: string;
  readonly commit?: string;
  readonly defaultBranch?: string;
  /** The page of the CI run. */
  readonly runUrl?: string;
  /** The variables that all this was read from; those that are not set are left out. */
  readonly evidence: Readonly<Record<string, string>>;
}

type Facts = Omit<CiEvent, 'system' | 'evidence'>;
/** Looks a variable up and remembers that it mattered; undefined for one that is empty. */
type Look = (name: string) => string | undefined;

const systems: readonly {
  system: CiSystem;
  isHere: (look: Look) => boolean;
  read: (look: Look, env: NodeJS.ProcessEnv) => Facts;
}[] = [
  { system: 'travis', isHere: (look) => look('TRAVIS') === 'true', read: readTravis },
  { system: 'github', isHere: (look) => look('GITHUB_ACTIONS') === 'true', read: readGitHub },
  { system: 'gitlab', isHere: (look) => look('GITLAB_CI') === 'true', read: readGitLab },
  { system: 'jenkins', isHere: (look) => look('JENKINS_URL') !== undefined, read: readJenkins },
];

/**
 * Works out from environment variables what CI is about to publish. What contradicts itself is `unclear`.
 * Sources: docs.travis-ci.com/user/environment-variables, docs.github.com/actions/reference/workflows-and-actions/variables,
 * docs.gitlab.com/ci/variables/predefined_variables, and Jenkins' Branch API plugin.
 */
export function detectCi(env: NodeJS.ProcessEnv): CiEvent {
  const evidence: Record<string, string> = {};
  const look: Look = (name) => {
    const value = env[name];
    if (!isSet(value)) return undefined;
    evidence[name] = value;
    return value;
  };
  return { ...checked(readEvent(look, env)), evidence };
}

function readEvent(look: Look, env: NodeJS.ProcessEnv): Omit<CiEvent, 'evidence'> {
  const here = systems.filter(({ isHere }) => isHere(look));
  if (here.length > 1) {
    const names = here.map(({ system }) => system).join(' and ');
    return { system: 'unknown', kind: 'unclear', reason: `variables of ${names} are set at once` };
  }
  const [only] = here;
  if (only !== undefined) return { system: only.system, ...only.read(look, env) };
  if ((look('CI') ?? 'false') === 'false') return { system: 'hand', kind: 'hand' };
  const reason = 'CI is set, but this is neither Travis, GitHub Actions, GitLab nor Jenkins';
  return { system: 'unknown', kind: 'unclear', reason };
}

function readTravis(look: Look, env: NodeJS.ProcessEnv): Facts {
  const facts = {
    ...optional('commit', look('TRAVIS_COMMIT')),
    ...optional('runUrl', env.TRAVIS_BUILD_WEB_URL),
  };
  const type = look('TRAVIS_EVENT_TYPE');
  // In a pull request TRAVIS_BRANCH is the target: reading it as the source would release unreviewed code.
  if ((look('TRAVIS_PULL_REQUEST') ?? 'false') !== 'false' || type === 'pull_request') {
    return {
      ...facts,
      kind: 'pull-request',
      ...optional('target', look('TRAVIS_BRANCH')),
      ...optional('branch', look('TRAVIS_PULL_REQUEST_BRANCH')),
    };
  }
  if (look('TRAVIS_TAG') !== undefined) return { ...facts, kind: 'tag' };
  if (type !== 'push') return unclear('TRAVIS_EVENT_TYPE', type, 'push');
  return { ...facts, kind: 'push', ...optional('branch', look('TRAVIS_BRANCH')) };
}

function readGitHub(look: Look, env: NodeJS.ProcessEnv): Facts {
  const page = [env.GITHUB_SERVER_URL, env.GITHUB_REPOSITORY, 'actions/runs', env.GITHUB_RUN_ID];
  const facts = {
    ...optional('commit', look('GITHUB_SHA')),
    ...optional('defaultBranch', readEventDefaultBranch(env.GITHUB_EVENT_PATH)),
    ...(page.every(isSet) ? { runUrl: page.join('/') } : {}),
  };
  const [name, source, ref] = [look('GITHUB_EVENT_NAME'), look('GITHUB_HEAD_REF'), look('GITHUB_REF')];
  if (source !== undefined || name?.startsWith('pull_request') === true) {
    const target = look('GITHUB_BASE_REF');
    return { ...facts, kind: 'pull-request', ...optional('target', target), ...optional('branch', source) };
  }
  if (name !== 'push') return unclear('GITHUB_EVENT_NAME', name, 'push');
  const branch = /^refs\/heads\/(.+)$/s.exec(ref ?? '')?.[1];
  if (branch?.startsWith('gh-readonly-queue/') === true) {
    return { kind: 'unclear', reason: 'GITHUB_REF is a branch of the merge queue, which merges it itself' };
  }
  if (branch !== undefined) return { ...facts, kind: 'push', branch };
  if (ref?.startsWith('refs/tags/') === true) return { ...facts, kind: 'tag' };
  return unclear('GITHUB_REF', ref, 'refs/heads/…');
}

function readGitLab(look: Look, env: NodeJS.ProcessEnv): Facts {
  const facts = {
    ...optional('commit', look('CI_COMMIT_SHA')),
    ...optional('runUrl', env.CI_PIPELINE_URL),
    ...optional('defaultBranch', look('CI_DEFAULT_BRANCH')),
  };
  const type = look('CI_PIPELINE_SOURCE');
  for (const prefix of ['CI_MERGE_REQUEST', 'CI_EXTERNAL_PULL_REQUEST']) {
    const number = look(`${prefix}_IID`);
    if (number === undefined && type !== PULL_REQUEST_PIPELINES[prefix]) continue;
    return {
      ...facts,
      kind: 'pull-request',
      ...optional('target', look(`${prefix}_TARGET_BRANCH_NAME`)),
      ...optional('targetCommit', look(`${prefix}_DIFF_BASE_SHA`)),
      ...optional('branch', look(`${prefix}_SOURCE_BRANCH_NAME`)),
    };
  }
  if (look('CI_COMMIT_TAG') !== undefined) return { ...facts, kind: 'tag' };
  if (type !== 'push') return unclear('CI_PIPELINE_SOURCE', type, 'push');
  return { ...facts, kind: 'push', ...optional('branch', look('CI_COMMIT_BRANCH')) };
}

/** `CI_PIPELINE_SOURCE` of the pipelines whose variables begin with the key. */
const PULL_REQUEST_PIPELINES: Readonly<Record<string, string>> = {
  CI_MERGE_REQUEST: 'merge_request_event',
  CI_EXTERNAL_PULL_REQUEST: 'external_pull_request_event',
};

function readJenkins(look: Look, env: NodeJS.ProcessEnv): Facts {
  const facts = { ...optional('commit', look('GIT_COMMIT')), ...optional('runUrl', env.BUILD_URL) };
  const [number, source, target] = [look('CHANGE_ID'), look('CHANGE_BRANCH'), look('CHANGE_TARGET')];
  if ([number, source, target].some(isSet)) {
    return { ...facts, kind: 'pull-request', ...optional('target', target), ...optional('branch', source) };
  }
  if (look('TAG_NAME') !== undefined) return { ...facts, kind: 'tag' };
  const branch = look('BRANCH_NAME');
  if (branch === undefined)
    return { kind: 'unclear', reason: 'BRANCH_NAME is not set: this is no multibranch pipeline' };
  if (/^(?:PR|MR)-\d+(?:-(?:head|merge))?$/.test(branch)) {
    return {
      kind: 'unclear',
      reason: `BRANCH_NAME is "${branch}", a pull request, but CHANGE_ID is not set`,
    };
  }
  return { ...facts, kind: 'push', branch };
}

/** A push without a branch is no push that anyone understands. */
function checked(event: Omit<CiEvent, 'evidence'>): Omit<CiEvent, 'evidence'> {
  if (event.kind !== 'push' || isSet(event.branch)) return event;
  return { ...event, kind: 'unclear', reason: 'CI names no branch' };
}

function unclear(variable: string, value: string | undefined, allowed: string): Facts {
  const found = value === undefined ? 'not set' : `"${printableLine(value)}"`;
  return { kind: 'unclear', reason: `${variable} is ${found}, only ${allowed} is published` };
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function optional<Key extends string>(key: Key, value: string | undefined): { readonly [K in Key]?: string } {
  return isSet(value) ? ({ [key]: value } as { readonly [K in Key]?: string }) : {};
}
