import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DEFAULT_BRANCH } from '../repository-host.ts';

/**
 * Runs the receive hook of a bare repository as git does after a push that created the default branch.
 * `onLine` gets what it prints. Whether CI passed is not told by how the hook ends.
 */
export function runReceiveHook(
  repository: string,
  commit: string,
  context: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
  onLine: (line: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const hook = execFile(
      join(repository, 'hooks', 'post-receive'),
      { cwd: repository, env: context.env, signal: context.signal, maxBuffer: Number.POSITIVE_INFINITY },
      () => (context.signal.aborted ? reject(context.signal.reason) : resolve()),
    );
    for (const output of [hook.stdout, hook.stderr]) {
      if (output !== null) createInterface(output).on('line', onLine);
    }
    const none = '0'.repeat(commit.length);
    hook.stdin?.on('error', () => {}).end(`${none} ${commit} refs/heads/${DEFAULT_BRANCH}\n`);
  });
}
