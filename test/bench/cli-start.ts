import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import { alternate, type BenchResult, timeCommand } from './measure.ts';

/** `hermes --help`, and the help of one command, against a Node that does nothing. */
export async function run(): Promise<BenchResult[]> {
  const main = join(packageRoot, 'dist', 'src', 'cli', 'main.js');
  const results: BenchResult[] = [];
  for (const [name, args] of [
    ['cli-start', ['--help']],
    ['cli-start-command', ['dag', 'run', '--help']],
  ] as const) {
    const { ours, peer } = await alternate(
      31,
      () => timeCommand(process.execPath, [main, ...args]),
      () => timeCommand(process.execPath, ['-e', '0']),
    );
    results.push({ name, ours, peer, peerName: 'node -e 0', unit: 's', ratio: ours / peer });
  }
  return results;
}
