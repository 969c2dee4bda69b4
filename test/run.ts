import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/core/package-root.ts';

// `npm test` runs everything, `npm run test:unit` all but the files that start real environments (*.slow.test.ts).
// Further arguments go to mocha: npm test -- --grep "hotfix".
const given = process.argv.slice(2);
const args = [
  join(packageRoot, 'node_modules', 'mocha', 'bin', 'mocha.js'),
  '--reporter',
  join(packageRoot, 'test', 'reporter.cjs'),
  ...(given.includes('--unit') ? ['--ignore', 'test/**/*.slow.test.ts'] : []),
  ...given.filter((word) => word !== '--unit'),
];

// Some tests kill processes that then cannot clean up: all of them get a temp folder that goes with the run.
const temporary = mkdtempSync(join(tmpdir(), 'hermes-tests-'));
const child = spawn(process.execPath, args, {
  cwd: packageRoot,
  stdio: 'inherit',
  env: { ...process.env, TMPDIR: temporary },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  process.exitCode = code ?? 1;
});
