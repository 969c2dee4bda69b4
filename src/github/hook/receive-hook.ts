import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../core/make-folder.ts';

/** Program and first argument that start this very Hermes: Node and the file of the command line. */
export type HermesCommand = readonly [node: string, main: string];

/** Installs the hook that runs CI after every push into a bare repository of a home. */
export function installReceiveHook(repository: string, command: HermesCommand): void {
  writeExecutable(hookOf(repository), renderReceiveHook(command));
}

/** Whether it is installed, for this very Hermes. */
export function hasReceiveHook(repository: string, command: HermesCommand): boolean {
  return isWritten(hookOf(repository), renderReceiveHook(command));
}

function hookOf(repository: string): string {
  return join(repository, 'hooks', 'post-receive');
}

function isWritten(path: string, text: string): boolean {
  return existsSync(path) && readFileSync(path, 'utf8') === text;
}

/** Puts a `hermes` into a folder that CI scripts have on their PATH. */
export function installShim(folder: string, command: HermesCommand): void {
  const [node, main] = command.map(quote);
  writeExecutable(join(folder, 'hermes'), `#!/bin/sh\nexec ${node} ${main} "$@"\n`);
}

/**
 * The hook. Git runs it in the bare repository, `<home>/git/<name>.git`, so the home is two folders up
 * and may be moved. A Hermes that was moved is looked for on the PATH.
 */
function renderReceiveHook(command: HermesCommand): string {
  const [node, main] = command.map(quote);
  return `#!/bin/sh
# Runs the CI of this repository, as Travis would, after every push. Written by Hermes.
HERMES_HOME=$(cd ../.. && pwd)
export HERMES_HOME
if [ -x ${node} ] && [ -f ${main} ]; then
  exec ${node} ${main} repo receive
fi
exec hermes repo receive
`;
}

/** Written aside and renamed: a push that runs at the same time sees the whole file. */
function writeExecutable(path: string, text: string): void {
  if (isWritten(path, text)) return;
  makeFolder(dirname(path));
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, text);
  chmodSync(aside, 0o755);
  renameSync(aside, path);
}

/** Quotes a text for sh. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
