import assert from 'node:assert/strict';
import { repositoryName } from '../../../src/cli/airflow/deploy-note.ts';

describe('the name of a repository', () => {
  it('is the same however its origin is written, and holds no user or token', () => {
    const origins = [
      'git@github.com:acme/weather-airflow.git',
      'ssh://git@GitHub.com:22/acme/weather-airflow.git',
      'https://github.com/acme/weather-airflow',
      'https://x-access-token:ghs_secret@github.com/acme/weather-airflow.git/',
      'github.com:acme/weather-airflow',
    ];
    for (const origin of origins)
      assert.equal(repositoryName(origin), 'github.com/acme/weather-airflow', origin);
  });

  it('is none for a folder, which has another path on every machine', () => {
    for (const origin of [undefined, '/srv/git/dags.git', '../dags', 'file:///srv/dags.git'])
      assert.equal(repositoryName(origin), undefined);
  });
});
