import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Colours and CI switches of the caller must not change what tests see.
process.env.NO_COLOR = '1';
for (const name of Object.keys(process.env)) {
  if (/^(CI|TRAVIS|GITHUB|GITLAB|JENKINS|HERMES|DATABRICKS|GIT)_|^CI$/.test(name)) delete process.env[name];
}
// Git without the machine's settings: a test must pass for a user who has none.
process.env.GIT_CONFIG_GLOBAL = '/dev/null';
process.env.GIT_CONFIG_NOSYSTEM = '1';

const folders: string[] = [];
const endings: (() => Promise<void>)[] = [];

/** A folder for one test, removed when the run ends. */
export function temporaryFolder(name = 'hermes-test-'): string {
  const folder = mkdtempSync(join(tmpdir(), name));
  folders.push(folder);
  return folder;
}

/** Does something when all tests are over, whatever became of them: a server that several files share is stopped. */
export function whenAllIsOver(work: () => Promise<void>): void {
  endings.push(work);
}

export const mochaHooks = {
  async afterAll(): Promise<void> {
    await Promise.allSettled(endings.map((work) => work()));
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  },
};
