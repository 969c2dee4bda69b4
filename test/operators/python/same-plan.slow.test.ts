import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { HermesOperator, type HermesOptions } from '../../../operators/hermes-operator.ts';
import { branchSlug } from '../../../src/artifacts/keys.ts';
import { camelCase, renameKeys } from '../../../src/core/letter-case.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import { normaliseVersion } from '../../../src/core/pep440.ts';
import { Dag } from '../../../src/dag/dag.ts';
import { describeDag } from '../../../src/dag/describe-dag.ts';
import { idProblem } from '../../../src/dag/task-options.ts';
import { airflowDag } from '../../../src/engines/airflow/compile/airflow-dag.ts';
import { pythonTools } from '../../python-tools.ts';
import { branch, type OptionsCase, optionsCase, version } from './hostile-options.ts';

const MODULES = join(packageRoot, 'operators', 'python', 'hermes_airflow');
const ORACLE = join(packageRoot, 'test', 'operators', 'python', 'plan_options.py');

interface Answers {
  readonly plans: readonly { problems?: string[]; ids?: string[]; json?: object; request?: object }[];
  readonly versions: readonly (string | null)[];
  readonly branches: readonly string[];
}

function python(asked: {
  cases?: readonly OptionsCase[];
  versions?: readonly string[];
  branches?: readonly string[];
}): Answers {
  const child = spawnSync(join(pythonTools('test'), 'python'), [ORACLE, MODULES], {
    input: JSON.stringify({ cases: [], versions: [], branches: [], ...asked }),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  assert.equal(child.stderr, '');
  return JSON.parse(child.stdout);
}

function typescript({ dag_id, task_id, tags, options }: OptionsCase) {
  const dag = new Dag(dag_id, { tags }, () => {
    new HermesOperator({ taskId: task_id, ...renameKeys(options, camelCase) } as HermesOptions);
  });
  const [task] = dag.tasks;
  assert.ok(task !== undefined);
  const ids = [idProblem('DAG', dag_id), idProblem('task', task_id)].filter(
    (problem) => problem !== undefined,
  );
  const found = task.check(dag.contextOf(task));
  // Python names an option as Python does.
  const problems = found.map(({ path, message }) => {
    const shown = (change: (part: string) => string) =>
      [task_id, ...path.map((part) => change(String(part)))].join('.');
    const camel = shown(camelCase);
    return message.startsWith(camel) ? `${shown((part) => part)}${message.slice(camel.length)}` : message;
  });
  if (problems.length > 0 || ids.length > 0) return { problems, ids };
  const { requests, tasks } = airflowDag(describeDag(dag));
  return {
    json: tasks[0]?.json,
    databricks_conn_id: tasks[0]?.databricks_conn_id,
    request: requests[task_id],
  };
}

/** What Jinja has against a template, its own reader says in other words. */
function place(problem: string | undefined): string | undefined {
  return problem?.replace(/(: Cannot render the template )[\s\S]*/, '$1…');
}

describe('the Python operator', () => {
  it('plans what the operator of TypeScript plans, and refuses what it refuses', function () {
    this.timeout(300_000);
    const cases = fc.sample(optionsCase, 1500);
    const { plans } = python({ cases });
    let planned = 0;
    for (const [index, one] of cases.entries()) {
      const shown = JSON.stringify(one);
      const expected = typescript(one);
      const found = plans[index] ?? {};
      assert.equal(place(found.problems?.[0]), place(expected.problems?.[0]), shown);
      assert.deepEqual(found.ids, expected.ids, shown);
      if ('problems' in expected) continue;
      planned += 1;
      assert.deepEqual(found, JSON.parse(JSON.stringify(expected)), shown);
    }
    assert.ok(planned > 500, `only ${planned} of the tasks were without mistakes`);
  });

  it('reads versions as Hermes does, and finds branches under the same keys', () => {
    const versions = fc.sample(fc.oneof(version, branch), 2500);
    const branches = fc.sample(branch, 2500).map((name) => `refs/heads/${name}`);
    const found = python({ versions, branches });
    assert.deepEqual(
      found.versions,
      versions.map((text) => normaliseVersion(text) ?? null),
    );
    assert.deepEqual(found.branches, branches.map(branchSlug));
  });
});
