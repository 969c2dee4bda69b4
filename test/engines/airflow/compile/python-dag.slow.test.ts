import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { operators } from '../../../../operators/registry.ts';
import { packageRoot } from '../../../../src/core/package-root.ts';
import { checkDag } from '../../../../src/dag/check-dag.ts';
import { loadDags } from '../../../../src/dag/load-dags.ts';
import { compileDag, compileDags } from '../../../../src/engines/airflow/compile/compile-dags.ts';
import { type CompiledDag, planBuild } from '../../../../src/engines/airflow/compile/plan-build.ts';
import { planPythonBuild } from '../../../../src/engines/airflow/compile/plan-python-build.ts';
import { airflowPython } from '../../../airflow-python.ts';
import { pythonTools } from '../../../python-tools.ts';
import { temporaryFolder } from '../../../setup.ts';
import { hostileDag } from '../hostile-dags.ts';

const HOSTILE = 400;
/** Each is an error but Airflow's own about how it reads `.airflowignore`. */
const WARNINGS = ['-W', 'error', '-W', 'ignore:GitWildMatchPattern:DeprecationWarning'];
const here = import.meta.dirname;

const REPORT = `report = run_script(
        dag,
        "report",
        team="weather",
        project_name="observations",
        script_version="feature/new-column",
        library_version="none",
        use_data_sharing=False,
        tags=TAGS,
        retry_exponential_backoff=True,
        max_retry_delay=timedelta(seconds=900),
        execution_timeout=timedelta(seconds=60),
        trigger_rule="all_done",
        pool="other_pool",
    )`;

interface ReadDag {
  readonly dag: string;
  /** By the names of variables: which function makes the task. */
  readonly calls: Readonly<Record<string, string>>;
}

/** DAGs that are hostile wherever a text may stand, and those of the golden set. */
async function someDags(): Promise<CompiledDag[]> {
  const hostile = Array.from({ length: HOSTILE }, (_, index) =>
    fc.sample(hostileDag(`hostile_${index}`), { numRuns: 1, seed: 7_000 + index }),
  ).flat();
  const sound = hostile.filter(({ dag }) => checkDag(dag, 'x.dag.ts').length === 0);
  const golden = join(packageRoot, 'test', 'fixtures', 'airflow');
  const { dags, problems } = await loadDags(['dags'], { operators, cwd: golden });
  assert.deepEqual(problems, []);
  return [
    ...sound.map(({ dag, doc }) => ({ ...compileDag(dag, doc), source: 'dags/"""\n\\x.dag.ts' })),
    ...compileDags(dags),
  ];
}

function buildIn(folder: string, dags: readonly CompiledDag[], form: 'manifest' | 'python'): string {
  const build = join(folder, form);
  mkdirSync(build);
  for (const [name, text] of form === 'python' ? planPythonBuild(dags) : planBuild(dags))
    writeFileSync(join(build, name), text);
  return build;
}

describe('DAGs as Python files', function () {
  this.timeout(300_000);
  let dags: readonly CompiledDag[];
  let folder: string;
  let python: string;

  before(async () => {
    dags = await someDags();
    assert.ok(dags.length > HOSTILE / 10, `${dags.length} DAGs`);
    folder = temporaryFolder();
    python = buildIn(folder, dags, 'python');
  });

  it('hold the values of the DAG in literals, and nothing but calls of Hermes, whatever the texts are', () => {
    const script = join(here, 'read_python_dags.py');
    const read: Record<string, ReadDag> = JSON.parse(
      execFileSync('python3', [script, python], { encoding: 'utf8', maxBuffer: 1e9 }),
    );
    const index = JSON.parse(planPythonBuild(dags).get('hermes-build.json') ?? '');
    for (const { dagId } of dags) assert.equal(read[index.dags[dagId].file]?.dag, dagId);
    assert.equal(Object.keys(read).length, dags.length);
    const calls = Object.values(read).flatMap((one) => Object.values(one.calls));
    const whole = calls.filter((name) => name === 'submit_run').length;
    assert.ok(whole <= calls.length / 100, `${whole} of ${calls.length} requests are written out whole`);
  });

  it('say at each task what its author chose, and no more', async () => {
    const build = join(packageRoot, 'test', 'fixtures', 'airflow');
    const { dags: loaded } = await loadDags(['dags/every-option.dag.yaml'], { operators, cwd: build });
    const text = planPythonBuild(compileDags(loaded)).get('every_option.py') ?? '';
    const [, report = ''] = /^ {4}(report = run_script\([\s\S]*?^ {4}\))/m.exec(text) ?? [];
    assert.equal(report, REPORT);
  });

  it('are formatted as ruff leaves them, and it finds nothing in them', () => {
    const ruff = join(pythonTools('test'), 'ruff');
    const run = (...args: string[]): string =>
      execFileSync(ruff, [...args, '--isolated', '--no-cache', python], { encoding: 'utf8' });
    assert.match(run('format', '--check'), /already formatted/);
    assert.match(run('check'), /All checks passed/);
  });

  it('are stored by Airflow as those of a manifest are', async () => {
    const manifest = buildIn(folder, dags, 'manifest');
    const answer = execFileSync(
      await airflowPython(3),
      [...WARNINGS, join(here, 'compare_forms.py'), manifest, python],
      {
        encoding: 'utf8',
        env: { ...process.env, AIRFLOW_HOME: temporaryFolder(), AIRFLOW__CORE__LOAD_EXAMPLES: 'False' },
      },
    );
    const ids = dags.map(({ dagId }) => dagId).sort();
    assert.deepEqual(JSON.parse(answer), { dags: ids, different: [] });
  });
});
