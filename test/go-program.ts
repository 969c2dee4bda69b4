import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageRoot } from '../src/core/package-root.ts';
import { startGuarded } from './s3/guarded-process.ts';
import { temporaryFolder } from './setup.ts';

/** A program that is built from its source by a Go compiler. */
export interface GoProgram {
  /** True where it is built already, or a Go compiler can build it. */
  readonly canBuild: () => boolean;
  /** Its path; built the first time, which may take minutes, and kept under `.cache/`. */
  readonly build: () => Promise<string>;
}

/** @param path its package, `github.com/rhysd/actionlint/cmd/actionlint` */
export function goProgram(path: string, version: string): GoProgram {
  const program = join(packageRoot, '.cache', 'go', `${basename(path)}-${version}`);
  let building: Promise<string> | undefined;
  return {
    canBuild: () => existsSync(program) || spawnSync('go', ['version']).status === 0,
    build: () => {
      building ??= existsSync(program) ? Promise.resolve(program) : build(path, version, program);
      return building;
    },
  };
}

/** With caches of its own, which go afterwards: some programs of 60 MB need 2 GB. */
async function build(path: string, version: string, program: string): Promise<string> {
  mkdirSync(join(program, '..'), { recursive: true });
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
  const install = ['nice', 'go', 'install', '-ldflags=-s -w', `${path}@${version}`];
  const code = await startGuarded(install, { cwd: folder, log, env }).ended;
  const name = basename(path);
  if (code !== 0) throw new Error(`${name} could not be built:\n${readFileSync(log, 'utf8').slice(-2000)}`);
  // Whole or not at all: another run may build it too.
  const beside = `${program}.${process.pid}`;
  copyFileSync(join(folder, 'bin', name), beside);
  renameSync(beside, program);
  rmSync(folder, { recursive: true, force: true });
  return program;
}
