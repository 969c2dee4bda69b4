import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operators } from '../../operators/registry.ts';
import { formatProblem } from '../../src/core/problems.ts';
import { loadDags } from '../../src/dag/load-dags.ts';
import { temporaryFolder } from '../setup.ts';

async function problems(files: Readonly<Record<string, string>>): Promise<string[]> {
  const cwd = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
  return (await loadDags(['.'], { operators, cwd })).problems.map(formatProblem);
}

const task = (...ids: string[]) => ids.map((id) => `  ${id}: { hermes: { project_name: x } }`).join('\n');

describe('the tags of a DAG', () => {
  it('that its tasks cannot carry are told at their place', async () => {
    assert.deepEqual(
      await problems({
        'x.dag.yaml': `dag: seattle
team: weather
tags:
  - climate
  - env:prod
  - Domain:climate
  - domain:weather
  - compaas-service:hermes
tasks:
${task('clean')}
`,
      }),
      [
        'x.dag.yaml:5:5  The tag "env:prod" is refused: Hermes sets env for each task.',
        'x.dag.yaml:7:5  The tags "Domain:climate" and "domain:weather" give domain two values. A cluster keeps one; choose another key.',
      ],
    );
  });

  it('are told at the DAG in TypeScript, also beside other mistakes', async () => {
    const content = `import { Dag, HermesOperator } from 'hermes-data-products';
export default new Dag('seattle', { retries: -1, tags: ['a:b', 'A:c'], team: 'weather' }, () => {
  new HermesOperator({ taskId: 'clean', projectName: 'x' });
});`;
    assert.deepEqual(await problems({ 'x.dag.ts': content }), [
      'x.dag.ts:2:16  retries = -1 is too small: at least 0.',
      'x.dag.ts:2:16  The tags "a:b" and "A:c" give a two values. A cluster keeps one; choose another key.',
    ]);
  });

  it('are at most 30 of the form key:value, and any number of words', async () => {
    const tags = [...Array(31).keys()].map((index) => `k${index}:v`);
    const file = (list: readonly string[]) =>
      `dag: seattle\nteam: weather\ntags: [${list.map((tag) => JSON.stringify(tag)).join(', ')}]\ntasks:\n${task('clean')}\n`;
    assert.deepEqual(await problems({ 'x.dag.yaml': file([...tags.slice(1), ...'abcdef']) }), []);
    const [problem, ...others] = await problems({ 'x.dag.yaml': file(tags) });
    assert.deepEqual(others, []);
    assert.match(
      problem ?? '',
      /^x\.dag\.yaml:3:\d+ {2}A DAG may have 30 tags of the form key:value, not 31: a cluster takes 45 with those of Hermes and the policy\.$/,
    );
  });
});

describe('ids', () => {
  it('that give one tag are told apart before metrics and costs are mixed', async () => {
    const dag = (id: string, ...tasks: string[]) => `dag: ${id}\nteam: weather\ntasks:\n${task(...tasks)}\n`;
    assert.deepEqual(await problems({ 'a.dag.yaml': dag('seattle', 'load', 'Load') }), [
      'a.dag.yaml:5:3  The task ids "load" and "Load" give one tag, task:load: metrics and costs could not be told apart. Rename one.',
    ]);
    assert.deepEqual(
      await problems({ 'a.dag.yaml': dag('seattle', 'load'), 'b.dag.yaml': dag('Seattle', 'load') }),
      [
        'b.dag.yaml:1:1  The DAG ids "seattle" and "Seattle" give one tag, dag:seattle: metrics and costs could not be told apart. Rename one.',
      ],
    );
  });
});
