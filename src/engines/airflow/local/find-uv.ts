import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../core/package-root.ts';
import type { Python } from '../../../core/python.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import { mayUseUv } from '../../../core/uv.ts';
import { ProgramFailure, runProgram } from './run-program.ts';

/** Where uv is looked for, or put. */
export interface UvQuestion {
  readonly cacheFolder: string;
  readonly python: Python;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * The uv to install packages with: that of the user, else one that pip puts into the cache.
 * @returns undefined where pip alone knows the package index, or uv cannot be had
 */
export async function findUv(question: UvQuestion): Promise<string | undefined> {
  const { env, signal } = question;
  if (!mayUseUv(env)) return undefined;
  try {
    await runProgram({ words: ['uv', '--version'], env, signal });
    return 'uv';
  } catch (error) {
    if (!(error instanceof ProgramFailure)) throw error;
  }
  try {
    return await ownUv(question);
  } catch (error) {
    if (error instanceof ProgramFailure) return undefined;
    throw error;
  }
}

async function ownUv({ cacheFolder, python, env, signal }: UvQuestion): Promise<string> {
  const requirements = join(packageRoot, 'src', 'engines', 'airflow', 'local', 'uv.txt');
  const hash = sha256Hex(readFileSync(requirements)).slice(0, 8);
  const folder = join(cacheFolder, `uv-${hash}`);
  const program = join(folder, 'bin', 'uv');
  if (existsSync(program)) return program;
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  const words = [python.executable, '-m', 'pip', 'install', '--quiet', '--no-input', '--no-deps'];
  const rest = [
    '--disable-pip-version-check',
    '--require-hashes',
    '--target',
    part,
    '--requirement',
    requirements,
  ];
  await runProgram({ words: [...words, ...rest], env, signal });
  renameSync(part, folder);
  return program;
}
