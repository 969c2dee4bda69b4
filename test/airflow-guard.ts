import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

/**
 * Ends every Airflow below a folder when this process ends, however it ends: a run of tests that is killed leaves none.
 * @param folder Holds the folders of instances: of a home its `airflow`. Need not be there yet
 */
export async function guardAirflow(folder: string): Promise<void> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./end-airflow.ts', import.meta.url)), folder],
    {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  await once(child.stdout, 'data');
  // The guard reads from a pipe that only this process holds; a process that has nothing else to do ends.
  child.unref();
  (child.stdin as Socket).unref();
  (child.stdout as Socket).unref();
}
