import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import { shareAirflow } from '../airflow-harness.ts';
import { hermes, hermesMain } from '../hermes.ts';
import { temporaryFolder } from '../setup.ts';

describe('the guides', () => {
  for (const guide of [
    'analyst',
    'platform',
    'connect',
    'when-a-run-fails',
    'operators',
    'airflow-deploy',
    'airflow-python',
    'airflow',
  ]) {
    it(`can be followed line by line: ${guide}`, async function () {
      this.timeout(300_000);
      const folder = temporaryFolder();
      if (guide === 'airflow') await shareAirflow(join(folder, '.hermes', 'cache'));
      const script = shellLines(readFileSync(join(packageRoot, 'docs', 'guides', `${guide}.md`), 'utf8'));
      assert.notEqual(script, '');
      const child = spawnSync('bash', ['-euxo', 'pipefail'], {
        cwd: folder,
        input: script,
        env: {
          ...process.env,
          PATH: `${hermesOnPath(folder)}:${process.env.PATH}`,
          HOME: folder,
          ...identity,
        },
      });
      if (guide === 'airflow') await hermes(folder, ['airflow', 'down']);
      await hermes(folder, ['workspace', 'stop']);
      assert.equal(child.status, 0, `${child.stdout}\n${child.stderr}`);
    });
  }
});

const identity = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

/** Everything in blocks fenced as `sh`: what a reader of the guide types. */
function shellLines(markdown: string): string {
  return [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((block) => block[1]).join('\n');
}

function hermesOnPath(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'hermes'), `#!/bin/sh\nexec "${process.execPath}" "${hermesMain}" "$@"\n`);
  chmodSync(join(bin, 'hermes'), 0o755);
  return bin;
}
