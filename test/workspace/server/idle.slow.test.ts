import assert from 'node:assert/strict';
import { readAddress } from '../../../src/workspace/server/address.ts';
import { keepServer } from '../../../src/workspace/server/idle.ts';
import { closeWorkspaces, openWorkspace } from '../workspace-harness.ts';

describe('a workspace that was started on demand', () => {
  afterEach(closeWorkspaces);

  it('ends by itself when nobody asks and nothing runs, not before', async () => {
    const workspace = await openWorkspace({ idleMs: 150 });
    const id = await workspace.submit('import time; time.sleep(0.5)');
    const { run_id } = await workspace.run(id);
    await workspace.closed;
    const again = await openWorkspace({ folder: workspace.folder });
    assert.equal((await again.run(run_id)).state.result_state, 'SUCCESS');
  });

  it('stays when it is told to', async () => {
    const workspace = await openWorkspace({ idleMs: 60 });
    keepServer(workspace.folder, readAddress(workspace.folder)?.instance ?? '');
    let isClosed = false;
    void workspace.closed.then(() => {
      isClosed = true;
    });
    const id = await workspace.submit('import time; time.sleep(0.3)');
    await workspace.runUntil(id);
    assert.equal(isClosed, false);
  });
});
