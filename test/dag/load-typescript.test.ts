import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { operators } from '../../operators/registry.ts';
import { formatProblem } from '../../src/core/problems.ts';
import { loadDags } from '../../src/dag/load-dags.ts';
import { temporaryFolder } from '../setup.ts';

const IMPORT = "import { Dag, HermesOperator } from 'hermes-data-products';\n";

async function load(files: Readonly<Record<string, string>>, path = 'x.dag.ts', cwd = temporaryFolder()) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
  const { dags, problems } = await loadDags([path], { operators, cwd });
  return { cwd, dags: dags.map(({ dag }) => dag), problems: problems.map(formatProblem) };
}

describe('a DAG in TypeScript', () => {
  it('needs no package.json, and imports types, files beside it and the library of the running command', async () => {
    const { dags, problems } = await load(
      {
        'dags/x.dag.ts': `${IMPORT}import type { DagOptions } from 'hermes-data-products';
import { regions } from '../lib/regions.ts';
const options: DagOptions = { team: 'weather', schedule: '@daily' };
export default regions.map((region) => new Dag(\`seattle_\${region}\`, options, (dag) => {
  const clean = new HermesOperator({ taskId: 'clean', projectName: 'observations' });
  const report = dag.add(new HermesOperator({ taskId: 'report', projectName: 'observations' }));
  clean.before(report);
}));`,
        'lib/regions.ts': `import { Dag } from 'hermes-data-products';
export const regions: readonly string[] = [Dag.name.toLowerCase(), 'south'];`,
      },
      'dags/x.dag.ts',
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      dags.map((dag) => [dag.dagId, ...dag.tasks.map((task) => [task.taskId, ...task.upstream])]),
      [
        ['seattle_dag', ['clean'], ['report', 'clean']],
        ['seattle_south', ['clean'], ['report', 'clean']],
      ],
    );
    assert.deepEqual(dags[0]?.tags, ['compaas-service:hermes']);
  });

  it('is read again when it, or a file that it imports, has changed', async () => {
    const dag = `${IMPORT}import { id } from './id.ts';
export default new Dag(id, { team: 'weather' }, () => { new HermesOperator({ taskId: 'a', projectName: 'x' }); });`;
    const first = await load({ 'x.dag.ts': dag, 'id.ts': "export const id = 'first';" });
    const second = await load({ 'id.ts': "export const id = 'second';" }, 'x.dag.ts', first.cwd);
    assert.deepEqual([first.dags[0]?.dagId, second.dags[0]?.dagId], ['first', 'second']);
  });

  it('tells all mistakes at once, each where the DAG or the task was created', async () => {
    const { dags, problems } = await load({
      'x.dag.ts': `${IMPORT}
export default [new Dag('my dag', { shedule: 3, timezone: 'Nowhere' } as object, () => {
  const a = new HermesOperator({ taskId: 'a', projectName: 'x', viewAcessControlList: [] } as any);
  const b = new HermesOperator({
    taskId: 'b', projectName: 'x', team: 'weather', dependsOn: ['elsewhere'], parameters: 3, retries: -1 } as any);
  a.after(b); b.after(a);
}),
  new Dag('empty', { startDate: '2026-02-01', endDate: '2026-01-01' })];`,
    });
    assert.deepEqual(dags, []);
    assert.deepEqual(problems, [
      'x.dag.ts:3:17  The DAG id "my dag" is not allowed: letters, digits, "_", "-" and "." only, the last two not in front.',
      'x.dag.ts:3:17  timezone: "Nowhere" is no time zone of the IANA database. For example: Europe/Madrid.',
      'x.dag.ts:3:17  shedule is not an option of Dag. Did you mean schedule?',
      'x.dag.ts:4:13  The tasks wait for each other in a circle: "a" → "b" → "a".',
      'x.dag.ts:4:13  a.viewAcessControlList is not an option of HermesOperator. Did you mean viewAccessControlList?',
      'x.dag.ts:4:13  Task "a" has no team. Set team for the DAG, or for the task.',
      'x.dag.ts:5:13  Task "b" comes after "elsewhere", which does not exist. Tasks: a.',
      'x.dag.ts:5:13  b.parameters must be a list, not 3.',
      'x.dag.ts:5:13  b.retries = -1 is too small: at least 0.',
      'x.dag.ts:9:3  DAG "empty" has no tasks. In TypeScript they are created inside the callback of new Dag.',
      'x.dag.ts:9:3  The DAG ends (2026-01-01) before it starts (2026-02-01).',
    ]);
  });

  it('that throws says where, in the file of the user', async () => {
    const { problems } = await load({
      'x.dag.ts': `${IMPORT}import { boom } from './lib.ts';\nexport default new Dag('x', {}, () => boom());`,
      'lib.ts':
        "\nexport function boom(): never {\n  throw new RangeError('no such thing\\nsecond line');\n}",
    });
    assert.deepEqual(problems, ['lib.ts:3:9  The file cannot be loaded: RangeError: no such thing.']);
  });

  it('that is not TypeScript says where', async () => {
    const broken = await load({
      'x.dag.ts': `${IMPORT}export default new Dag('x', { schedule: '@daily', );`,
    });
    assert.deepEqual(broken.problems, [
      'x.dag.ts:2:1  The file cannot be loaded: SyntaxError: Unexpected token `)`. Expected identifier, string literal, numeric literal or [ for the computed key.',
    ]);
    const enumeration = await load({ 'x.dag.ts': `${IMPORT}\nenum Region { North }\n` });
    assert.deepEqual(enumeration.problems, [
      'x.dag.ts:3:1  The file cannot be loaded: SyntaxError: TypeScript enum is not supported in strip-only mode.',
    ]);
  });

  it('that imports what does not exist says where, and what there is', async () => {
    const name = await load({ 'x.dag.ts': "\nimport { HermsOperator } from 'hermes-data-products';\n" });
    assert.deepEqual(name.problems, [
      "x.dag.ts:2:1  The file cannot be loaded: SyntaxError: The requested module 'hermes-data-products' does not provide an export named 'HermsOperator'. Did you mean HermesOperator?",
    ]);
    const file = await load({ 'x.dag.ts': "\nimport { x } from './nothing.ts';\n" });
    assert.deepEqual(file.problems, [
      `x.dag.ts:2:1  The file cannot be loaded: Error: Cannot find module '${file.cwd}/nothing.ts' imported from ${file.cwd}/x.dag.ts.`,
    ]);
  });

  it('must export a DAG by default', async () => {
    const hint = "Write: export default new Dag('…', { … }, () => { … }), or a list of them.";
    const none = await load({ 'x.dag.ts': `${IMPORT}export const dag = new Dag('x');` });
    assert.deepEqual(none.problems, [`x.dag.ts  The file has no default export. ${hint}`]);
    const other = await load({ 'x.dag.ts': 'export default { dagId: "x" };' });
    assert.deepEqual(other.problems, [`x.dag.ts  The file exports something else by default. ${hint}`]);
  });

  it('must not be built by an async function', async () => {
    const { problems } = await load({
      'x.dag.ts': `${IMPORT}export default new Dag('x', {}, async () => {});`,
    });
    assert.deepEqual(problems, [
      'x.dag.ts:2:16  Cannot build DAG x: its function is async, and what it creates after an await would be lost.',
    ]);
  });

  it('names the file and the line of a promise that fails beside it', async () => {
    const { problems } = await load({
      'x.dag.ts': `${IMPORT}Promise.reject(new Error('no network'));
export default new Dag('x', { team: 'weather' }, () => { new HermesOperator({ taskId: 'a', projectName: 'x' }); });`,
    });
    assert.deepEqual(problems, ['x.dag.ts:2:16  The file cannot be loaded: Error: no network.']);
  });
});
