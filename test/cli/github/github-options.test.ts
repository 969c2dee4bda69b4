import assert from 'node:assert/strict';
import { type GitHubOptions, resolveGitHubWish } from '../../../src/cli/github/github-options.ts';
import type { GitHubDefaults } from '../../../src/config/github-defaults.ts';
import type { ProblemsError } from '../../../src/core/problems.ts';

const none: GitHubDefaults = { variables: { product: {}, airflow: {} } };
const wish = (
  options: Partial<GitHubOptions>,
  defaults: GitHubDefaults = none,
  request: { name?: string; team?: string; kind?: 'product' | 'airflow' } = {},
  env: NodeJS.ProcessEnv = {},
  stdin = '',
) =>
  resolveGitHubWish(
    { name: 'weather', team: 'weather', kind: 'product', ...request },
    { variable: [], secret: [], ...options },
    defaults,
    { env, stdin },
  );

describe('what is wanted of a repository on GitHub', () => {
  it('needs the organisation only', () => {
    assert.deepEqual(wish({ org: 'acme' }), {
      org: 'acme',
      settings: { team: 'weather', visibility: 'private', variables: {}, secrets: {} },
    });
  });

  it("lets options win over the platform's file, variable by variable, and takes those of its kind", () => {
    const defaults: GitHubDefaults = {
      org: 'acme',
      host: 'github.acme.com',
      team: 'data-weather',
      visibility: 'internal',
      defaultBranch: 'main',
      variables: { product: { A: '1', B: '2' }, airflow: { C: '3' } },
    };
    assert.deepEqual(wish({ variable: ['b=x=y', 'D=4'], visibility: 'public' }, defaults), {
      org: 'acme',
      host: 'github.acme.com',
      settings: {
        team: 'data-weather',
        visibility: 'public',
        defaultBranch: 'main',
        variables: { A: '1', B: 'x=y', D: '4' },
        secrets: {},
      },
    });
    assert.deepEqual(wish({}, defaults, { kind: 'airflow' }).settings.variables, { C: '3' });
    assert.equal(wish({ org: 'other', githubTeam: 'sea' }, defaults).settings.team, 'sea');
  });

  it('takes secrets from variables and from stdin, without the line end of an editor', () => {
    const { settings } = wish({ org: 'acme', secret: ['A', 'B=-'] }, none, {}, { A: 'hush' }, 'more hush\n');
    assert.deepEqual(settings.secrets, { A: 'hush', B: 'more hush' });
  });

  it('tells one slip once, however many names follow from it', () => {
    assert.throws(() => wish({ org: 'acme' }, none, { name: 'Weather', team: 'Weather' }), {
      message:
        'name  repository name "Weather" is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them. For example: weather',
    });
  });

  it('tells every mistake at once, each at its option, and no secret', () => {
    const options = {
      team: 'a b',
      org: 'acme corp',
      githubHost: 'https://x',
      githubTeam: 'A B',
      defaultBranch: 'a..b',
      variable: ['1A=x', 'B', 'C=', 'D=1', 'd=2'],
      secret: ['E=hush', 'F', 'GITHUB_X', 'G=-', 'H=-'],
    };
    assert.throws(
      () => wish(options, none, { name: 'Weather', team: 'a b' }, {}, 'x'),
      (error: ProblemsError) => {
        assert.deepEqual(
          error.message.split('\n').map((line) => line.replace(/ {2,}/, ': ')),
          [
            'name: repository name "Weather" is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them. For example: weather',
            '--team: team name "a b" is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them. For example: a-b',
            '--github-team: team "A B" is not allowed: write its slug, as in the address of its page: lower-case letters, digits, "-" and "_".',
            '--org: organisation "acme corp" is not allowed: letters, digits, and single "-" between them; at most 39.',
            '--github-host: host "https://x" is not allowed: write it as github.acme.com, without https://.',
            '--default-branch: branch "a..b" is not allowed: git takes no such name.',
            '--variable: "1A" is not allowed: letters, digits and "_", not beginning with a digit.',
            '--variable: "B" has no value: write NAME=VALUE.',
            '--variable: C: the value is empty.',
            '--variable: D is given twice.',
            '--secret: the value of E must not stand on the command line, where others see it: write E, and set the variable E; or write E=-, and give it on stdin.',
            '--secret: F has no value: the variable F is not set.',
            '--secret: "GITHUB_X" is not allowed: GitHub keeps GITHUB_ for itself.',
            '--secret: stdin holds one secret only.',
          ],
        );
        assert.doesNotMatch(JSON.stringify(error), /hush/);
        return true;
      },
    );
  });
});
