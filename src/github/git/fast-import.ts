import { DEFAULT_BRANCH } from '../repository-host.ts';
import type { FirstCommit } from './first-commit.ts';

/**
 * The commit in the language of `git fast-import`, which answers its hash
 * (https://git-scm.com/docs/git-fast-import). One process where `add`, `commit` and `push` would be a dozen.
 */
export function renderFastImport({ files, message, identity, date }: FirstCommit): Buffer {
  // What git strips from a name by itself, since it would end the field.
  const name = identity.name.replace(/[<>\n]/g, '');
  const seconds = Math.floor(date.getTime() / 1000);
  const parts = [
    `commit refs/heads/${DEFAULT_BRANCH}\nmark :1\n`,
    `committer ${name} <${identity.email}> ${seconds} ${timeZone(date)}\n`,
    ...data(Buffer.from(message)),
    ...files.flatMap((file) => [
      `M ${file.executable ? '100755' : '100644'} inline ${file.path}\n`,
      ...data(file.bytes),
    ]),
    'get-mark :1\n',
  ];
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

function data(bytes: Uint8Array): (string | Uint8Array)[] {
  return [`data ${bytes.length}\n`, bytes, '\n'];
}

/** `+0200` */
function timeZone(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const digits = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${digits(Math.abs(minutes) / 60)}${digits(Math.abs(minutes) % 60)}`;
}
