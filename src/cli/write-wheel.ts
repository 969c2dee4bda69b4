import { join, relative, resolve } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { OwnWheel } from '../../ci/own-wheel.ts';
import { ConfigError } from '../core/errors.ts';
import type { Cli } from './cli.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is no folder',
  EEXIST: 'it is no folder',
  EACCES: 'permission denied',
};

/**
 * Puts a wheel of Hermes' own into a folder and answers its path, in a form that pip takes for one.
 * @throws ConfigError `code` when the folder cannot be written to
 */
export async function writeWheel(
  cli: Cli,
  { fileName, bytes, sha256 }: Pick<OwnWheel, 'fileName' | 'bytes' | 'sha256'>,
  folder: string,
  code: string,
  remark: string,
): Promise<void> {
  const file = join(resolve(cli.cwd, folder), fileName);
  await writeFileAtomic(file, Buffer.from(bytes)).catch((cause: unknown) => {
    throw cannotWrite(fileName, folder, code, cause);
  });
  cli.object({ file, sha256 });
  cli.note(remark);
  cli.result(join('.', relative(cli.cwd, file)).replace(/^(?![./])/, './'));
}

function cannotWrite(fileName: string, folder: string, code: string, cause: unknown): ConfigError {
  const { code: errno = '', message } = cause as NodeJS.ErrnoException;
  const [module = ''] = fileName.split('-');
  return new ConfigError(`Cannot write ${module} to ${folder}: ${REASONS[errno] ?? message}.`, {
    code,
    nextStep: 'Name a folder that is there, and that you may write to.',
    cause,
  });
}
