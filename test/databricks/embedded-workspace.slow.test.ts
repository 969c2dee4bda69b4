import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../../src/core/clock.ts';
import { createDatabricks } from '../../src/databricks/client.ts';
import { startWorkspace } from '../../src/workspace/server/server.ts';
import { itIsADatabricksWorkspace } from '../contracts/databricks.ts';
import { temporaryFolder } from '../setup.ts';

const SCRIPTS = {
  good: "print('working')\n",
  raise: "def f(d):\n    return d['tempMax']\nprint('working')\nf({})\n",
  hang: 'import time\ntime.sleep(600)\n',
};

describe('the embedded workspace, by our client', () => {
  itIsADatabricksWorkspace(async () => {
    const folder = temporaryFolder();
    for (const [name, source] of Object.entries(SCRIPTS)) writeFileSync(join(folder, `${name}.py`), source);
    // Ids beyond 2^53: what a double would round must come back whole.
    const server = await startWorkspace({
      folder: join(folder, 'workspace'),
      machine: process.env,
      firstRunId: 9_007_199_254_740_993n,
    });
    if (server === undefined) throw new Error('the workspace is served by another process');
    return {
      databricks: createDatabricks({ host: server.url, token: server.token }, { clock: systemClock }),
      clock: systemClock,
      script: (kind) => pathToFileURL(join(folder, `${kind}.py`)).href,
      close: async () => void (await server.close()),
    };
  });
});
