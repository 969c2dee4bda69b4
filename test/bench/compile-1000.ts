import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import { pythonTools } from '../python-tools.ts';
import { inBenchFolder } from './bench-folder.ts';
import { alternate, type BenchResult, timeCommand } from './measure.ts';
import { writeDagFiles } from './thousand-dags.ts';

const DAGS = 1000;
const MANY = 10_000;
/** What a compile of 10,000 DAGs may take at most. */
const LIMIT_MB = 500;
const RUNS = 5;

const main = join(packageRoot, 'dist', 'src', 'cli', 'main.js');

/**
 * `hermes airflow compile` of 1,000 DAG files of three tasks, whole processes: nothing kept of an earlier one, against
 * PyYAML that only parses the same files; and nothing changed, against Node that only reads them. Memory of 10,000.
 */
export function run(): Promise<BenchResult[]> {
  return inBenchFolder(async (folder) => [...(await times(folder)), await memory(join(folder, 'many'))]);
}

async function times(folder: string): Promise<BenchResult[]> {
  writeDagFiles(folder, DAGS);
  const compile = (): number => timeCommand(process.execPath, [main, 'airflow', 'compile'], folder);
  const afresh = (): number => {
    for (const name of ['.hermes', 'build']) rmSync(join(folder, name), { recursive: true, force: true });
    return compile();
  };
  const python = join(pythonTools('bench'), 'python');
  const cold = await alternate(RUNS, afresh, () => timeCommand(python, ['-c', PARSE], folder));
  const unchanged = await alternate(RUNS, compile, () => timeCommand(process.execPath, ['-e', READ], folder));
  return [
    row('compile-1000', 'PyYAML (libyaml) parsing the same files', 's', cold),
    row('compile-1000-unchanged', 'Node reading and hashing the same files', 's', unchanged),
  ];
}

async function memory(folder: string): Promise<BenchResult> {
  writeDagFiles(folder, MANY);
  const ours = peakMegabytes(folder);
  return row(`compile-${MANY}-memory`, 'the limit', 'MB', { ours, peer: LIMIT_MB });
}

function peakMegabytes(folder: string): number {
  const report = 'process.on("exit", () => console.error("PEAK", process.resourceUsage().maxRSS))';
  const run = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${report}`, main, 'airflow', 'compile'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  const peaks = [...run.stderr.matchAll(/PEAK (\d+)/g)].map(([, kilobytes]) => Number(kilobytes) / 1024);
  if (run.status !== 0 || peaks.length === 0) throw new Error(run.stderr);
  return Math.max(...peaks);
}

function row(
  name: string,
  peerName: string,
  unit: string,
  { ours, peer }: { ours: number; peer: number },
): BenchResult {
  return { name, ours, peer, peerName, unit, ratio: ours / peer };
}

const PARSE = `
import pathlib, yaml
for file in sorted(pathlib.Path("dags").iterdir()): yaml.load(file.read_text(), yaml.CSafeLoader)
`;
const READ = `
const fs = require('fs');
for (const name of fs.readdirSync('dags')) require('crypto').createHash('sha256').update(fs.readFileSync('dags/' + name)).digest('hex');
`;
