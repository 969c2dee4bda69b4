#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { renderOverview } from './overview.ts';

// V8's code cache beside this file: from the second start on, nothing is compiled. Must come before other imports.
enableCompileCache(`${import.meta.dirname}/.cache`);

/** What a DAG file left running (a timer, a socket) may hold the process no longer than this. */
const GRACE_MS = 200;

const words = process.argv.slice(2);
const isOverview =
  words.length === 0 || (words.length === 1 && ['--help', '-h', 'help'].includes(words[0] ?? ''));
if (isOverview) {
  writeSync(1, `${renderOverview()}\n`);
} else if (words[0] === 'complete' && words[1] === '--') {
  const { complete } = await import('./complete.ts');
  await complete(words.slice(2));
} else {
  const { runCommandLine } = await import('./run-command-line.ts');
  process.exitCode = await runCommandLine(words);
  setTimeout(() => process.exit(), GRACE_MS).unref();
}
