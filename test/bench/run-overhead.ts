import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runtimeWheel } from '../../ci/runtime-wheel.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createDatabricks, type Databricks } from '../../src/databricks/client.ts';
import { localPace } from '../../src/databricks/runs/polling-pace.ts';
import { isSuccess } from '../../src/databricks/runs/run-state.ts';
import { watchRun } from '../../src/databricks/runs/watch-run.ts';
import { enrolTeam } from '../../src/engines/local/plan/enrol.ts';
import { ensureWorkspace, stopWorkspace } from '../../src/workspace/server/launch.ts';
import { alternate, type BenchResult, timeCommand } from './measure.ts';

const WORK = `
import time
end = time.monotonic() + 0.5
while time.monotonic() < end:
    time.sleep(0.01)
print('done')
`;

/** Half a second of work with the library that every run has, from submit until the client sees its end, against `python script.py`. */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hermes-bench-'));
  const script = join(folder, 'work.py');
  writeFileSync(script, WORK);
  const runtime = runtimeWheel();
  const library = join(folder, runtime.fileName);
  writeFileSync(library, runtime.bytes);
  const signal = new AbortController().signal;
  const home = join(folder, 'workspace');
  try {
    const { url, token } = await ensureWorkspace({
      folder: home,
      cacheFolder: join(folder, 'cache'),
      environment: process.env,
      signal,
    });
    const databricks = createDatabricks({ host: url, token }, { clock: systemClock });
    const policyId = await enrolTeam(databricks.policies, { team: 'bench', environment: 'dev' });
    // The interpreter itself: a shim in front of it would flatter us.
    const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)']).toString().trim();
    const { ours, peer } = await alternate(
      15,
      () => timeRun(databricks, { script, library, policyId }),
      () => timeCommand(python, [script]),
    );
    return [
      { name: 'run-overhead', ours, peer, peerName: 'python script.py', unit: 's', ratio: ours / peer },
    ];
  } finally {
    await stopWorkspace(home, signal);
    rmSync(folder, { recursive: true, force: true });
  }
}

let count = 0;

interface Work {
  readonly script: string;
  readonly library: string;
  readonly policyId: string;
}

async function timeRun({ jobs }: Databricks, { script, library, policyId }: Work): Promise<number> {
  const start = performance.now();
  const runId = await jobs.submitRun({
    run_name: 'bench',
    idempotency_token: `bench-${process.pid}-${count++}`,
    tasks: [
      {
        task_key: 'work',
        spark_python_task: { python_file: pathToFileURL(script).href, parameters: [] },
        libraries: [{ whl: pathToFileURL(library).href }],
        new_cluster: { policy_id: policyId, apply_policy_default_values: true },
      },
    ],
  });
  const ended = await watchRun(jobs, runId, { clock: systemClock, pace: localPace });
  const seconds = (performance.now() - start) / 1000;
  if (!isSuccess(ended.state))
    throw new Error(`the run ended as ${ended.state.result}: ${ended.state.message}`);
  return seconds;
}
