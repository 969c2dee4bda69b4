import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { folderStore } from '../../src/artifacts/folder-store.ts';
import { temporaryFolder } from '../setup.ts';

interface Writer {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  readonly written: number[];
}

function startWriter(root: string, times: number): Writer {
  const child = spawn(
    process.execPath,
    [fileURLToPath(import.meta.resolve('./counting-writer.ts')), root, String(times)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const written: number[] = [];
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    written.push(...lines.map(Number));
  });
  return { child, written, ended: new Promise((resolve) => child.once('close', () => resolve())) };
}

async function counter(root: string): Promise<number> {
  return Number(Buffer.from((await folderStore(root).read('counter'))?.bytes ?? []).toString());
}

describe('a store in a folder, used by many processes', () => {
  it('loses no write of many processes at once', async () => {
    const root = temporaryFolder();
    const writers = Array.from({ length: 6 }, () => startWriter(root, 15));
    await Promise.all(writers.map((writer) => writer.ended));
    const all = writers.flatMap((writer) => writer.written).sort((a, b) => a - b);
    assert.deepEqual(
      all,
      Array.from({ length: 90 }, (_, index) => index + 1),
    );
    assert.equal(await counter(root), 90);
  });

  it('goes on after writers are killed at any moment, and each number is written once', async () => {
    const root = temporaryFolder();
    const doomed = Array.from({ length: 4 }, () => startWriter(root, 100_000));
    for (const [index, { child, written }] of doomed.entries()) {
      while (written.length < 5 * (index + 1)) await delay(5);
      child.kill('SIGKILL');
    }
    await Promise.all(doomed.map((writer) => writer.ended));
    const last = startWriter(root, 3);
    await last.ended;
    const all = [...doomed, last].flatMap((writer) => writer.written);
    assert.equal(new Set(all).size, all.length, 'a number was written twice');
    assert.equal(last.written.length, 3, 'the lock of a killed writer stayed');
    assert.equal(await counter(root), last.written.at(-1));
  });

  it('says that the disk is full, keeps what was whole and shows nothing half', function () {
    const root = join(temporaryFolder(), 'disk');
    const script = `mkdir "$0" && mount -t tmpfs -o size=128k tmpfs "$0" && exec "$1" "$2" "$0"`;
    const command = [
      'unshare',
      '-rm',
      'sh',
      '-c',
      script,
      root,
      process.execPath,
      fileURLToPath(import.meta.resolve('./filling-writer.ts')),
    ];
    const child = spawnSync('env', command, { encoding: 'utf8', timeout: 30_000 });
    // Only where this user may mount a file system of his own.
    if (child.error !== undefined || /unshare|mount|Operation not permitted/.test(child.stderr)) this.skip();
    const { failures, sizes, pointer } = JSON.parse(child.stdout);
    const whole = Object.entries(sizes).filter(([key]) => key.startsWith('file-'));
    assert.ok(whole.length > 0 && whole.length < 20);
    assert.ok(whole.every(([, bytes]) => bytes === 10_000));
    assert.equal(pointer, 'one');
    assert.equal(
      failures.at(-1),
      `Cannot write an artifact [store=file://${root}, key=pointer]: the disk is full.`,
    );
  });
});
