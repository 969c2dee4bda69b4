import assert from 'node:assert/strict';
import { systemClock } from '../../../src/core/clock.ts';
import { createDatabricks } from '../../../src/databricks/client.ts';
import { enrolTeam } from '../../../src/engines/local/plan/enrol.ts';
import { closeWorkspaces, openWorkspace } from '../workspace-harness.ts';

describe('instance profiles of the embedded workspace', () => {
  after(closeWorkspaces);

  it('are those that were added, and those of the policies that Hermes makes: their clusters start', async () => {
    const { url, token, call } = await openWorkspace();
    const databricks = createDatabricks({ host: url, token }, { clock: systemClock });
    await enrolTeam(databricks.policies, { team: 'weather', environment: 'dev' });
    const other = 'arn:aws:iam::123456789012:instance-profile/other';
    const definition = JSON.stringify({
      'aws_attributes.instance_profile_arn': { type: 'fixed', value: other },
    });
    await databricks.policies.createPolicy('other', definition);
    const own = 'arn:aws:iam::000000000000:instance-profile/hermes-weather-dev';
    assert.deepEqual(await databricks.identity.instanceProfiles(), [own]);
    await call('POST', '/api/2.0/instance-profiles/add', { instance_profile_arn: other });
    assert.deepEqual(await databricks.identity.instanceProfiles(), [own, other]);
  });
});
