import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { operators } from '../../../../operators/registry.ts';
import { openStore } from '../../../../src/artifacts/open-store.ts';
import { s3Store } from '../../../../src/artifacts/s3-store.ts';
import { loadDags } from '../../../../src/dag/load-dags.ts';
import { compileDags } from '../../../../src/engines/airflow/compile/compile-dags.ts';
import { type BuildFiles, planBuild } from '../../../../src/engines/airflow/compile/plan-build.ts';
import { deploy } from '../../../../src/engines/airflow/deploy/deploy.ts';
import type { DeployHome } from '../../../../src/engines/airflow/deploy/deploy-home.ts';
import { storeHome } from '../../../../src/engines/airflow/deploy/store-home.ts';
import { airflowSettings } from '../../../../src/engines/airflow/local/airflow-settings.ts';
import { installedAirflow } from '../../../airflow-harness.ts';
import { swiftClock } from '../../../fakes/swift-clock.ts';
import { seaweedFs } from '../../../s3/servers.ts';
import { temporaryFolder } from '../../../setup.ts';
import { aRequest, decides } from './a-build.ts';

const SCRIPT = fileURLToPath(new URL('./read_bundle.py', import.meta.url));

interface Bundle {
  readonly name: string;
  readonly classpath: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
}

describe('a DAG bundle of the real Airflow', function () {
  this.timeout(300_000);
  let reader: ChildProcess;
  let answers: AsyncIterator<string>;

  before(async () => {
    const { python } = await installedAirflow();
    const { endpoint, owner } = await seaweedFs();
    const { accessKeyId = '', secretAccessKey = '' } = owner.credentials ?? {};
    const folder = temporaryFolder();
    const connection = {
      conn_type: 'aws',
      login: accessKeyId,
      password: secretAccessKey,
      extra: { endpoint_url: endpoint, region_name: 'eu-west-1' },
    };
    reader = spawn(python, [SCRIPT], {
      env: {
        ...airflowSettings({ folder, env: process.env }),
        AIRFLOW_CONN_AWS_DEFAULT: JSON.stringify(connection),
        AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH: join(folder, 'bundles'),
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    answers = createInterface({ input: reader.stdout ?? assert.fail() })[Symbol.asyncIterator]();
  });
  after(() => reader?.kill());

  const read = async (bundle: Bundle): Promise<unknown> => {
    reader.stdin?.write(`${JSON.stringify(bundle)}\n`);
    const { value } = await answers.next();
    return JSON.parse(value);
  };
  const put = (home: DeployHome, team: string, files: BuildFiles) =>
    deploy(home, team, decides(aRequest(files, { team })), { clock: swiftClock() });

  /** Deploys of two teams one right after the other, each read at once. */
  const itReads = async (home: DeployHome, bundle: Bundle): Promise<void> => {
    await put(home, 'weather', await compiled('weather', { one: 'first', two: 'first' }));
    assert.deepEqual(await read(bundle), { dags: { one: 'first', two: 'first' }, errors: {} });
    await put(home, 'climate', await compiled('climate', { three: 'theirs' }));
    // Of the same size as the one before, and within the same second.
    await put(home, 'weather', await compiled('weather', { one: 'FIRST', two: 'first' }));
    assert.deepEqual(await read(bundle), {
      dags: { one: 'FIRST', two: 'first', three: 'theirs' },
      errors: {},
    });
    await put(home, 'weather', await compiled('weather', { two: 'first' }));
    assert.deepEqual(await read(bundle), { dags: { two: 'first', three: 'theirs' }, errors: {} });
  };

  it('of a bucket finds what was deployed there, at once', async () => {
    const { bucket, owner } = await seaweedFs();
    const prefix = randomUUID();
    const classpath = 'airflow.providers.amazon.aws.bundles.s3.S3DagBundle';
    const kwargs = { bucket_name: bucket, prefix: `${prefix}/dags` };
    const store = await s3Store(`s3://${bucket}/${prefix}`, { connection: owner });
    await itReads(storeHome(store), { name: 's3', classpath, kwargs });
  });

  it('of a folder finds what was deployed there, at once', async () => {
    const folder = temporaryFolder();
    const classpath = 'airflow.dag_processing.bundles.local.LocalDagBundle';
    const home = storeHome(await openStore(`file://${folder}`));
    await itReads(home, { name: 'folder', classpath, kwargs: { path: join(folder, 'dags') } });
  });
});

/** DAGs of a team with their documentation. */
async function compiled(team: string, dags: Readonly<Record<string, string>>): Promise<BuildFiles> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'dags'));
  for (const [id, doc] of Object.entries(dags))
    writeFileSync(
      join(folder, 'dags', `${id}.dag.yaml`),
      `dag: ${id}\nteam: ${team}\nschedule: null\ndoc: ${doc}\ntasks:\n  clean:\n    hermes: { project_name: observations }\n`,
    );
  const { dags: loaded, problems } = await loadDags(['dags'], { operators, cwd: folder });
  assert.deepEqual(problems, []);
  return planBuild(compileDags(loaded));
}
