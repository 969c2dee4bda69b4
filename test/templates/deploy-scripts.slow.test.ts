import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { writeFiles } from '../../src/templates/write-files.ts';
import { seaweedFs } from '../s3/servers.ts';
import { temporaryFolder } from '../setup.ts';

interface Place {
  readonly url: string;
  readonly env?: NodeJS.ProcessEnv;
}

const places: Readonly<Record<string, () => Promise<Place>>> = {
  'a folder': async () => ({ url: `file://${temporaryFolder()}` }),
  'a bucket': async () => {
    const { bucket, endpoint, owner } = await seaweedFs();
    const { accessKeyId = '', secretAccessKey = '' } = owner.credentials ?? {};
    return {
      url: `s3://${bucket}/${randomUUID()}`,
      env: {
        AWS_ENDPOINT_URL_S3: endpoint,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      },
    };
  },
  'a branch of a repository': async () => {
    const folder = temporaryFolder();
    execFileSync('git', ['init', '--quiet', '--bare', folder]);
    return { url: `git+file://${folder}#dev` };
  },
};

for (const [name, open] of Object.entries(places)) {
  describe(`the scripts of a repository of DAGs, deploying to ${name}`, function () {
    this.timeout(120_000);
    const folder = temporaryFolder();
    let env: NodeJS.ProcessEnv = {};

    const run = (program: string, ...words: string[]) =>
      new Promise<{ code: number; output: string }>((resolve) => {
        const options = { cwd: folder, env: { ...process.env, ...env } };
        execFile(program, words, options, (error, stdout, stderr) =>
          resolve({ code: Number(error?.code ?? 0), output: `${stdout}${stderr}` }),
        );
      });
    const git = (...words: string[]) =>
      execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', ...words], {
        cwd: folder,
      });
    const script = (file: string, ...words: string[]) => run(join(folder, 'build_tools', file), ...words);

    before(async () => {
      const author = { authorName: 'Ana', authorEmail: 'ana@example.com' };
      writeFiles(
        folder,
        planRepository('airflow', { name: 'weather', team: 'weather', project: 'helloworld', ...author }),
      );
      const bin = temporaryFolder();
      const main = join(packageRoot, 'src', 'cli', 'main.ts');
      writeFileSync(join(bin, 'hermes'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, {
        mode: 0o755,
      });
      const place = await open();
      env = { ...place.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
      const config = readFileSync(join(folder, 'hermes.yaml'), 'utf8');
      writeFileSync(join(folder, 'hermes.yaml'), `${config}airflow: { dev: { dags: "${place.url}" } }\n`);
      git('init', '--quiet');
      git('add', '.');
      git('commit', '--quiet', '-m', 'Begin');
    });

    it('deploys what was compiled, once', async () => {
      assert.match(
        (await script('deploy.sh', 'dev')).output,
        /^Cannot deploy the build in build: it holds no hermes-build\.json\./,
      );
      assert.equal((await run('hermes', 'airflow', 'compile', '--out', 'build')).code, 0);
      const { code, output } = await script('deploy.sh', 'dev');
      assert.equal(code, 0, output);
      assert.match(output, / {2}\+ weather_helloworld\n1 DAG: 1 added\n✓ deployed as 1 in dev\n$/);
      assert.match(
        (await script('deploy.sh', 'dev')).output,
        /^Deploy 1 stands in dev with the same DAGs: nothing to do\.\n$/,
      );
    });

    it('puts the deploy before back in one step, and deploys the commit that was left no more', async () => {
      const file = join(folder, 'dags', 'helloworld.dag.yaml');
      writeFileSync(file, readFileSync(file, 'utf8').replace('0 6 * * *', '0 7 * * *'));
      git('commit', '--quiet', '-am', 'Later');
      await run('hermes', 'airflow', 'compile', '--out', 'build');
      assert.match((await script('deploy.sh', 'dev')).output, / {2}~ weather_helloworld\n/);
      const hostile = `it runs twice $(touch ${folder}/owned) "'`;
      const { code, output } = await script('rollback.sh', 'dev', hostile, '');
      assert.equal(code, 0, output);
      assert.match(output, /✓ deploy 1 of dev is back, as 3\n/);
      const again = await script('deploy.sh', 'dev');
      assert.equal(again.code, 2);
      assert.match(again.output, /^Cannot deploy commit [0-9a-f]{7}: it was rolled back to deploy 1 by /);
      assert.ok(again.output.includes(`(${hostile})`), again.output);
      const numbered = await script('rollback.sh', 'dev', 'it was the data', '2');
      assert.match(numbered.output, /✓ deploy 2 of dev is back, as 4\n/);
      assert.equal((await run('ls', join(folder, 'owned'))).code !== 0, true);
    });

    it('says how to call a script that was called with too little', async () => {
      const deploy = await script('deploy.sh');
      assert.deepEqual(deploy, { code: 2, output: 'Name an environment: build_tools/deploy.sh dev\n' });
      const rollback = await script('rollback.sh', 'prod', '');
      assert.equal(rollback.code, 2);
      assert.match(rollback.output, /^Name an environment, and say why: build_tools\/rollback\.sh prod "/);
    });

    it('brings no rolled back DAGs back by a commit that changes none', async () => {
      await script('rollback.sh', 'dev', 'once more', '1');
      writeFileSync(join(folder, 'README.md'), 'Changed.\n');
      git('commit', '--quiet', '-am', 'Say more');
      await run('hermes', 'airflow', 'compile', '--out', 'build');
      const { code, output } = await script('deploy.sh', 'dev');
      assert.equal(code, 2, output);
      assert.match(
        output,
        /^Cannot deploy commit [0-9a-f]{7}: it has the DAGs of a deploy that was rolled back to deploy 1 by .* \(once more\)\./,
      );
    });

    it('deploys nothing that was changed after it was compiled', async () => {
      mkdirSync(join(folder, 'build'), { recursive: true });
      const loader = join(folder, 'build', 'hermes_dags_0.py');
      writeFileSync(loader, `import os\n${readFileSync(loader, 'utf8')}`);
      const { code, output } = await script('deploy.sh', 'dev');
      assert.deepEqual(
        [code, output.split('\n')[0]],
        [2, 'Cannot deploy the build in build: hermes_dags_0.py is not what was compiled.'],
      );
    });
  });
}
