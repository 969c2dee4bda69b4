#!/usr/bin/env node
import { writeSync } from 'node:fs';
import module from 'node:module';
import { renderOverview } from './overview.ts';

// V8's code cache beside this file: from the second start on, nothing is compiled. Must come before other imports.
module.enableCompileCache?.(`${import.meta.dirname}/.cache`);

/** `engines` of package.json, which npm only warns about. */
const MINIMUM_NODE = [22, 20] as const;
/** From this Node on, using SQLite is no news to the user. */
const QUIET_SQLITE = 24;

/** What a DAG file left running (a timer, a socket) may hold the process no longer than this. */
const GRACE_MS = 200;

async function strayError(error: unknown): Promise<never> {
  const { reportStray } = await import('./report-error.ts');
  return reportStray(error, words);
}

const words = process.argv.slice(2);
const isOverview =
  words.length === 0 || (words.length === 1 && ['--help', '-h', 'help'].includes(words[0] ?? ''));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor < MINIMUM_NODE[1])) {
  const needed = MINIMUM_NODE.join('.');
  writeSync(
    2,
    `Hermes needs Node ${needed} or newer; this is ${process.version}. Install one: https://nodejs.org\n`,
  );
  process.exitCode = 2;
} else if (isOverview) {
  writeSync(1, `${renderOverview()}\n`);
} else if (words[0] === 'complete' && words[1] === '--') {
  const { complete } = await import('./complete.ts');
  await complete(words.slice(2));
} else {
  if (major < QUIET_SQLITE) (await import('./expect-sqlite.ts')).expectSqlite();
  const { runCommandLine } = await import('./run-command-line.ts');
  process.once('uncaughtException', (error) => strayError(error));
  process.exitCode = await runCommandLine(words);
  setTimeout(() => process.exit(), GRACE_MS).unref();
}
