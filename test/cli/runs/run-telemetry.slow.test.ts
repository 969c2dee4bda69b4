import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { hermes } from '../../hermes.ts';
import { temporaryFolder } from '../../setup.ts';

const identity = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

describe('a run beside a Datadog agent', () => {
  const folder = temporaryFolder();
  after(() => hermes(join(folder, 'weather'), ['workspace', 'stop']));

  it('tells it how it went, and is the same without one', async function () {
    this.timeout(300_000);
    const created = await hermes(folder, ['repo', 'create', 'weather'], identity);
    assert.equal(created.exitCode, 0, created.stderr);
    const agent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(agent, 'listening');
    const lines: string[] = [];
    agent.on('message', (datagram) => lines.push(...datagram.toString().split('\n')));
    const url = `udp://127.0.0.1:${agent.address().port}`;
    const run = (args: readonly string[], env = {}) =>
      hermes(join(folder, 'weather'), ['run', 'helloworld', ...args], env);

    const failed = await run(['--', '--input', '/nowhere'], { DD_DOGSTATSD_URL: url });
    assert.equal(failed.exitCode, 1, failed.stderr);
    const tags =
      'env:dev,service:helloworld,version:0.1.0,team:weather,project:helloworld,dag:run_helloworld,task:helloworld,compaas-service:hermes';
    const ended = `${tags},outcome:failed,cause:user_code`;
    assert.deepEqual(lines.slice(0, 2), [
      `hermes.run.started:1|c|#${tags}`,
      `hermes.run.finished:1|c|#${ended}`,
    ]);
    assert.match(lines[2] ?? '', /^hermes\.run\.duration_seconds:[\d.]+\|d\|#env:dev,/);
    const event = lines.at(-1) ?? '';
    assert.match(
      event,
      /^_e\{\d+,\d+\}:run_helloworld\.helloworld failed in dev: user_code\|FileNotFoundError/,
    );
    assert.ok(event.endsWith(`|k:run_helloworld.helloworld|t:error|#${tags},cause:user_code`));

    const gone = await run([], { DD_DOGSTATSD_URL: 'unixstream:///nowhere/dsd.socket' });
    assert.deepEqual([gone.exitCode, gone.stderr], [0, '']);
    const odd = await run([], { DD_DOGSTATSD_URL: 'agent' });
    assert.deepEqual(
      [odd.exitCode, odd.stderr.trim()],
      [
        0,
        'No metrics are sent: DD_DOGSTATSD_URL = "agent" is no address: udp://host:8125, unix:///path or unixstream:///path.',
      ],
    );
    agent.close();
  });
});
