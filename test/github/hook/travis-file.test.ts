import assert from 'node:assert/strict';
import { planTravis } from '../../../src/github/hook/travis-file.ts';

describe('the plan of a .travis.yml', () => {
  it('takes one command or a list, for script and for deploy.script', () => {
    const text = 'script: a\ndeploy: {provider: script, script: [b, c], on: {all_branches: true}}';
    assert.deepEqual(planTravis(text, 'feature/x'), { script: ['a'], deploy: ['b', 'c'], notes: [] });
  });

  it('deploys from the default branch only, unless the file names another', () => {
    const text = (on: string) => `script: [a]\ndeploy:\n  provider: script\n  script: d\n${on}`;
    const deploys = (on: string, branch: string) => planTravis(text(on), branch).deploy.length === 1;
    assert.equal(deploys('', 'master'), true);
    assert.equal(deploys('', 'feature/x'), false);
    assert.equal(deploys('  on: {branch: release}', 'release'), true);
    assert.equal(deploys('  on: {branch: [release, beta]}', 'beta'), true);
    assert.equal(deploys('  on: {branch: release}', 'master'), false);
    assert.equal(deploys('  on: {all_branches: true}', 'x$(touch y)'), true);
  });

  it('says why a deployment is left out', () => {
    const text = [
      'deploy:',
      '  - {provider: s3}',
      '  - {provider: script, script: d, on: {tags: true}}',
      '  - {provider: script, script: d, on: {condition: $X = y}}',
      '  - {provider: script, script: d, on: {branch: release}}',
      '  - hello',
    ].join('\n');
    assert.deepEqual(planTravis(text, 'master').notes, [
      'deploy: skipped, provider "s3" needs Travis',
      'deploy: skipped, it is for tags',
      'deploy: skipped, `on.condition` needs Travis',
      'deploy: skipped, it is for release',
      'deploy: skipped, it is not a mapping',
    ]);
  });

  it('refuses what is no .travis.yml', () => {
    const refused = (text: string, reason: string) =>
      assert.throws(() => planTravis(text, 'master'), {
        code: 'HERMES_BAD_CI_FILE',
        message: `Cannot read .travis.yml: ${reason}`,
        nextStep: 'Correct the file and push again.',
      });
    refused('- a', 'it is not a mapping of keys to values.');
    refused('', 'it is not a mapping of keys to values.');
    refused('script: {a: 1}', '`script` must be a command or a list of commands.');
    refused(
      'script: [a',
      'Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 11:',
    );
  });
});
