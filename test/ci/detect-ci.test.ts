import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type CiEvent, detectCi as detect } from '../../ci/detect-ci.ts';
import { temporaryFolder } from '../setup.ts';

const travis = {
  TRAVIS: 'true',
  CI: 'true',
  TRAVIS_PULL_REQUEST: 'false',
  TRAVIS_EVENT_TYPE: 'push',
  TRAVIS_BRANCH: 'feature/x',
  TRAVIS_COMMIT: 'abc',
};
const github = {
  GITHUB_ACTIONS: 'true',
  CI: 'true',
  GITHUB_EVENT_NAME: 'push',
  GITHUB_REF: 'refs/heads/feature/x',
  GITHUB_SHA: 'abc',
};
const gitlab = {
  GITLAB_CI: 'true',
  CI: 'true',
  CI_PIPELINE_SOURCE: 'push',
  CI_COMMIT_BRANCH: 'feature/x',
  CI_COMMIT_SHA: 'abc',
  CI_DEFAULT_BRANCH: 'main',
};
const jenkins = { JENKINS_URL: 'https://ci', BRANCH_NAME: 'feature/x', GIT_COMMIT: 'abc' };

/** Without the evidence, which has tests of its own. */
function detectCi(env: NodeJS.ProcessEnv): Omit<CiEvent, 'evidence'> {
  const { evidence: _, ...event } = detect(env);
  return event;
}

describe('working out what CI publishes', () => {
  it('knows a push to a branch everywhere', () => {
    const push = { kind: 'push', branch: 'feature/x', commit: 'abc' };
    assert.deepEqual(detectCi(travis), { system: 'travis', ...push });
    assert.deepEqual(detectCi(github), { system: 'github', ...push });
    assert.deepEqual(detectCi(gitlab), { system: 'gitlab', ...push, defaultBranch: 'main' });
    assert.deepEqual(detectCi(jenkins), { system: 'jenkins', ...push });
  });

  it('finds the page of the run', () => {
    const pages = [
      detectCi({ ...travis, TRAVIS_BUILD_WEB_URL: 'https://t/1' }),
      detectCi({ ...github, GITHUB_SERVER_URL: 'https://g', GITHUB_REPOSITORY: 'o/r', GITHUB_RUN_ID: '7' }),
      detectCi({ ...gitlab, CI_PIPELINE_URL: 'https://l/1' }),
      detectCi({ ...jenkins, BUILD_URL: 'https://j/1' }),
    ].map((event) => event.runUrl);
    assert.deepEqual(pages, ['https://t/1', 'https://g/o/r/actions/runs/7', 'https://l/1', 'https://j/1']);
  });

  it('never takes a pull request for a push, also when its target is the default branch', () => {
    const requests = [
      { ...travis, TRAVIS_EVENT_TYPE: 'pull_request', TRAVIS_PULL_REQUEST: '12', TRAVIS_BRANCH: 'master' },
      // Contradictions: one variable is enough.
      { ...travis, TRAVIS_PULL_REQUEST: '12', TRAVIS_BRANCH: 'master' },
      { ...travis, TRAVIS_EVENT_TYPE: 'pull_request', TRAVIS_BRANCH: 'master' },
      { ...github, GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF: 'refs/pull/3/merge', GITHUB_HEAD_REF: 'x' },
      { ...github, GITHUB_EVENT_NAME: 'pull_request_target', GITHUB_REF: 'refs/heads/master' },
      { ...github, GITHUB_HEAD_REF: 'x', GITHUB_REF: 'refs/heads/master' },
      { ...gitlab, CI_PIPELINE_SOURCE: 'merge_request_event', CI_MERGE_REQUEST_IID: '3' },
      { ...gitlab, CI_MERGE_REQUEST_IID: '3', CI_COMMIT_BRANCH: 'main' },
      { ...gitlab, CI_EXTERNAL_PULL_REQUEST_IID: '3' },
      { ...gitlab, CI_PIPELINE_SOURCE: 'external_pull_request_event', CI_COMMIT_BRANCH: 'main' },
      { ...github, GITHUB_EVENT_NAME: 'pull_request_review', GITHUB_REF: 'refs/heads/master' },
      { ...jenkins, CHANGE_ID: '3', BRANCH_NAME: 'PR-3' },
      { ...jenkins, CHANGE_TARGET: 'master', BRANCH_NAME: 'master' },
    ];
    for (const env of requests) assert.equal(detectCi(env).kind, 'pull-request', JSON.stringify(env));
  });

  it('knows both ends of a pull request everywhere', () => {
    const requests = [
      {
        ...travis,
        TRAVIS_EVENT_TYPE: 'pull_request',
        TRAVIS_PULL_REQUEST: '12',
        TRAVIS_BRANCH: 'master',
        TRAVIS_PULL_REQUEST_BRANCH: 'feature/x',
      },
      {
        ...github,
        GITHUB_EVENT_NAME: 'pull_request',
        GITHUB_REF: 'refs/pull/3/merge',
        GITHUB_HEAD_REF: 'feature/x',
        GITHUB_BASE_REF: 'master',
      },
      {
        ...gitlab,
        CI_DEFAULT_BRANCH: undefined,
        CI_COMMIT_BRANCH: undefined,
        CI_PIPELINE_SOURCE: 'merge_request_event',
        CI_MERGE_REQUEST_IID: '3',
        CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'feature/x',
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'master',
      },
      {
        ...jenkins,
        BRANCH_NAME: 'PR-3',
        CHANGE_ID: '3',
        CHANGE_BRANCH: 'feature/x',
        CHANGE_TARGET: 'master',
      },
    ].map(detectCi);
    for (const { system: _, ...request } of requests) {
      assert.deepEqual(request, {
        kind: 'pull-request',
        branch: 'feature/x',
        target: 'master',
        commit: 'abc',
      });
    }
  });

  it('takes from GitLab where a merge request left its target', () => {
    const env = { ...gitlab, CI_MERGE_REQUEST_IID: '3', CI_MERGE_REQUEST_DIFF_BASE_SHA: 'def' };
    assert.equal(detectCi(env).targetCommit, 'def');
  });

  it("reads GitHub's default branch from the event, and does without a broken one", () => {
    const path = join(temporaryFolder(), 'event.json');
    const ask = (text: string): string | undefined => {
      writeFileSync(path, text);
      return detectCi({ ...github, GITHUB_EVENT_PATH: path }).defaultBranch;
    };
    assert.equal(ask('{"repository":{"default_branch":"trunk"}}'), 'trunk');
    for (const text of ['', '{', '[]', '{"repository":{}}', '{"repository":{"default_branch":""}}']) {
      assert.equal(ask(text), undefined, text);
    }
    assert.equal(detectCi({ ...github, GITHUB_EVENT_PATH: '/nowhere' }).defaultBranch, undefined);
  });

  it('names the variables that it went by, and no other', () => {
    assert.deepEqual(detect({ ...travis, TRAVIS_TAG: '', TRAVIS_JOB_ID: '1' }).evidence, {
      TRAVIS: 'true',
      TRAVIS_PULL_REQUEST: 'false',
      TRAVIS_EVENT_TYPE: 'push',
      TRAVIS_BRANCH: 'feature/x',
      TRAVIS_COMMIT: 'abc',
    });
    assert.deepEqual(detect({ ...github, GITHUB_RUN_ID: '7', GITHUB_TOKEN: 'x' }).evidence, {
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: 'push',
      GITHUB_REF: 'refs/heads/feature/x',
      GITHUB_SHA: 'abc',
    });
    assert.deepEqual(detect({ ...gitlab, CI_JOB_TOKEN: 'x' }).evidence, {
      GITLAB_CI: 'true',
      CI_PIPELINE_SOURCE: 'push',
      CI_COMMIT_BRANCH: 'feature/x',
      CI_COMMIT_SHA: 'abc',
      CI_DEFAULT_BRANCH: 'main',
    });
    assert.deepEqual(detect({ ...jenkins, BUILD_URL: 'x' }).evidence, jenkins);
    assert.deepEqual(detect({ PATH: '/bin' }).evidence, {});
  });

  it('knows a tag', () => {
    const tags = [
      { ...travis, TRAVIS_TAG: 'v1', TRAVIS_BRANCH: 'v1' },
      { ...github, GITHUB_REF: 'refs/tags/v1' },
      { ...gitlab, CI_COMMIT_TAG: 'v1', CI_COMMIT_BRANCH: undefined },
      { ...jenkins, TAG_NAME: 'v1', BRANCH_NAME: 'v1' },
    ];
    for (const env of tags) assert.equal(detectCi(env).kind, 'tag', JSON.stringify(env));
  });

  const unclear: [string, NodeJS.ProcessEnv, string][] = [
    [
      'a build that a timer started',
      { ...travis, TRAVIS_EVENT_TYPE: 'cron' },
      'TRAVIS_EVENT_TYPE is "cron", only push is published',
    ],
    [
      'a build that nobody explains',
      { TRAVIS: 'true' },
      'TRAVIS_EVENT_TYPE is not set, only push is published',
    ],
    [
      'a workflow started by hand',
      { ...github, GITHUB_EVENT_NAME: 'workflow_dispatch' },
      'GITHUB_EVENT_NAME is "workflow_dispatch", only push is published',
    ],
    [
      'a ref that is no branch',
      { ...github, GITHUB_REF: 'refs/merge/1' },
      'GITHUB_REF is "refs/merge/1", only refs/heads/… is published',
    ],
    [
      'a workflow that a timer started',
      { ...github, GITHUB_EVENT_NAME: 'schedule', GITHUB_REF: 'refs/heads/master' },
      'GITHUB_EVENT_NAME is "schedule", only push is published',
    ],
    [
      'a group of the merge queue',
      {
        ...github,
        GITHUB_EVENT_NAME: 'merge_group',
        GITHUB_REF: 'refs/heads/gh-readonly-queue/master/pr-7-abc',
      },
      'GITHUB_EVENT_NAME is "merge_group", only push is published',
    ],
    [
      'the push by which the merge queue makes its branch',
      { ...github, GITHUB_REF: 'refs/heads/gh-readonly-queue/master/pr-7-abc' },
      'GITHUB_REF is a branch of the merge queue, which merges it itself',
    ],
    [
      'a build that the API of Travis started',
      { ...travis, TRAVIS_EVENT_TYPE: 'api' },
      'TRAVIS_EVENT_TYPE is "api", only push is published',
    ],
    [
      'a pipeline that somebody started on the web',
      { ...gitlab, CI_PIPELINE_SOURCE: 'web' },
      'CI_PIPELINE_SOURCE is "web", only push is published',
    ],
    [
      'a child pipeline',
      { ...gitlab, CI_PIPELINE_SOURCE: 'parent_pipeline' },
      'CI_PIPELINE_SOURCE is "parent_pipeline", only push is published',
    ],
    [
      'a pull request of Jenkins whose variables are lost',
      { ...jenkins, BRANCH_NAME: 'PR-7' },
      'BRANCH_NAME is "PR-7", a pull request, but CHANGE_ID is not set',
    ],
    [
      'a value that wants to be more than a value',
      { ...gitlab, CI_PIPELINE_SOURCE: 'push\n\x1b[2Jweb' },
      'CI_PIPELINE_SOURCE is "push<U+000A><U+001B>[2Jweb", only push is published',
    ],
    [
      'a scheduled pipeline',
      { ...gitlab, CI_PIPELINE_SOURCE: 'schedule' },
      'CI_PIPELINE_SOURCE is "schedule", only push is published',
    ],
    [
      'a job that is not multibranch',
      { JENKINS_URL: 'x', GIT_BRANCH: 'origin/master' },
      'BRANCH_NAME is not set: this is no multibranch pipeline',
    ],
    ['a push without a branch', { ...travis, TRAVIS_BRANCH: '' }, 'CI names no branch'],
    ['two systems at once', { ...travis, ...github }, 'variables of travis and github are set at once'],
    [
      'an unknown system',
      { CI: 'true' },
      'CI is set, but this is neither Travis, GitHub Actions, GitLab nor Jenkins',
    ],
  ];
  for (const [what, env, reason] of unclear) {
    it(`calls ${what} unclear`, () => {
      const event = detectCi(env);
      assert.deepEqual([event.kind, event.reason], ['unclear', reason]);
    });
  }

  it('is by hand where no CI is', () => {
    assert.deepEqual(detectCi({ PATH: '/bin' }), { system: 'hand', kind: 'hand' });
    assert.equal(detectCi({ CI: 'false' }).kind, 'hand');
  });

  it('hands on a branch name as it is, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (branch) => {
        assert.equal(detectCi({ ...travis, TRAVIS_BRANCH: branch }).branch, branch);
        assert.equal(detectCi({ ...github, GITHUB_REF: `refs/heads/${branch}` }).branch, branch);
      }),
    );
  });
});
