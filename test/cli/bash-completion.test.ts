import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASH_COMPLETION } from '../../src/cli/bash-completion.ts';
import { temporaryFolder } from '../setup.ts';

const ANSWER = `#!/bin/sh
printf '%s|' "$@" > asked
printf 'check\\tfind every mistake\\nrun\\trun a DAG\\n:4\\n'
`;

/** What a bash without the package bash-completion would offer for the last of `words`. */
function offered(folder: string, words: readonly string[]): string {
  const typed = words.map((word) => `'${word}'`).join(' ');
  const script = `${BASH_COMPLETION}${BASH_COMPLETION}
    COMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}; __hermes_complete; echo "\${COMPREPLY[@]}"; complete -p hermes`;
  return execFileSync('bash', ['--norc', '-c', script], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
}

describe('completion in bash', () => {
  const folder = temporaryFolder();
  const command = join(folder, 'hermes');
  writeFileSync(command, ANSWER);
  chmodSync(command, 0o755);

  it('offers what the command answers and fits the word, may be loaded twice, and leaves file names to bash', () => {
    const complete = 'complete -o bashdefault -o default -F __hermes_complete hermes\n';
    assert.equal(offered(folder, [command, 'dag', '']), `check run\n${complete}`);
    assert.equal(offered(folder, [command, 'dag', 'r']), `run\n${complete}`);
    assert.equal(offered(folder, [command, 'dag', 'x']), `\n${complete}`);
  });

  it('asks with the words before the cursor, whatever they hold', () => {
    offered(folder, [command, 'dag', 'a b$(touch x)', '']);
    const asked = execFileSync('cat', ['asked'], { cwd: folder, encoding: 'utf8' });
    assert.equal(asked, 'complete|--|dag|a b$(touch x)||');
  });
});
