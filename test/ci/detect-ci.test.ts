import assert from 'node:assert/strict';
import fc from 'fast-check';
import { detectCi } from '../../ci/detect-ci.ts';

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
      { ...jenkins, CHANGE_ID: '3', BRANCH_NAME: 'PR-3' },
    ];
    for (const env of requests) assert.equal(detectCi(env).kind, 'pull-request', JSON.stringify(env));
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
