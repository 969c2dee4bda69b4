#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { renderOverview } from './overview.ts';

// V8's code cache under the temp folder: the second start skips compilation. Must come before the other imports.
enableCompileCache();

const words = process.argv.slice(2);
if (words.length === 0 || (words.length === 1 && ['--help', '-h', 'help'].includes(words[0] ?? ''))) {
  writeSync(1, `${renderOverview()}\n`);
} else {
  const { runCommandLine } = await import('./run-command-line.ts');
  process.exitCode = await runCommandLine(words);
}
