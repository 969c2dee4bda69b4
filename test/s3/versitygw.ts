import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../src/core/package-root.ts';
import { temporaryFolder } from '../setup.ts';
import { startGuarded } from './guarded-process.ts';
import { freePorts, OWNER, type S3Server, STRANGER, serverFolder, whenReady } from './s3-server.ts';

const VERSION = 'v1.8.0';
const PACKAGE = `github.com/versity/versitygw/cmd/versitygw@${VERSION}`;
const CACHE = join(packageRoot, '.cache', 'go');
const PROGRAM = join(CACHE, `versitygw-${VERSION}`);

let building: Promise<string> | undefined;

/** True where the server is built already, or a Go compiler can build it. */
export function canBuildVersitygw(): boolean {
  return existsSync(PROGRAM) || spawnSync('go', ['version']).status === 0;
}

/** The path of the server; built from its source the first time, which takes minutes, and kept under `.cache/`. */
export function buildVersitygw(): Promise<string> {
  building ??= existsSync(PROGRAM) ? Promise.resolve(PROGRAM) : build();
  return building;
}

/** Starts versitygw over a folder, on this machine alone; it checks signatures and rights. */
export async function startVersitygw(): Promise<S3Server> {
  const program = await buildVersitygw();
  const root = temporaryFolder('hermes-versitygw-');
  const folders = ['data', 'users', 'versions'].map((name) => join(root, name));
  const [data = '', users = '', versions = ''] = folders;
  const [log = ''] = folders.map(serverFolder);
  const [port] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const access = ['--access', OWNER.accessKeyId, '--secret', OWNER.secretAccessKey];
  const gateway = [...access, '--port', `127.0.0.1:${port}`, '--iam-dir', users, '--keep-alive', '--quiet'];
  const running = startGuarded([program, ...gateway, 'posix', '--versioning-dir', versions, data], {
    cwd: root,
    log,
  });
  const server = await whenReady(endpoint, running, log);
  const user = ['--access', STRANGER.accessKeyId, '--secret', STRANGER.secretAccessKey, '--role', 'user'];
  await promisify(execFile)(program, [
    'admin',
    ...access,
    '--endpoint-url',
    endpoint,
    'create-user',
    ...user,
  ]);
  return server;
}

/** With caches of its own, which go afterwards: 2 GB for a program of 60 MB. */
async function build(): Promise<string> {
  mkdirSync(CACHE, { recursive: true });
  const folder = temporaryFolder('hermes-go-');
  const log = join(folder, 'build.log');
  const env = {
    ...process.env,
    GOPATH: join(folder, 'path'),
    GOCACHE: join(folder, 'cache'),
    GOBIN: join(folder, 'bin'),
    GOFLAGS: '-modcacherw -trimpath -buildvcs=false',
    CGO_ENABLED: '0',
  };
  const install = ['nice', 'go', 'install', '-ldflags=-s -w', PACKAGE];
  const code = await startGuarded(install, { cwd: folder, log, env }).ended;
  if (code !== 0) throw new Error(`versitygw could not be built:\n${readFileSync(log, 'utf8').slice(-2000)}`);
  // Whole or not at all: another run may build it too.
  const beside = `${PROGRAM}.${process.pid}`;
  copyFileSync(join(folder, 'bin', 'versitygw'), beside);
  renameSync(beside, PROGRAM);
  rmSync(folder, { recursive: true, force: true });
  return PROGRAM;
}
