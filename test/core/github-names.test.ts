import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import {
  branchProblem,
  hostProblem,
  organisationProblem,
  settingNameProblem,
  settingValueProblem,
  teamSlugProblem,
} from '../../src/core/github-names.ts';

describe('names for GitHub', () => {
  const judged = (problemOf: (text: string) => string | undefined, texts: readonly string[]) =>
    texts.filter((text) => problemOf(text) === undefined);

  it('of organisations are letters and digits with single dashes', () => {
    const texts = [
      'acme',
      'Acme-2',
      'a',
      'ana_acme',
      'a-b-c',
      '',
      '-a',
      'a-',
      'a--b',
      'a b',
      'a/b',
      'x'.repeat(40),
    ];
    assert.deepEqual(judged(organisationProblem, texts), ['acme', 'Acme-2', 'a', 'ana_acme', 'a-b-c']);
    assert.equal(
      organisationProblem('acme corp'),
      'organisation "acme corp" is not allowed: letters, digits, and single "-" between them; at most 39.',
    );
  });

  it('of teams are slugs', () => {
    const texts = ['weather', 'data-weather', 'a_b', '9', '', 'Weather', 'a b', '-a', 'a/b', '../a', 'ñ'];
    assert.deepEqual(judged(teamSlugProblem, texts), ['weather', 'data-weather', 'a_b', '9']);
    assert.equal(
      teamSlugProblem('Data Weather'),
      'team "Data Weather" is not allowed: write its slug, as in the address of its page: lower-case letters, digits, "-" and "_".',
    );
  });

  it('of hosts are no addresses', () => {
    const texts = ['github.acme.com', 'localhost:8443', 'https://github.com', 'a/b', 'a b', '', 'a@b'];
    assert.deepEqual(judged(hostProblem, texts), ['github.acme.com', 'localhost:8443']);
  });

  it('of variables and secrets are as GitHub takes them', () => {
    const texts = ['AWS_REGION', '_x', 'a1', '1a', 'A-B', '', 'GITHUB_TOKEN', 'github_x', 'A B', 'Ñ'];
    assert.deepEqual(judged(settingNameProblem, texts), ['AWS_REGION', '_x', 'a1']);
    assert.equal(
      settingNameProblem('GITHUB_TOKEN'),
      '"GITHUB_TOKEN" is not allowed: GitHub keeps GITHUB_ for itself.',
    );
    assert.equal(settingValueProblem(''), 'the value is empty.');
    assert.equal(settingValueProblem('ñ'.repeat(24 * 1024)), undefined);
    assert.equal(settingValueProblem('x'.repeat(49_153)), 'the value has 49153 bytes; GitHub takes 49152.');
  });

  it('of branches are names that git takes, whatever is written', () => {
    const part = fc.stringMatching(/^[a-zA-Z0-9./@{}~^:?*[\\ _-]{0,12}$/);
    const name = fc.oneof(
      part,
      fc.string({ maxLength: 8, unit: 'binary' }).filter((text) => !text.includes('\0')),
    );
    fc.assert(
      fc.property(name, (branch) => {
        if (branchProblem(branch) !== undefined) return;
        execFileSync('git', ['check-ref-format', '--branch', branch], { stdio: 'ignore' });
      }),
      { numRuns: 60 },
    );
    assert.deepEqual(judged(branchProblem, ['main', 'release/1.x', 'HEAD', 'a..b', 'a.lock', '-a', '@']), [
      'main',
      'release/1.x',
    ]);
  });
});
