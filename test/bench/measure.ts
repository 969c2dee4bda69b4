import { spawnSync } from 'node:child_process';

/** One comparison: `ratio` = ours / peer, both medians of the same run of the benchmark. */
export interface BenchResult {
  readonly name: string;
  readonly ours: number;
  readonly peer: number;
  readonly peerName: string;
  readonly unit: string;
  readonly ratio: number;
}

/** Measures two things in turn (A B A B …), so that a machine that slows down slows both; answers seconds. */
export async function alternate(
  runs: number,
  ours: () => Promise<number> | number,
  peer: () => Promise<number> | number,
): Promise<{ ours: number; peer: number }> {
  const samples: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  await ours();
  await peer();
  for (let run = 0; run < runs; run += 1) {
    samples.ours.push(await ours());
    samples.peer.push(await peer());
  }
  return { ours: median(samples.ours), peer: median(samples.peer) };
}

/** Seconds that a command takes as a whole process; a failure is an error, not a figure. */
export function timeCommand(
  command: string,
  args: readonly string[],
  folder?: string,
  env?: NodeJS.ProcessEnv,
): number {
  const start = performance.now();
  const child = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(folder === undefined ? {} : { cwd: folder }),
    ...(env === undefined ? {} : { env }),
  });
  const seconds = (performance.now() - start) / 1000;
  if (child.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${child.status}: ${child.stderr}`);
  return seconds;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
