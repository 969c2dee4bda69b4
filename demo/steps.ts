import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';

const cli = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist', 'src', 'cli', 'main.js');

// A demo must not depend on the git settings of the machine, nor sign or hook what it commits.
const env: NodeJS.ProcessEnv = {
  ...process.env,
  GIT_AUTHOR_NAME: 'Ada Analyst',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada Analyst',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

/** A title between the steps. */
export function heading(title: string): void {
  console.log(`\n${styleText('bold', title)}`);
}

/** A closing block of facts. */
export function outcome(title: string, lines: readonly string[]): void {
  console.log(`${styleText('bold', title)}\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

/** Runs a program as a user would, showing the line; its failure ends the demo. */
export function sh(folder: string, program: string, ...args: readonly string[]): void {
  show(program, args);
  finish(spawnSync(program, args, { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] }).status);
}

/** Runs the `hermes` of this clone. */
export function hermes(folder: string, ...args: readonly string[]): void {
  show('hermes', args);
  finish(
    spawnSync(process.execPath, [cli, ...args], { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] })
      .status,
  );
}

/** Runs `hermes … --json` and answers the last object that it printed. */
export function hermesJson<T>(folder: string, ...args: readonly string[]): T {
  show('hermes', args);
  const child = spawnSync(process.execPath, [cli, ...args, '--json'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  finish(child.status);
  const lines = child.stdout.toString().trim().split('\n');
  return JSON.parse(lines.at(-1) ?? '') as T;
}

function show(program: string, args: readonly string[]): void {
  const words = args.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`));
  console.log(styleText('cyan', `$ ${[program, ...words].join(' ')}`));
}

function finish(status: number | null): void {
  if (status === 0) return;
  console.error(`The demo stops here: the command above ended with exit code ${status ?? 'none'}.`);
  process.exit(1);
}
