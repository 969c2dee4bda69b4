import { cpus } from 'node:os';
import type { BenchResult } from './measure.ts';

/** Every benchmark by name; a module exports `run()`. */
const benchmarks: Readonly<Record<string, () => Promise<{ run(): Promise<BenchResult[]> }>>> = {
  'airflow-load-1000': () => import('./airflow-load-1000.ts'),
  'airflow-parse-1000': () => import('./airflow-parse-1000.ts'),
  'cli-start': () => import('./cli-start.ts'),
  'compile-1000': () => import('./compile-1000.ts'),
  'plan-1000': () => import('./plan-1000.ts'),
  'policy-evaluate': () => import('./policy-evaluate.ts'),
  'publish-first': () => import('./publish-first.ts'),
  'publish-noop': () => import('./publish-noop.ts'),
  'pyspark-run': () => import('./pyspark-run.ts'),
  'repo-check-500': () => import('./repo-check-500.ts'),
  'repo-create': () => import('./repo-create.ts'),
  'reversion-wheel': () => import('./reversion-wheel.ts'),
  'run-overhead': () => import('./run-overhead.ts'),
  'submit-overhead': () => import('./submit-overhead.ts'),
  'workspace-get': () => import('./workspace-get.ts'),
  'watch-2000': () => import('./watch-2000.ts'),
};

const words = process.argv.slice(2);
const names = words.filter((word) => !word.startsWith('--'));
const unknown = names.filter((name) => !(name in benchmarks));

if (words.includes('--list')) {
  console.log(Object.keys(benchmarks).join('\n'));
} else if (unknown.length > 0) {
  console.error(
    `No benchmark is called ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}`,
  );
  process.exitCode = 2;
} else {
  const results: BenchResult[] = [];
  for (const name of names.length > 0 ? names : Object.keys(benchmarks)) {
    const module = await benchmarks[name]?.();
    results.push(...((await module?.run()) ?? []));
  }
  console.log(words.includes('--json') ? JSON.stringify(results) : asTable(results));
}

function asTable(results: readonly BenchResult[]): string {
  const rows = results.map(
    ({ name, ours, peer, peerName, unit, ratio }) =>
      `| ${name} | ${ours.toFixed(3)} ${unit} | ${peerName} | ${peer.toFixed(3)} ${unit} | ${ratio.toFixed(2)} |`,
  );
  const head = ['| benchmark | Hermes | peer | peer takes | ratio |', '|---|---|---|---|---|'];
  return [`Node ${process.version}, ${cpus().length} cores`, '', ...head, ...rows].join('\n');
}
