import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { temporaryFolder } from '../setup.ts';

/** In place of GitHub's own command line: answers the ids that it finds, and writes down what it is asked to send. */
const GH = `#!/usr/bin/env node
const { appendFileSync, readFileSync } = require('node:fs');
const words = process.argv.slice(2);
const field = words.find((word) => word.startsWith('body=@'));
appendFileSync('calls.jsonl', JSON.stringify({ words, body: field && readFileSync(field.slice(6), 'utf8') }) + '\\n');
if (words.includes('--jq')) process.stdout.write(process.env.KNOWN ?? '');
`;
const MARK = '<!-- hermes airflow plan -->';
const PLAN = `${MARK}\n### 1 DAG changed\n$(touch owned) "quoted" @everybody\n`;

describe('the job that shows the plan on a pull request', () => {
  const folder = temporaryFolder();
  const comment = async (known: string) => {
    const author = { authorName: 'Ana', authorEmail: 'ana@example.com' };
    const answers = { name: 'weather', team: 'weather', project: 'helloworld', ...author };
    const workflow = planRepository('airflow', answers).find(({ path }) => path.endsWith('/ci.yml'));
    const { steps } = parse(workflow?.bytes.toString() ?? '').jobs.comment;
    const script: string = steps.find((step: { run?: string }) => step.run !== undefined).run;
    mkdirSync(join(folder, 'plan'), { recursive: true });
    mkdirSync(join(folder, 'bin'), { recursive: true });
    writeFileSync(join(folder, 'plan', 'plan.md'), PLAN);
    writeFileSync(join(folder, 'bin', 'gh'), GH, { mode: 0o755 });
    writeFileSync(join(folder, 'calls.jsonl'), '');
    const env = {
      ...process.env,
      PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
      COMMENTS: 'repos/acme/dags/issues/7/comments',
      COMMENT: 'repos/acme/dags/issues/comments',
      KNOWN: known,
    };
    // As GitHub runs a step: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
    await promisify(execFile)('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      cwd: folder,
      env,
    });
    const lines = readFileSync(join(folder, 'calls.jsonl'), 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line) as { words: string[]; body?: string });
  };

  it('writes one comment, with the plan as it is', async () => {
    const [asked, sent] = await comment('');
    assert.deepEqual(asked?.words.slice(0, 3), ['api', '--paginate', 'repos/acme/dags/issues/7/comments']);
    assert.match(
      asked?.words.at(-1) ?? '',
      /"github-actions\[bot\]".*startswith\("<!-- hermes airflow plan -->"\)/,
    );
    const words = ['api', 'repos/acme/dags/issues/7/comments', '--silent', '--field', 'body=@plan/plan.md'];
    assert.deepEqual(sent, { words, body: PLAN });
  });

  it('writes that comment anew the next time', async () => {
    const [, sent] = await comment('41\n99\n');
    const words = ['api', '--method', 'PATCH', 'repos/acme/dags/issues/comments/41', '--silent', '--field'];
    assert.deepEqual(sent, { words: [...words, 'body=@plan/plan.md'], body: PLAN });
  });
});
