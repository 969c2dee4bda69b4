import { requireEnvironment } from '../../config/resolve-environment.ts';
import {
  type AirflowStatus,
  airflowStatus,
  type ProcessStatus,
} from '../../engines/airflow/local/airflow-status.ts';
import { openAirflow } from '../../engines/airflow/rest/airflow-api.ts';
import { type AirflowRun, listRuns } from '../../engines/airflow/rest/dag-runs.ts';
import { listDags } from '../../engines/airflow/rest/dags.ts';
import { type ImportError, listImportErrors } from '../../engines/airflow/rest/import-errors.ts';
import type { Cli } from '../cli.ts';
import { secondsText } from '../runs/run-lines.ts';
import { counted, renderTable } from '../table.ts';
import { environmentFlag, noInstance } from './instances.ts';

/** What an Airflow holds, when it answers. */
interface Content {
  readonly dags: readonly string[];
  readonly importErrors: readonly ImportError[];
  readonly runs: readonly AirflowRun[];
}

const RUNS = 5;

/** Prints how the Airflow of an environment is, what it cannot load, and its last runs. */
export async function showStatus(cli: Cli, environment: string): Promise<void> {
  const status = await airflowStatus(cli.home.airflow(environment), cli.signal);
  if (status === undefined) {
    requireEnvironment(environment, cli.cwd);
    cli.object({ environment, processes: [] });
    cli.print(`${noInstance(cli, environment)} Start it: hermes airflow up${environmentFlag(environment)}`);
    return;
  }
  const content = status.health === undefined ? undefined : await readContent(cli, status.url);
  cli.object({ environment, ...status, ...content });
  for (const line of headLines(cli, environment, status, content)) cli.print(line);
  for (const line of renderTable(['PROCESS', 'STATE', 'PID', 'LOG'], status.processes.map(processRow)))
    cli.print(`  ${line}`);
  if (content === undefined) return;
  for (const { file, stackTrace } of content.importErrors) {
    cli.print();
    cli.print(`${cli.style('red', '✗')} Airflow cannot load ${file}:`);
    for (const line of stackTrace.trimEnd().split('\n')) cli.print(`      ${line}`);
  }
  if (content.runs.length > 0) cli.print();
  for (const line of renderTable(['RUN', 'DAG', 'STATE', 'TOOK'], content.runs.map(runRow(cli)))) {
    if (content.runs.length > 0) cli.print(`  ${line}`);
  }
}

async function readContent(cli: Cli, url: string): Promise<Content> {
  const api = openAirflow({ url, signIn: 'everybody' }, cli.clock);
  const [dags, importErrors, runs] = await Promise.all([
    listDags(api, cli.signal),
    listImportErrors(api, cli.signal),
    listRuns(api, '~', RUNS, cli.signal),
  ]);
  return { dags: dags.map(({ dagId }) => dagId), importErrors, runs };
}

function headLines(
  cli: Cli,
  environment: string,
  { url, version, processes, health }: AirflowStatus,
  content: Content | undefined,
): readonly string[] {
  const missing = processes.filter(({ state }) => state !== 'running');
  const restart = `hermes airflow up${environmentFlag(environment)}`;
  if (missing.length === processes.length && missing.every(({ state }) => state === 'stopped'))
    return [`Airflow ${version} of ${environment} is not up. Start it: ${restart}`];
  const dags = content === undefined ? '' : ` · ${counted(content.dags.length, 'DAG')}`;
  const head = `Airflow ${version} of ${environment} at ${cli.style('bold', url)}${dags}`;
  const gone = missing.filter(({ state }) => state !== 'crippled').map(({ name }) => name);
  if (gone.length > 0)
    return [
      head,
      `${cli.style('red', '✗')} Not running: ${gone.join(', ')}. Start again what died: ${restart}`,
    ];
  if (missing.length > 0)
    return [
      head,
      `${cli.style('red', '✗')} A worker of the scheduler was killed: tasks may wait for ever. Mend it: ${restart}`,
    ];
  const ill = Object.entries(health ?? {}).filter(([, { status }]) => status !== 'healthy');
  if (health === undefined) return [head, `${cli.style('yellow', '!')} It does not answer at present.`];
  return [head, ...ill.map(([name, { status }]) => `${cli.style('yellow', '!')} ${name} is ${status}`)];
}

function processRow({ name, state, pid, log }: ProcessStatus): readonly string[] {
  return [name, state, pid === undefined ? '' : String(pid), log];
}

function runRow({ clock }: Cli): (run: AirflowRun) => readonly string[] {
  return ({ runId, dagId, state, startedAt, endedAt }) => {
    const took =
      startedAt === undefined ? '' : secondsText((endedAt ?? clock.now()).getTime() - startedAt.getTime());
    return [runId, dagId, state, took];
  };
}
