import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { applyPublish } from '../../../ci/apply-publish.ts';
import { planPublish } from '../../../ci/plan-publish.ts';
import { releasePolicy } from '../../../ci/pointer-policy.ts';
import { readPublished } from '../../../ci/read-published.ts';
import { s3Store } from '../../../src/artifacts/s3-store.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import { makeBuild, makeWheel } from '../../ci/a-build.ts';
import { type FaultProxy, startFaultProxy } from '../../fakes/fault-proxy.ts';
import { OWNER, type S3Server } from '../../s3/s3-server.ts';
import { seaweedFs } from '../../s3/servers.ts';
import { temporaryFolder } from '../../setup.ts';

const LATENCY_MS = 50;
const note = { movedAt: '2026-11-21T06:00:00.000Z', movedBy: 'travis', reason: 'push to master' };

describe('the artifacts of a team in a bucket, 50 ms away', () => {
  let folder: string;
  let server: S3Server;
  let proxy: FaultProxy;

  const hermes = async (...args: string[]): Promise<string> => {
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: OWNER.accessKeyId,
      AWS_SECRET_ACCESS_KEY: OWNER.secretAccessKey,
      AWS_ENDPOINT_URL_S3: proxy.endpoint,
      AWS_REGION: 'us-east-1',
    };
    const words = [join(packageRoot, 'src', 'cli', 'main.ts'), 'artifacts', ...args];
    return (await promisify(execFile)(process.execPath, words, { cwd: folder, env })).stdout;
  };

  before(async () => {
    server = await seaweedFs();
    proxy = await startFaultProxy(server.endpoint);
    proxy.onRequest(() => ({ kind: 'delay', milliseconds: LATENCY_MS }));
    folder = temporaryFolder();
    const url = `s3://${server.bucket}/records`;
    writeFileSync(join(folder, 'hermes.yaml'), `hermes: ^1.0\nteam: weather\nartifacts:\n  dev: ${url}\n`);
    const store = await s3Store(url, { connection: server.owner });
    for (const version of ['1.3.0', '1.4.0', '1.5.0']) {
      const script = `print("${version}")\n`;
      const build = makeBuild({ version, script, wheel: await makeWheel({ version }) });
      const plan = planPublish(build, await readPublished(store, build));
      await applyPublish(store, build, plan, releasePolicy, note);
    }
  });
  after(() => proxy.stop());

  it('are listed and verified, and show the history of latest', async () => {
    assert.deepEqual((await hermes('list', '-q')).split('\n').slice(0, 3), [
      'observations 1.5.0',
      'observations 1.4.0',
      'observations 1.3.0',
    ]);
    assert.match(
      await hermes('show', 'observations', '--env', 'dev'),
      /\n {2}3 .* 1\.5\.0 .*\n {2}2 .* 1\.4\.0 /,
    );
    assert.match(await hermes('verify'), /4 checks, nothing differs\n$/);
  });

  it('are rolled back by few requests', async () => {
    const before = proxy.seen.length;
    assert.match(
      await hermes('rollback', 'observations', '--reason', 'wrong units'),
      /latest 1\.5\.0 → 1\.4\.0/,
    );
    assert.ok(proxy.seen.length - before <= 16, `${proxy.seen.length - before} requests`);
    assert.match(await hermes('verify', 'observations', 'latest'), /latest +1\.4\.0, 4 moves\n2 checks/);
  });
});
