import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../src/core/errors.ts';
import { fileTrouble, readSourceFile } from '../../src/core/file-trouble.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { ProblemsError } from '../../src/core/problems.ts';
import { temporaryFolder } from '../setup.ts';

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

function said(error: unknown): string | undefined {
  const trouble = fileTrouble(error);
  return trouble === undefined ? undefined : [trouble.message, trouble.nextStep].filter(Boolean).join(' ');
}

function refused(code: string, syscall: string, path?: string): Error {
  return Object.assign(new Error(`${code}: refused`), {
    code,
    syscall,
    ...(path === undefined ? {} : { path }),
  });
}

describe('a refusal of the system about a file', () => {
  it('is told as what was tried, with which file, and why', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'full', 'inside'), { recursive: true });
    assert.equal(
      said(caught(() => readFileSync(join(folder, 'absent')))),
      `Cannot open ${folder}/absent: there is no such file or folder.`,
    );
    assert.equal(
      said(caught(() => mkdirSync(join('/proc/self/status', 'x')))),
      'Cannot make /proc/self/status/x: a file lies where a folder belongs.',
    );
    assert.equal(said(caught(() => rmdirSync(join(folder, 'full')))), undefined);
  });

  it('names the next step where there is one', () => {
    assert.equal(
      said(refused('EACCES', 'open', '/home/one/server.log')),
      'Cannot open /home/one/server.log: permission denied. Give your user access to it, or work as the user whose it is.',
    );
    assert.equal(
      said(refused('ENOSPC', 'write')),
      'Cannot write the output: no space is left there. Free some space and run the same command again.',
    );
    assert.equal(
      said(refused('EROFS', 'mkdtemp', '/srv/git/.weather-XXXXXX')),
      'Cannot make a folder in /srv/git: the file system is read-only. Choose a place that can be written.',
    );
    assert(fileTrouble(refused('EROFS', 'mkdir', '/x')) instanceof ConfigError);
  });

  it('is not made of other errors, nor of those about files of Hermes itself', () => {
    assert.equal(fileTrouble(new TypeError('x is no function')), undefined);
    assert.equal(fileTrouble(refused('EACCES', 'listen')), undefined);
    assert.equal(fileTrouble(refused('ENOENT', 'open', join(packageRoot, 'repo-template'))), undefined);
    assert.notEqual(fileTrouble(refused('ENOENT', 'open', `${packageRoot}-beside`)), undefined);
    assert.equal(fileTrouble('EACCES'), undefined);
  });
});

describe('a file of the user that cannot be read', () => {
  it('is a problem with its name', () => {
    const folder = temporaryFolder();
    symlinkSync('nowhere.yaml', join(folder, 'link.yaml'));
    symlinkSync('round.yaml', join(folder, 'round.yaml'));
    const problem = (name: string) => caught(() => readSourceFile(join(folder, name), name));
    assert.deepEqual(
      ['link.yaml', 'round.yaml', 'absent.yaml'].map((name) => {
        const error = problem(name);
        return error instanceof ProblemsError ? error.message : error;
      }),
      [
        'link.yaml  This link leads nowhere: there is no nowhere.yaml.',
        'round.yaml  The file cannot be read: its links lead in a circle.',
        'absent.yaml  The file cannot be read: there is no such file or folder.',
      ],
    );
  });
});
