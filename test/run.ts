import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// `npm test` runs everything, `npm run test:unit` all but the files that start real environments (*.slow.test.ts).
// Further arguments go to mocha: npm test -- --grep "hotfix".
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const given = process.argv.slice(2);
const unit = given.includes('--unit');
const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
const args = [
  mocha,
  '--reporter',
  join(root, 'test', 'reporter.cjs'),
  ...(unit ? ['--ignore', 'test/**/*.slow.test.ts'] : []),
  ...given.filter((word) => word !== '--unit'),
];

const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
