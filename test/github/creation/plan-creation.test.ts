import assert from 'node:assert/strict';
import { foundRuleset } from '../../../src/github/creation/found-ruleset.ts';
import { type FoundSettings, NO_SETTINGS } from '../../../src/github/creation/found-settings.ts';
import { planCreation, type Standing } from '../../../src/github/creation/plan-creation.ts';
import { renderRuleset } from '../../../src/github/creation/rule-steps.ts';
import { wantedRepository } from '../wanted-repository.ts';

const callsOf = (standing?: Standing, defaultBranch?: string) =>
  planCreation(
    'acme',
    wantedRepository('weather', defaultBranch === undefined ? {} : { defaultBranch }),
    standing,
  )
    .flatMap(({ calls }) => calls)
    .map(({ method, path }) => `${method} ${path}`);
const settings = [
  'POST /repos/acme/weather/actions/variables',
  'GET /repos/acme/weather/actions/secrets/public-key',
  'PUT /repos/acme/weather/actions/secrets/HERMES_KEY',
  'PUT /repos/acme/weather/environments/dev',
  'PUT /repos/acme/weather/environments/prod',
  'POST /repos/acme/weather/environments/prod/deployment-branch-policies',
];
const content = (branch: string) => [
  'POST /repos/acme/weather/git/blobs',
  'POST /repos/acme/weather/git/trees',
  'POST /repos/acme/weather/git/commits',
  `PATCH /repos/acme/weather/git/refs/heads/${branch}`,
];
const team = 'PUT /orgs/acme/teams/weather/repos/acme/weather';
const rules = 'POST /repos/acme/weather/rulesets';

describe('the plan of a repository on GitHub', () => {
  it('sets what CI reads before the commit that starts CI, and the rules last', () => {
    assert.deepEqual(callsOf(), [
      'POST /orgs/acme/repos',
      ...settings,
      ...content('<default branch>'),
      team,
      rules,
    ]);
  });

  it('names the default branch before anything is on it', () => {
    const standing = { defaultBranch: 'main', isFresh: true, hasContent: false, settings: NO_SETTINGS };
    const calls = callsOf(standing, 'trunk');
    assert.equal(calls[1], 'POST /repos/acme/weather/branches/main/rename');
    assert.ok(calls.includes('PATCH /repos/acme/weather/git/refs/heads/trunk'));
    assert.deepEqual(callsOf(standing, 'main'), callsOf(standing));
  });

  it('never renames the branch of a repository that has content', () => {
    const standing = { defaultBranch: 'main', isFresh: false, hasContent: true, settings: NO_SETTINGS };
    assert.deepEqual(callsOf(standing, 'trunk'), [...settings, team, rules]);
  });

  it('leaves out what stands, and makes the rest', () => {
    const found: FoundSettings = {
      isTeamsOwn: true,
      variables: new Map([['HERMES_STORE', 's3://acme-dev']]),
      secrets: new Set<string>(),
      environments: new Map([
        ['dev', { branches: ['somebody limited it'], hasGuards: false }],
        ['prod', { branches: 'any', hasGuards: false }],
      ]),
      rulesets: [foundRuleset({ ...renderRuleset({ approvals: 1, checks: ['test'] }) })],
    };
    const standing = { defaultBranch: 'main', isFresh: false, hasContent: true, settings: found };
    assert.deepEqual(callsOf(standing), [...settings.slice(1, 3), ...settings.slice(4)]);
  });

  it('protects the default branch, whatever it is called', () => {
    assert.deepEqual(renderRuleset({ approvals: 1, checks: ['test'] }), {
      name: 'hermes',
      target: 'branch',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [
        { type: 'deletion' },
        { type: 'non_fast_forward' },
        {
          type: 'pull_request',
          parameters: {
            required_approving_review_count: 1,
            require_code_owner_review: true,
            dismiss_stale_reviews_on_push: true,
            require_last_push_approval: false,
            required_review_thread_resolution: false,
          },
        },
        {
          type: 'required_status_checks',
          parameters: {
            required_status_checks: [{ context: 'test' }],
            strict_required_status_checks_policy: false,
          },
        },
      ],
    });
  });
});
