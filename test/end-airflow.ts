import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../src/core/clock.ts';
import { type InstanceProcess, readInstance } from '../src/engines/airflow/local/instance-state.ts';
import { endSessions } from '../src/engines/airflow/local/process-session.ts';

// Run by airflow-guard.ts: waits until whoever started it is gone, and then ends each Airflow that it had.
const PERIOD_MS = 100;
const [folder = ''] = process.argv.slice(2);
const known = new Map<string, readonly InstanceProcess[]>();

/** What is known of an instance stays known: its folder may be gone before it is. */
function look(): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const processes = readInstance(join(folder, name))?.processes;
    if (processes !== undefined) known.set(name, processes);
  }
}

const looking = setInterval(look, PERIOD_MS);
process.stdin.resume().on('end', async () => {
  clearInterval(looking);
  look();
  await endSessions([...known.values()].flat(), systemClock);
});
process.stdout.write('ready\n');
