import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import { inBenchFolder } from './bench-folder.ts';
import { ask, quantile } from './keep-alive-client.ts';
import { storeRuns } from './many-runs.ts';
import { alternate, type BenchResult, median } from './measure.ts';

const RUNS = 100_000;
const REQUESTS = 4_000;
const CONNECTIONS = 8;

/**
 * `runs/get` of a workspace with 100,000 stored runs, against a bare server of Node that answers the same bytes; how
 * long the workspace takes to be ready, and its page and list of runs. Server and client are processes of their own.
 */
export async function run(): Promise<BenchResult[]> {
  return inBenchFolder(async (folder) => {
    const first = await storeRuns(folder, RUNS);
    const paths = Array.from({ length: REQUESTS }, (_, index) => pathOf(first, index));
    const start = await startTimes(folder);
    const workspace = await serve(folder);
    const token = readFileSync(join(folder, 'owner-token'), 'utf8').trim();
    const bare = await bareServer(await bodyOf(workspace.port, paths[0] ?? '', token));
    try {
      const load = (port: number) => async () => 1e6 / (await ask(port, paths, CONNECTIONS, token)).perSecond;
      const each = await alternate(5, load(workspace.port), load(bare.port));
      const p99 = async (port: number) => quantile((await ask(port, paths, 1, token)).firstBytesMs, 0.99);
      const late = await alternate(
        3,
        () => p99(workspace.port),
        () => p99(bare.port),
      );
      const many = await listTimes(workspace.port, token);
      const peerName = 'bare node:http, same bytes';
      return [
        result('workspace-get, each of 8 at once', each, peerName, 'µs'),
        result('workspace-get, first byte p99', late, peerName, 'ms'),
        ...many.map(({ name, ours }) => result(name, { ours, peer: late.peer }, peerName, 'ms')),
        result('workspace-start, to ready', start, 'node -e ""', 's'),
        result(
          'workspace, resident after all this',
          { ours: residentMb(workspace), peer: residentMb(bare) },
          peerName,
          'MB',
        ),
      ];
    } finally {
      for (const server of [workspace, bare]) server.child.kill();
    }
  });
}

function result(
  name: string,
  { ours, peer }: { readonly ours: number; readonly peer: number },
  peerName: string,
  unit: string,
): BenchResult {
  return { name, ours, peer, peerName, unit, ratio: ours / peer };
}

/** Runs spread over all of them, so that no page of the database is asked for twice in a row. */
function pathOf(first: bigint, index: number): string {
  return `/api/2.2/jobs/runs/get?run_id=${first + 2n * BigInt((index * 7919) % RUNS)}`;
}

async function listTimes(
  port: number,
  token: string,
): Promise<{ readonly name: string; readonly ours: number }[]> {
  const paths = {
    'workspace, list of 25 runs': '/api/2.2/jobs/runs/list?limit=25',
    'workspace, page of runs': '/',
  };
  const times = [];
  for (const [name, path] of Object.entries(paths)) {
    const { firstBytesMs } = await ask(
      port,
      Array.from({ length: 50 }, () => path),
      1,
      token,
    );
    times.push({ name, ours: median(firstBytesMs) });
  }
  return times;
}

async function startTimes(folder: string): Promise<{ ours: number; peer: number }> {
  return alternate(
    5,
    async () => {
      const { child, seconds } = await serve(folder);
      await ended(child);
      return seconds;
    },
    async () => {
      const start = performance.now();
      await new Promise((resolve) => spawn(process.execPath, ['-e', '']).once('exit', resolve));
      return (performance.now() - start) / 1000;
    },
  );
}

interface Served {
  readonly child: ChildProcess;
  readonly port: number;
  readonly seconds: number;
}

/** The command as it is installed, until it says where it listens. */
function serve(folder: string): Promise<Served> {
  const main = join(packageRoot, 'dist', 'src', 'cli', 'main.js');
  return listening([main, 'workspace', 'serve', '--folder', folder], /http:\/\/127\.0\.0\.1:(\d+)/);
}

function bareServer(body: string): Promise<Served> {
  const code = `const body = process.argv[1];
    const server = require('node:http').createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      response.end(body);
    });
    server.listen(0, '127.0.0.1', () => console.error('port ' + server.address().port));`;
  return listening(['-e', code, body], /port (\d+)/);
}

function listening(words: readonly string[], sign: RegExp): Promise<Served> {
  const start = performance.now();
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk;
      const port = sign.exec(said)?.[1];
      if (port !== undefined)
        resolve({ child, port: Number(port), seconds: (performance.now() - start) / 1000 });
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}

function ended(child: ChildProcess): Promise<void> {
  child.kill();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

async function bodyOf(port: number, path: string, token: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return response.text();
}

function residentMb({ child }: Served): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}
