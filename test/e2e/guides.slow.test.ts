import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import { shareAirflow } from '../airflow-harness.ts';
import { startGitHub, TOKEN } from '../fakes/github/start-github.ts';
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
    'github',
    'airflow',
  ]) {
    it(`can be followed line by line: ${guide}`, async function () {
      this.timeout(300_000);
      const folder = temporaryFolder();
      if (guide === 'airflow') await shareAirflow(join(folder, '.hermes', 'cache'));
      const script = shellLines(readFileSync(join(packageRoot, 'docs', 'guides', `${guide}.md`), 'utf8'));
      assert.notEqual(script, '');
      const github = guide === 'github' ? await startGitHub() : undefined;
      const access = { HERMES_GITHUB_API_URL: github?.apiUrl, HERMES_GITHUB_TOKEN: TOKEN };
      const followed = await follow(script, folder, github === undefined ? {} : access);
      if (guide === 'airflow') await hermes(folder, ['airflow', 'down']);
      await hermes(folder, ['workspace', 'stop']);
      await github?.stop();
      assert.equal(followed.exitCode, 0, followed.output);
    });
  }
});

/** Types the lines into a shell; beside it a GitHub of this process may answer. */
async function follow(
  script: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const child = spawn('bash', ['-euxo', 'pipefail'], {
    cwd: folder,
    env: {
      ...process.env,
      PATH: `${hermesOnPath(folder)}:${process.env.PATH}`,
      HOME: folder,
      ...identity,
      ...env,
    },
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  child.stdin.end(script);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { exitCode, output: Buffer.concat(output).toString() };
}

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
