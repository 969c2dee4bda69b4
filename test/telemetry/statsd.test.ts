import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import type { AgentAddress } from '../../src/telemetry/agent-address.ts';
import { datagramPacker, openStatsd } from '../../src/telemetry/statsd.ts';
import { temporaryFolder } from '../setup.ts';

const tags = { team: 'weather' };
const count = { name: 'hermes.run.started', type: 'count', value: 1, tags } as const;
const failure = { title: 'Título', text: 'día\n上海', key: 'a.b', alert: 'error', tags } as const;
const WIRE = 'hermes.run.started:1|c|#team:weather\n_e{7,12}:Título|día\\n上海|k:a.b|t:error|#team:weather';

/** Sends one metric and one event; answers what this installation could not do. */
async function sendBoth(address: AgentAddress): Promise<string[]> {
  const reasons: string[] = [];
  const statsd = openStatsd(address, { clock: systemClock, onUnusable: (reason) => reasons.push(reason) });
  statsd.metric(count);
  statsd.event(failure);
  await statsd.close();
  return reasons;
}

describe('what goes to the Datadog agent', () => {
  it('arrives over UDP byte for byte', async () => {
    const agent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(agent, 'listening');
    const received = once(agent, 'message');
    await sendBoth({ kind: 'udp', host: '127.0.0.1', port: agent.address().port });
    assert.deepEqual((await received)[0], Buffer.from(WIRE));
    agent.close();
  });

  it('arrives over a Unix stream behind its length', async () => {
    const path = join(temporaryFolder(), 's');
    const chunks: Buffer[] = [];
    const agent = createServer((socket) => socket.on('data', (chunk: Buffer) => chunks.push(chunk)));
    agent.listen(path);
    await once(agent, 'listening');
    const connected = once(agent, 'connection');
    assert.deepEqual(await sendBoth({ kind: 'unix', path, socket: 'stream' }), []);
    const [socket] = await connected;
    await once(socket, 'end');
    const bytes = Buffer.concat(chunks);
    assert.equal(bytes.readUInt32LE(), Buffer.byteLength(WIRE));
    assert.equal(bytes.subarray(4).toString(), WIRE);
    agent.close();
  });

  const withDatagrams = existsSync(join(packageRoot, 'node_modules', 'node-unix-socket')) ? it : it.skip;

  withDatagrams('arrives over a Unix datagram socket byte for byte', async () => {
    const path = join(temporaryFolder(), 's');
    const receive = `
import socket, sys
agent = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
agent.bind(sys.argv[1])
sys.stdout.buffer.write(b">")
sys.stdout.flush()
sys.stdout.buffer.write(agent.recv(8192))
`;
    const agent = spawn('python3', ['-c', receive, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    agent.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(agent.stdout, 'data');
    assert.deepEqual(await sendBoth({ kind: 'unix', path, socket: 'any' }), []);
    await once(agent, 'close');
    assert.equal(Buffer.concat(chunks).toString(), `>${WIRE}`);
  });

  it('takes a stream where a Unix socket turns out to be one', async () => {
    const path = join(temporaryFolder(), 's');
    const agent = createServer((socket) => socket.resume()).listen(path);
    await once(agent, 'listening');
    const connected = once(agent, 'connection');
    assert.deepEqual(await sendBoth({ kind: 'unix', path, socket: 'any' }), []);
    await once((await connected)[0], 'end');
    agent.close();
  });

  it('is lost without a word when nobody listens', async () => {
    assert.deepEqual(await sendBoth({ kind: 'udp', host: '127.0.0.1', port: 9 }), []);
    assert.deepEqual(await sendBoth({ kind: 'unix', path: '/nowhere/s', socket: 'stream' }), []);
    assert.deepEqual(await sendBoth({ kind: 'unix', path: '/nowhere/s', socket: 'any' }), []);
  });

  it('goes out while the run goes on, and lets the process end', async () => {
    const agent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(agent, 'listening');
    const received = once(agent, 'message');
    const statsd = openStatsd(
      { kind: 'udp', host: '127.0.0.1', port: agent.address().port },
      { clock: systemClock, onUnusable: assert.fail },
    );
    statsd.metric(count);
    assert.equal(String((await received)[0]), 'hermes.run.started:1|c|#team:weather');
    await statsd.close();
    agent.close();
  });
});

describe('datagrams', () => {
  it('are as full as they may be, and never more, counted in bytes', () => {
    const packer = datagramPacker(10);
    const added = ['aaaa', 'ñññ', 'bbbb', 'x'.repeat(30), 'c'].map((line) => packer.add(line)?.toString());
    assert.deepEqual(added, [undefined, 'aaaa', 'ñññ', 'bbbb', 'x'.repeat(30)]);
    assert.equal(packer.rest()?.toString(), 'c');
    assert.equal(packer.rest(), undefined);
    packer.add('aaaa');
    packer.add('bbbbb');
    assert.equal(packer.rest()?.toString(), 'aaaa\nbbbbb');
  });
});
