import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../../src/core/clock.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { findInterpreter } from '../../src/core/python.ts';
import { createDatabricks, type Databricks } from '../../src/databricks/client.ts';
import { localPace } from '../../src/databricks/runs/polling-pace.ts';
import { isSuccess } from '../../src/databricks/runs/run-state.ts';
import { watchRun } from '../../src/databricks/runs/watch-run.ts';
import { enrolTeam } from '../../src/engines/local/plan/enrol.ts';
import { ensureWorkspace, stopWorkspace } from '../../src/workspace/server/launch.ts';
import { sparkRuntime } from '../../src/workspace/spark/spark-runtime.ts';
import { pythonTools } from '../python-tools.ts';
import { alternate, type BenchResult } from './measure.ts';

const SCRIPT = `
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.getOrCreate()
rows = [(i, "city %d" % (i % 7), i * 1.5) for i in range(1000)]
listings = spark.createDataFrame(rows, "id int, city string, price double")
listings.createOrReplaceTempView("listings")
prices = listings.groupBy("city").agg(F.avg("price").alias("price"))
prices.orderBy("city").show()
print(spark.sql("SELECT count(*) AS n FROM listings WHERE price > 100").first().n)
assert prices.count() == 7
`;

/** A script of ten lines as a whole run on the warm engine, against the same script with PySpark of PyPI alone. */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hermes-bench-'));
  const home = join(folder, 'workspace');
  const cacheFolder = join(packageRoot, '.cache', 'e2e');
  const script = join(folder, 'ten.py');
  writeFileSync(script, SCRIPT);
  const signal = new AbortController().signal;
  const environment = { ...process.env, PATH: `${pythonTools('test')}:${process.env.PATH}` };
  try {
    const python = await findInterpreter({ env: environment });
    const install = sparkRuntime({ folder: cacheFolder, variables: environment, signal });
    const { spark = '' } = await install(python, 'full', console.error);
    const { url, token } = await ensureWorkspace({ folder: home, cacheFolder, environment, signal });
    const databricks = createDatabricks({ host: url, token }, { clock: systemClock });
    const policyId = await enrolTeam(databricks.policies, { team: 'bench', environment: 'dev' });
    const { ours, peer } = await alternate(
      5,
      () => timeRun(databricks, script, policyId),
      () => timeAlone(python.executable, script, spark, environment),
    );
    return [
      { name: 'pyspark-run', ours, peer, peerName: 'PySpark of PyPI alone', unit: 's', ratio: ours / peer },
    ];
  } finally {
    await stopWorkspace(home, signal);
    rmSync(folder, { recursive: true, force: true });
  }
}

let count = 0;

async function timeRun({ jobs }: Databricks, script: string, policyId: string): Promise<number> {
  const start = performance.now();
  count += 1;
  const runId = await jobs.submitRun({
    run_name: 'bench',
    idempotency_token: `bench-${process.pid}-${count}`,
    tasks: [
      {
        task_key: 'ten',
        spark_python_task: { python_file: pathToFileURL(script).href, parameters: [] },
        new_cluster: { policy_id: policyId, apply_policy_default_values: true },
      },
    ],
  });
  const ended = await watchRun(jobs, runId, { clock: systemClock, pace: localPace });
  const seconds = (performance.now() - start) / 1000;
  if (!isSuccess(ended.state))
    throw new Error(`the run ended as ${ended.state.result}: ${ended.state.message}`);
  return seconds;
}

async function timeAlone(
  python: string,
  script: string,
  spark: string,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const start = performance.now();
  execFileSync(python, [script], { env: { ...environment, PYTHONPATH: spark }, stdio: 'ignore' });
  return (performance.now() - start) / 1000;
}
