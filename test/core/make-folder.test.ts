import assert from 'node:assert/strict';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../src/core/errors.ts';
import { fileTrouble } from '../../src/core/file-trouble.ts';
import { makeFolder } from '../../src/core/make-folder.ts';
import { temporaryFolder } from '../setup.ts';

describe('making a folder that a user names', () => {
  it('makes those above it, and takes one that stands as it is', () => {
    const folder = join(temporaryFolder(), 'a', 'b', 'c');
    makeFolder(folder, 0o700);
    makeFolder(folder);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.equal(statSync(join(folder, '..')).mode & 0o777, 0o700);
  });

  it('says so, and ends, where a file system takes no folders', function () {
    if (!existsSync('/proc/self')) this.skip();
    assert.throws(
      () => makeFolder('/proc/hermes/a/b'),
      (error) =>
        error instanceof ConfigError &&
        error.message === 'Cannot make /proc/hermes: the file system of /proc takes no folders.' &&
        error.nextStep === 'Choose another place.',
    );
  });

  it('names the file that lies in the way', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'a', 'file'), '');
    for (const below of ['', 'b', 'b/c'])
      assert.throws(
        () => makeFolder(join(folder, 'a', 'file', below)),
        (error) =>
          fileTrouble(error)?.message ===
          `Cannot make ${join(folder, 'a', 'file')}: a file lies where a folder belongs.`,
      );
  });
});
