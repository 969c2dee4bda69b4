import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { folderStore } from '../../src/artifacts/folder-store.ts';
import { resolveHome } from '../../src/config/home.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { makeRepository, type Repository } from '../ci/repository.ts';
import { temporaryFolder } from '../setup.ts';

const guide = readFileSync(join(packageRoot, 'docs', 'guides', 'ci.md'), 'utf8');
// Prepared Python environments are shared by the tests here.
const cache = temporaryFolder();
const HOSTILE = 'x$(touch$IFS/tmp/hermes-owned)`id`';

/** The blocks of the guide in one language. */
function blocks(language: string): string[] {
  return [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  );
}

/** A repository as `hermes repo create` makes it, on a branch with a change, with `hermes` in PATH. */
function branchOfTeam(branch: string): { repository: Repository; env: NodeJS.ProcessEnv } {
  const author = { authorName: 'Ana', authorEmail: 'ana@example.com' };
  const answers = { name: 'weather', team: 'weather', project: 'helloworld', ...author };
  const files = planRepository('product', answers).map(
    ({ path, bytes }) => [path, bytes.toString()] as const,
  );
  const repository = makeRepository(Object.fromEntries(files));
  repository.git('update-index', '--chmod=+x', 'build_tools/test.sh', 'build_tools/deploy.sh');
  repository.git('commit', '--quiet', '--message', 'Make scripts executable');
  repository.git('push', '--quiet', 'origin', 'master');
  repository.git('checkout', '--quiet', '--force', 'master');
  const own = { 'hermes.yaml': 'hermes: ^1.0\nteam: weather\ndefault_branch: master\n' };
  if (branch !== 'master') repository.git('switch', '--quiet', '-c', branch);
  repository.push(own, branch);
  for (const script of ['test.sh', 'deploy.sh'])
    chmodSync(join(repository.folder, 'build_tools', script), 0o755);
  const bin = temporaryFolder();
  const main = join(packageRoot, 'src', 'cli', 'main.ts');
  writeFileSync(join(bin, 'hermes'), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, {
    mode: 0o755,
  });
  const home = temporaryFolder();
  symlinkSync(cache, resolveHome('/', { HERMES_HOME: home }).cache);
  const env = {
    ...process.env,
    CI: 'true',
    PATH: `${bin}:${process.env.PATH}`,
    HERMES_HOME: home,
  };
  return { repository, env };
}

/** Runs the lines of a job as its system does: bash, which ends at the first failure. */
function runJob(repository: Repository, lines: readonly string[], env: NodeJS.ProcessEnv): string {
  const options = { cwd: repository.folder, env, input: lines.join('\n'), encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail'], options);
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  return stdout;
}

async function keysIn(env: NodeJS.ProcessEnv, environment: string): Promise<string[]> {
  const keys: string[] = [];
  const store = folderStore(resolveHome('/', env).artifacts(environment));
  for await (const { key } of store.list('weather/helloworld/')) keys.push(key);
  return keys;
}

describe('the guide to CI', () => {
  it('has policies that are JSON, and lets nobody who publishes delete', () => {
    const policies = blocks('json').map((text) => JSON.parse(text));
    assert.equal(policies.length, 5);
    const deleting = blocks('json').filter((text) => text.includes('s3:DeleteObject'));
    assert.equal(deleting.length, 1);
    assert.ok(deleting[0]?.includes('weather/*/feature/*'));
  });

  for (const branch of ['master', HOSTILE]) {
    it(`has jobs of GitLab that publish ${branch}`, async () => {
      const [text = ''] = blocks('yaml');
      const jobs: Record<string, { script: string[] }> = parse(text);
      const { repository, env } = branchOfTeam(branch);
      const gitlab = {
        ...env,
        GITLAB_CI: 'true',
        CI_PIPELINE_SOURCE: 'push',
        CI_COMMIT_BRANCH: branch,
        CI_COMMIT_SHA: repository.git('rev-parse', 'HEAD'),
        CI_DEFAULT_BRANCH: 'master',
        HERMES_DEV_ROLE: 'arn:aws:iam::1:role/dev',
        HERMES_PROD_ROLE: 'arn:aws:iam::1:role/prod',
        AWS_ID_TOKEN: 'token',
        AWS_WEB_IDENTITY_TOKEN_FILE: join(repository.folder, '.hermes', 'aws-token'),
      };
      const names = branch === 'master' ? ['build', 'dev', 'prod'] : ['build', 'dev'];
      for (const name of names) runJob(repository, jobs[name]?.script ?? [], gitlab);
      await hasArrived(env, branch);
    });

    it(`has stages of Jenkins that publish ${branch}`, async () => {
      const [text = ''] = blocks('groovy');
      const steps = [...text.matchAll(/\bsh '([^']+)'/g)].map(([, line = '']) => line);
      assert.equal(steps.length, 5);
      const { repository, env } = branchOfTeam(branch);
      const jenkins = { ...env, JENKINS_URL: 'http://ci/', BRANCH_NAME: branch };
      const lines = steps.filter(
        (line) => !/npm|test\.sh/.test(line) && !(branch !== 'master' && / prod$/.test(line)),
      );
      for (const line of lines) runJob(repository, [line], jenkins);
      await hasArrived(env, branch);
    });
  }

  it('has a check of merge requests that lets through what changes nothing that is published', () => {
    const [text = ''] = blocks('yaml');
    const { repository, env } = branchOfTeam('feature');
    const variables = {
      CI_PIPELINE_SOURCE: 'merge_request_event',
      CI_MERGE_REQUEST_IID: '7',
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'master',
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'feature',
    };
    const out = runJob(repository, parse(text).check.script, { ...env, GITLAB_CI: 'true', ...variables });
    assert.match(out, /helloworld +unchanged\n$/);
  });
});

async function hasArrived(env: NodeJS.ProcessEnv, branch: string): Promise<void> {
  const [dev, prod] = [await keysIn(env, 'dev'), await keysIn(env, 'prod')];
  const isRelease = branch === 'master';
  assert.ok(dev.some((key) => key.endsWith('/manifest.json') && key.includes('/feature/') !== isRelease));
  assert.equal(prod.includes('weather/helloworld/0.1.0/manifest.json'), isRelease);
  assert.equal(prod.length > 0, isRelease);
}
