import assert from 'node:assert/strict';
import { join } from 'node:path';
import { processIdentity } from '../../../../src/core/process-group.ts';
import { claimInstance, repositoryOf } from '../../../../src/engines/airflow/local/instance-repository.ts';
import { writeInstance } from '../../../../src/engines/airflow/local/instance-state.ts';
import { temporaryFolder } from '../../../setup.ts';

const down = 'hermes airflow down';

describe('the repository of an Airflow of this machine', () => {
  it('stays while it is up, and is another one when it is asked for afterwards', () => {
    const [instance, ours, theirs] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    assert.equal(repositoryOf(instance), undefined);
    assert.equal(claimInstance(instance, ours, down), undefined);
    assert.equal(claimInstance(instance, ours, down), undefined);
    const identity = processIdentity(process.pid) ?? '';
    const scheduler = { name: 'scheduler', pid: process.pid, identity, startedAt: '' } as const;
    const state = { format: 1, version: '3.3.2', port: 1, settings: 's', migrated: 'm' } as const;
    writeInstance(instance, { ...state, processes: [scheduler] });
    assert.throws(() => claimInstance(instance, theirs, down), {
      message: `Cannot use this Airflow [repository=${theirs}]: it is up with the DAGs of ${ours}.`,
      nextStep:
        'It holds those of one repository at a time. Stop it first, here or there: hermes airflow down',
    });
    assert.equal(repositoryOf(instance), ours);
    writeInstance(instance, { ...state, processes: [] });
    assert.equal(claimInstance(instance, theirs, down), ours);
    assert.equal(repositoryOf(instance), theirs);
  });

  it('is free to others when it is gone from the disk', () => {
    const instance = temporaryFolder();
    const gone = join(instance, 'gone');
    claimInstance(instance, gone, down);
    assert.equal(claimInstance(instance, temporaryFolder(), down), gone);
  });
});
