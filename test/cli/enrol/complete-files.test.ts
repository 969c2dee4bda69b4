import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeFiles } from '../../../src/cli/enrol/complete-files.ts';
import { readPlatformContent } from '../../../src/cli/enrol/platform-content.ts';
import { resolveHome } from '../../../src/config/home.ts';
import { embeddedTeamVariable } from '../../../src/config/resolve-environment.ts';
import { temporaryFolder } from '../../setup.ts';

const file = (path: string, text: string) => ({ path, bytes: Buffer.from(text), executable: false });
const variable = embeddedTeamVariable('dev', 'sea-life', resolveHome('/home/ana', {}));
const files = [
  file('README.md', 'x'),
  file('hermes.yaml', 'team: sea-life\n# a remark\n'),
  file('variables/dev.json', '{}\n'),
];

describe('the content of a repository of DAGs', () => {
  it('holds the variables of the team and where Airflow reads, beside what the template has', () => {
    const environments = [
      { name: 'dev', variable, airflow: { dags: 's3://acme-dags' } },
      { name: 'stage', variable },
      { name: 'prod' },
    ];
    const texts = completeFiles(files, 'sea-life', environments).map(({ path, bytes }) => [
      path,
      bytes.toString(),
    ]);
    const stage = `{\n  "hermes_sea_life": ${JSON.stringify(variable, null, 2).replaceAll('\n', '\n  ')}\n}\n`;
    assert.deepEqual(texts, [
      ['README.md', 'x'],
      ['hermes.yaml', 'team: sea-life\n# a remark\nairflow:\n  dev:\n    dags: s3://acme-dags\n'],
      ['variables/dev.json', stage],
      ['variables/stage.json', stage],
    ]);
  });

  it('is that of the template where the platform says nothing', () => {
    assert.deepEqual(completeFiles(files, 'sea-life', []), files);
    assert.deepEqual(completeFiles(files, 'sea-life', [{ name: 'dev' }]), files);
  });

  it("comes from the platform's file; a variable waits for a policy that has to be made", async () => {
    const folder = temporaryFolder();
    assert.deepEqual(await readPlatformContent(folder, 'sea'), []);
    const environment = (name: string, policy: string) =>
      `  ${name}:\n    production: false\n    artifacts: s3://acme-${name}\n    ${policy}\n    read_prefix: prod_\n` +
      `    products_zone: s3://acme-products-${name}/{team}\n    databricks_conn_id: d\n    datadog: { site: x, tags: [] }\n`;
    writeFileSync(
      join(folder, 'hermes.platform.yaml'),
      `environments:\n${environment('dev', 'cluster_policy: p.json')}${environment('stage', 'cluster_policy_id: P1\n    dags: s3://acme-dags')}`,
    );
    const content = await readPlatformContent(folder, 'sea');
    assert.deepEqual(
      content.map(({ name, variable: own, airflow }) => [name, own?.products_zone, airflow?.dags]),
      [
        ['dev', undefined, undefined],
        ['stage', 's3://acme-products-stage/sea', 's3://acme-dags'],
      ],
    );
  });
});
