import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/core/package-root.ts';
import { pythonTools } from './python-tools.ts';

// `npm test` runs everything, `npm run test:unit` all but the files that start real environments (*.slow.test.ts).
// Further arguments go to mocha: npm test -- --grep "hotfix".
const given = process.argv.slice(2);
const mocha = [
  join(packageRoot, 'node_modules', 'mocha', 'bin', 'mocha.js'),
  '--reporter',
  join(packageRoot, 'test', 'reporter.cjs'),
];

/** What runs beside the other tests, each in a process of its own: none of them keeps a processor busy all the time. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  'With Airflow': [
    'test/engines/airflow/**/*.slow.test.ts',
    'test/operators/python/**/*.slow.test.ts',
    'test/cli/airflow/**/*.slow.test.ts',
    'test/e2e/airflow*.slow.test.ts',
    'test/workspace/clients/airflow*.slow.test.ts',
  ],
  'Building, publishing and repositories': [
    'test/ci/**/*.slow.test.ts',
    'test/github/**/*.slow.test.ts',
    'test/templates/**/*.slow.test.ts',
  ],
};
/** The reporter's own line comes last. */
const COUNTS = /\n(\d+) passed, (\d+) failed\n*$/;
const SLOW = 'test/**/*.slow.test.ts';
/** What package.json says of mocha, but for the files. */
const ALONE = [
  ...['--no-package', '--forbid-only', '--extension', 'ts'],
  ...['--require', 'test/setup.ts', '--timeout', '240000'],
];

// Some tests kill processes that then cannot clean up: all of them get a temp folder that goes with the run.
const temporary = mkdtempSync(join(tmpdir(), 'hermes-tests-'));
const running = new Set<ChildProcess>();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    for (const child of running) child.kill(signal);
  });

try {
  process.exitCode = await (given.length === 0 ? runAll() : runSome());
} finally {
  rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
}

async function runSome(): Promise<number> {
  const words = given.filter((word) => word !== '--unit');
  const unit = given.includes('--unit') ? [...ignoring([SLOW]), ...inParallel()] : [];
  return (await run([...unit, ...words], 'inherit')).code;
}

/** Quick tests share nothing but the processors; mocha gives each of its processes whole files. */
function inParallel(): string[] {
  const jobs = Math.min(4, availableParallelism());
  return jobs > 1 ? ['--parallel', '--jobs', String(jobs)] : [];
}

/** All at once; what those beside say is shown when all have ended. The last line counts all. */
async function runAll(): Promise<number> {
  // All need them, and none may find them half installed.
  pythonTools('test');
  const beside = Object.entries(BESIDE);
  const [main, ...others] = await Promise.all([
    run(ignoring(beside.flatMap(([, patterns]) => patterns)), 'tell'),
    ...beside.map(([, patterns]) => run([...ALONE, ...patterns.flatMap((one) => ['--spec', one])], 'keep')),
  ]);
  for (const [index, { output }] of others.entries())
    process.stdout.write(`\n${beside[index]?.[0]}\n${output}`);
  const lanes = [main, ...others];
  const [passed, failed] = [1, 2].map((group) =>
    lanes.reduce((sum, { output }) => sum + Number(COUNTS.exec(output)?.[group] ?? Number.NaN), 0),
  );
  process.stdout.write(`\nIn all\n${passed} passed, ${failed} failed\n`);
  return Math.max(...lanes.map(({ code }) => code));
}

function ignoring(patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) => ['--ignore', pattern]);
}

function run(
  args: readonly string[],
  output: 'inherit' | 'tell' | 'keep',
): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn(process.execPath, [...mocha, ...args], {
    cwd: packageRoot,
    stdio: output === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary },
  });
  running.add(child);
  const heard: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (piece: Buffer) => {
      heard.push(piece);
      if (output === 'tell') process.stdout.write(piece);
    });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code: code ?? 1, output: Buffer.concat(heard).toString() });
    });
  });
}
