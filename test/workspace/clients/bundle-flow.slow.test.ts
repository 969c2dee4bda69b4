import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { writeWheel } from '../../write-wheel.ts';
import { closeWorkspaces, openWorkspace, plainCluster, type TestWorkspace } from '../workspace-harness.ts';
import { driftOf } from './bundle-drift.ts';
import { type Bundle, bundleFlow } from './bundle-flow.ts';

const ENTRY_POINTS = '[console_scripts]\nmain = observations:main\n';

describe('a bundle by the direct engine of the Databricks CLI', () => {
  let workspace: TestWorkspace;
  let token: string;
  before(async () => {
    workspace = await openWorkspace();
    token = workspace.user('ann@example.com', 'weather', 'admins');
    workspace.user('bob@example.com', 'data-engineers');
  });
  after(closeWorkspaces);

  async function bundleOf(greeting: string): Promise<Bundle> {
    const wheel = await writeWheel('0.0.1+1795300000000000000', 'def main(): print("from the wheel")\n', {
      'entry_points.txt': ENTRY_POINTS,
    });
    return {
      name: 'weather',
      target: 'dev',
      files: {
        'src/main.py': 'import sys, parts.words\nprint(parts.words.GREETING, *sys.argv[1:])\n',
        'src/parts/words.py': `GREETING = ${JSON.stringify(greeting)}\n`,
        'src/look.py':
          '# Databricks notebook source\nimport parts.words\ndbutils.notebook.exit(open("seen.txt").read())\n',
        'src/seen.txt': 'seen',
        'resources/jobs.yml': 'resources: {}\n',
      },
      wheels: { [basename(wheel)]: readFileSync(wheel) },
      viewers: ['data-engineers'],
      job: (files, wheels) => ({
        name: '[dev ann] main',
        tags: { dev: 'ann' },
        parameters: [{ name: 'day', default: '2026-11-22' }],
        job_clusters: [{ job_cluster_key: 'small', new_cluster: plainCluster }],
        tasks: [
          {
            task_key: 'script',
            job_cluster_key: 'small',
            spark_python_task: { python_file: `${files}/src/main.py`, parameters: ['of', 'day'] },
          },
          {
            task_key: 'wheel',
            job_cluster_key: 'small',
            depends_on: [{ task_key: 'script' }],
            python_wheel_task: { package_name: 'observations', entry_point: 'main' },
            libraries: [{ whl: `${wheels}/${basename(wheel)}` }],
          },
          {
            task_key: 'notebook',
            job_cluster_key: 'small',
            depends_on: [{ task_key: 'script' }],
            notebook_task: { notebook_path: `${files}/src/look` },
          },
        ],
      }),
    };
  }

  it('is deployed, run, summed up, deployed again without a change, changed and destroyed', async () => {
    const flow = bundleFlow(workspace.url, token, await bundleOf('hello'));
    assert.equal(await flow.deploy(), 'created');
    const run = await flow.run();
    assert.equal(run.result, 'SUCCESS', JSON.stringify(run));
    assert.deepEqual(
      Object.fromEntries(Object.entries(run.outputs).map(([task, text]) => [task, text.trim()])),
      { script: 'hello of day', wheel: 'from the wheel', notebook: 'seen' },
    );
    assert.equal((await flow.summary()).name, '[dev ann] main');
    assert.equal(await flow.deploy(), 'unchanged');
    const changed = bundleFlow(workspace.url, token, {
      ...(await bundleOf('bye')),
      job: renamed(await bundleOf('bye')),
    });
    assert.equal(await changed.deploy(), 'changed');
    assert.equal((await flow.run()).outputs.script?.trim(), 'bye of day');
    await flow.destroy();
    const left = await workspace.call('GET', '/api/2.2/jobs/list', undefined, token);
    assert.equal(left.body.jobs, undefined);
  });

  it('is not deployed twice at a time: the second learns who holds the lock', async () => {
    const flow = bundleFlow(workspace.url, token, await bundleOf('hello'));
    const lock = await flow.lock();
    await assert.rejects(flow.deploy(), /deploy lock acquired by ann@example.com at \d{4}/);
    await lock.release();
    assert.equal(await flow.deploy(), 'created');
  });

  it('ends a failed run with the words that bundle run prints', async () => {
    const bundle = await bundleOf('hello');
    const broken = {
      ...bundle,
      name: 'broken',
      files: { ...bundle.files, 'src/main.py': 'raise KeyError("tempMax")' },
    };
    const flow = bundleFlow(workspace.url, token, broken);
    await flow.deploy();
    const run = await flow.run();
    assert.equal(run.result, 'FAILED');
    assert.equal(
      run.message,
      'Task script failed with message: Workload failed, see run output for details. This caused all downstream tasks to get skipped.',
    );
    assert.equal(run.outputs.script, "KeyError: 'tempMax'");
  });

  it('would be changed by a field that comes back otherwise', () => {
    const sent = { name: 'a', tasks: [{ task_key: 't', new_cluster: { num_workers: 1 } }] };
    const got = {
      name: 'b',
      timeout_seconds: 0,
      email_notifications: {},
      tasks: [{ task_key: 't', run_if: 'ALL_SUCCESS', new_cluster: { num_workers: 1, policy_id: 'x' } }],
    };
    assert.deepEqual(driftOf(sent, got), ['name', 'tasks.0.new_cluster.policy_id']);
  });
});

function renamed({ job }: Bundle): Bundle['job'] {
  return (files, wheels) => ({ ...job(files, wheels), description: 'changed' });
}
