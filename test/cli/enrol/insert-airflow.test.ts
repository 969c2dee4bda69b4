import assert from 'node:assert/strict';
import { insertAirflow } from '../../../src/cli/enrol/insert-airflow.ts';

const DEV = { dags: 's3://acme-dev/#1', api: 'https://airflow.dev.acme.com' };

describe('inserting where Airflow reads into a hermes.yaml', () => {
  it('adds it at the end and leaves the rest as it is', () => {
    const text = '# Team\nteam:   weather\n\n# airflow:\n#   dev: {}\n';
    assert.equal(
      insertAirflow(text, { dev: DEV, prod: { dags: 's3://acme-prod' } }),
      `${text}airflow:
  dev:
    dags: s3://acme-dev/#1
    api: https://airflow.dev.acme.com
  prod:
    dags: s3://acme-prod
`,
    );
  });

  it('adds an environment beside others, with the remarks that stand there', () => {
    const text = 'team: weather\nairflow:\n  # ours\n  prod: { api: https://a.b }\nhermes: ^1.0\n';
    assert.equal(
      insertAirflow(text, { dev: { dags: 's3://acme-dev' } }),
      'team: weather\nairflow:\n  # ours\n  prod: { api: https://a.b }\n  dev:\n    dags: s3://acme-dev\nhermes: ^1.0\n',
    );
  });
});
