import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { type JsonObject, stringifyJson } from '../../../src/core/json.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import { pythonTools } from '../../python-tools.ts';
import { closeWorkspaces, openWorkspace, type TestWorkspace } from '../workspace-harness.ts';
import { type ClientReport, KNOWN_BESIDE } from './client-report.ts';
import { jobSettings, submitBody } from './random-settings.ts';

const CASES = 200;
type Id = bigint | number;

describe('answers about whatever jobs and runs', () => {
  let workspace: TestWorkspace;
  const answers: string[] = [];
  before(async () => {
    // Nothing starts: every run stays in the queue.
    workspace = await openWorkspace({ maxConcurrent: 0 });
  });
  after(closeWorkspaces);

  async function ask(kind: string, path: string): Promise<JsonObject> {
    const { status, body } = await workspace.call<JsonObject>('GET', path);
    assert.equal(status, 200, stringifyJson(body));
    answers.push(stringifyJson([kind, body]));
    return body;
  }

  it('say of a job what it was given, and take what they said back as it is', async () => {
    const property = fc.asyncProperty(jobSettings, async (settings) => {
      const made = await workspace.call<{ job_id: Id }>('POST', '/api/2.2/jobs/create', settings);
      assert.equal(made.status, 200, stringifyJson(made.body));
      const path = `/api/2.2/jobs/get?job_id=${made.body.job_id}`;
      const { settings: first } = (await ask('Job', path)) as { settings: JsonObject };
      assertHolds(first, settings as unknown as JsonObject);
      const body = { job_id: made.body.job_id, new_settings: first };
      const reset = await workspace.call('POST', '/api/2.2/jobs/reset', body);
      assert.equal(reset.status, 200, stringifyJson(reset.body));
      const { settings: second } = (await ask('Job', path)) as { settings: JsonObject };
      assert.deepEqual(second, first);
    });
    await fc.assert(property, { numRuns: CASES });
  });

  it('say of a run what was submitted', async () => {
    let number = 0;
    const property = fc.asyncProperty(submitBody, async (drawn) => {
      number += 1;
      const body = { ...drawn, idempotency_token: `token-${number}` };
      const made = await workspace.call<{ run_id: Id }>('POST', '/api/2.2/jobs/runs/submit', body);
      assert.equal(made.status, 200, stringifyJson(made.body));
      const run = await ask('Run', `/api/2.2/jobs/runs/get?run_id=${made.body.run_id}`);
      assertHolds(run, { run_name: body.run_name ?? 'Untitled', tasks: body.tasks } as unknown as JsonObject);
    });
    await fc.assert(property, { numRuns: CASES });
  });

  it('lose nothing when the types of the SDK read and write them', () => {
    const script = join(packageRoot, 'test', 'workspace', 'clients', 'sdk', 'parse.py');
    const output = execFileSync(join(pythonTools('test'), 'python'), [script], {
      input: answers.join('\n'),
      encoding: 'utf8',
      env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1' },
    });
    const { shapes } = JSON.parse(output) as ClientReport;
    assert.deepEqual(
      shapes.filter((shape) => !KNOWN_BESIDE.includes(shape)),
      [],
    );
  });
});

/** Everything that was given is there, whatever else is. */
function assertHolds(found: unknown, given: unknown, where = ''): void {
  if (Array.isArray(given)) {
    assert.ok(Array.isArray(found) && found.length === given.length, `${where}: ${stringifyJson(found)}`);
    for (const [index, one] of given.entries()) assertHolds(found[index], one, `${where}[${index}]`);
  } else if (typeof given === 'object' && given !== null) {
    for (const [name, value] of Object.entries(given))
      assertHolds((found as Record<string, unknown> | undefined)?.[name], value, `${where}.${name}`);
  } else assert.equal(found, given, where);
}
