import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { createDatabricks, type Databricks } from '../../../src/databricks/client.ts';
import { enrolTeam } from '../../../src/engines/local/plan/enrol.ts';
import type { RunRecord } from '../../../src/engines/local/record/run-record.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../../fakes/fault-proxy.ts';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace, type TestWorkspace } from '../../workspace/workspace-harness.ts';
import { states } from './engine-under-test.ts';
import type { EngineOrder } from './killable-engine.ts';

const SUBMIT = '/api/2.2/jobs/runs/submit';

describe('an engine that is killed, and one whose replies are lost', function () {
  this.timeout(120_000);
  let workspace: TestWorkspace;
  let proxy: FaultProxy;
  let databricks: Databricks;
  let order: EngineOrder;
  let work: string;

  beforeEach(async () => {
    workspace = await openWorkspace();
    proxy = await startFaultProxy(workspace.url);
    databricks = createDatabricks({ host: workspace.url, token: workspace.token }, { clock: systemClock });
    const policyId = await enrolTeam(databricks.policies, { team: 'weather', environment: 'dev' });
    const folder = temporaryFolder();
    work = join(folder, 'work.txt');
    const script = join(folder, 'script.py');
    writeFileSync(script, `open(${JSON.stringify(work)}, 'a').write('done\\n')\n`);
    order = { home: join(folder, 'runs'), host: proxy.endpoint, token: workspace.token, policyId, script };
  });
  afterEach(async () => {
    await proxy.stop();
    await closeWorkspaces();
  });

  const start = (change: Partial<EngineOrder> = {}): ChildProcess =>
    spawn(
      process.execPath,
      [join(import.meta.dirname, 'killable-engine.ts'), JSON.stringify({ ...order, ...change })],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
  /** The record that it prints at its end, or undefined when it was killed. */
  const end = async (child: ChildProcess): Promise<RunRecord | undefined> => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
    });
    const [code, signal] = await once(child, 'close');
    assert.ok(code === 0 || signal === 'SIGKILL', `exit ${code} ${signal}`);
    return signal === 'SIGKILL' ? undefined : JSON.parse(text);
  };
  const assertDoneOnce = async (record: RunRecord | undefined, when: string): Promise<void> => {
    assert.deepEqual(states(record as RunRecord), { clean: 'success', report: 'success' }, when);
    const { runs } = await databricks.jobs.listRuns({});
    const recorded = record?.tasks.flatMap(({ attempts }) => attempts.map(({ runId }) => runId)).sort();
    assert.deepEqual(recorded, runs.map(({ runId }) => runId).sort(), when);
    assert.equal(existsSync(work) ? readFileSync(work, 'utf8') : '', 'done\ndone\n', when);
  };

  for (const write of [1, 2, 4]) {
    for (const when of ['before', 'after'] as const) {
      it(`loses and repeats nothing when it is killed ${when} write ${write} of its record`, async () => {
        assert.equal(await end(start({ killAt: { write, when } })), undefined);
        await assertDoneOnce(await end(start()), `${when} write ${write}`);
      });
    }
  }

  for (const [name, path, number, fault] of [
    ['before its submit', SUBMIT, 1, { kind: 'refuse' }],
    ['when the workspace has taken its submit', SUBMIT, 1, { kind: 'lose reply' }],
    ['when the workspace has taken its second submit', SUBMIT, 2, { kind: 'lose reply' }],
    ['while it polls', '/api/2.2/jobs/runs/get?', 2, { kind: 'lose reply' }],
  ] as const satisfies readonly (readonly [string, string, number, Fault])[]) {
    it(`loses and repeats nothing when it is killed ${name}`, async () => {
      const child = start();
      let seen = 0;
      proxy.onRequest((request) => {
        if (!request.path.startsWith(path) || ++seen !== number) return undefined;
        // The request is on its way; its reply will find nobody.
        setTimeout(() => child.kill('SIGKILL'), fault.kind === 'refuse' ? 0 : 20);
        return fault;
      });
      assert.equal(await end(child), undefined);
      proxy.onRequest(() => undefined);
      await assertDoneOnce(await end(start()), name);
    });
  }

  it('starts one run for a submit whose reply is lost, and lost again halfway', async () => {
    const faults: Fault[] = [{ kind: 'lose reply' }, { kind: 'cut reply' }];
    proxy.onRequest((request) => (request.path === SUBMIT ? faults.shift() : undefined));
    await assertDoneOnce(await end(start()), 'lost replies');
    assert.equal(faults.length, 0);
  });

  it('shares the runs of another engine that has the same DAG run in a folder of its own', async () => {
    const folders = [temporaryFolder(), temporaryFolder()];
    const both = await Promise.all(folders.map((home) => end(start({ home }))));
    for (const record of both) await assertDoneOnce(record, 'two engines');
    assert.equal(proxy.seen.filter(({ path }) => path.endsWith('/runs/cancel')).length, 0);
  });
});
