import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { hermes } from '../../hermes.ts';
import { temporaryFolder } from '../../setup.ts';

describe('listing runs where nothing has run', () => {
  it('refuses an environment that is only misspelt', async () => {
    for (const more of [[], ['--workspace']]) {
      const { stderr, exitCode } = await hermes(temporaryFolder(), ['runs', 'list', '--env', 'dve', ...more]);
      assert.equal(stderr, 'There is no environment "dve". Known here: dev, prod.\nDid you mean dev?\n');
      assert.equal(exitCode, 2);
    }
  });

  it('starts no workspace, which could only be empty', async () => {
    const folder = temporaryFolder();
    const { stdout, exitCode } = await hermes(folder, ['runs', 'list', '--workspace']);
    assert.equal(stdout, 'Nothing has run here yet. Try: hermes run PROJECT\n');
    assert.equal(exitCode, 0);
    assert.deepEqual(readdirSync(folder), []);
  });
});
