import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { operators } from '../../operators/registry.ts';
import { formatProblem } from '../../src/core/problems.ts';
import { dagJsonSchema } from '../../src/dag/dag-json-schema.ts';
import { findHermesConfig } from '../../src/dag/find-hermes-config.ts';
import { loadDags } from '../../src/dag/load-dags.ts';
import { temporaryFolder } from '../setup.ts';

const IMPORT = "import { Dag, defineConfig, defineOperator, z } from 'hermes-data-products';\n";
const OPERATOR = `${IMPORT}export const NotebookOperator = defineOperator({
  key: 'notebook',
  options: { notebookPath: z.string().startsWith('/') },
  plan: ({ options }) => ({ submit: { tasks: [{ notebook_task: { notebook_path: options.notebookPath } }] } }),
});
`;
const CONFIG = `${OPERATOR}export default defineConfig({ operators: [NotebookOperator] });\n`;
const YAML = 'dag: seattle\nteam: weather\ntasks:\n  clean: { notebook: { notebook_path: /x } }\n';

function folderWith(files: Readonly<Record<string, string>>): string {
  const cwd = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
  return cwd;
}

const TYPESCRIPT = `${IMPORT}import { NotebookOperator } from '../hermes.config.ts';
export default new Dag('seattle', { team: 'weather' }, () => {
  new NotebookOperator({ taskId: 'clean', notebookPath: '/x' });
});`;

async function load(files: Readonly<Record<string, string>>, path = 'dags') {
  const { dags, problems } = await loadDags([path], { operators, cwd: folderWith(files) });
  return { dags, problems: problems.map(formatProblem) };
}

describe('the operators of a repository', () => {
  it('are used by their key in YAML, and by their class in TypeScript, with one meaning', async () => {
    const { dags, problems } = await load({
      'hermes.config.ts': CONFIG,
      'dags/a.dag.yaml': YAML,
      'dags/b.dag.ts': TYPESCRIPT,
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(dags[0]?.dag.plans(), dags[1]?.dag.plans());
    assert.deepEqual(
      dags[0]?.operators.map(({ key }) => key),
      ['hermes', 'notebook'],
    );
  });

  it('have their options checked with line, column and the nearest name', async () => {
    const { problems } = await load({
      'hermes.config.ts': CONFIG,
      'dags/a.dag.yaml': YAML.replace('notebook_path: /x', 'notebok_path: x, notebook_path: x'),
      'dags/b.dag.yaml': YAML.replace('notebook:', 'notebok:').replace('seattle', 'lisbon'),
    });
    assert.deepEqual(problems, [
      'dags/a.dag.yaml:4:24  clean.notebok_path is not an option of NotebookOperator. Did you mean notebook_path?',
      'dags/a.dag.yaml:4:56  clean.notebook_path = "x" is refused: Invalid string: must start with "/".',
      'dags/b.dag.yaml:4:10  clean: a task needs one operator: hermes, notebook.',
      'dags/b.dag.yaml:4:12  clean.notebok is not an option of a task. Did you mean notebook?',
    ]);
  });

  it('may change what the user wrote, in YAML as in TypeScript, and never twice', async () => {
    const config = CONFIG.replace(
      "z.string().startsWith('/')",
      'z.string().transform((text) => [text.length]).pipe(z.array(z.number()).transform(([n]) => "/n" + n))',
    );
    const { dags, problems } = await load({
      'hermes.config.ts': config,
      'dags/a.dag.yaml': YAML,
      'dags/b.dag.ts': TYPESCRIPT,
    });
    assert.deepEqual(problems, []);
    for (const { dag } of dags) assert.match(JSON.stringify(dag.plans()), /"notebook_path":"\/n2"/);
    assert.match(JSON.stringify(dagJsonSchema(dags[0]?.operators ?? [])), /"notebook_path":/);
  });

  it('are read again by each load', async () => {
    const cwd = folderWith({ 'hermes.config.ts': CONFIG, 'dags/a.dag.yaml': YAML });
    const problemsNow = async () =>
      (await loadDags(['dags'], { operators, cwd })).problems.map(formatProblem);
    assert.deepEqual(await problemsNow(), []);
    writeFileSync(join(cwd, 'hermes.config.ts'), CONFIG.replace("'/'", "'/Shared'"));
    assert.deepEqual(await problemsNow(), [
      'dags/a.dag.yaml:4:39  clean.notebook_path = "/x" is refused: Invalid string: must start with "/Shared".',
    ]);
  });

  it('that cannot be read are told once, at their line, and no DAG is judged without them', async () => {
    const dags = { 'dags/a.dag.yaml': YAML, 'dags/b.dag.yaml': 'dag: 5' };
    const problemsOf = async (config: string) =>
      (await load({ 'hermes.config.ts': config, ...dags })).problems;
    assert.deepEqual(await problemsOf(`${IMPORT}throw new Error('no');`), [
      'hermes.config.ts:2:7  The file cannot be loaded: Error: no.',
    ]);
    assert.deepEqual(await problemsOf(CONFIG.replace("key: 'notebook'", "key: 'Note Book'")), [
      'hermes.config.ts:2:33  Cannot define operator Note Book: key "Note Book" must hold lower-case letters, digits and "_", and begin with a letter.',
    ]);
    assert.deepEqual(await problemsOf(CONFIG.replace('defineConfig, ', 'defineConfg, ')), [
      "hermes.config.ts:1:1  The file cannot be loaded: SyntaxError: The requested module 'hermes-data-products' does not provide an export named 'defineConfg'. Did you mean defineConfig?",
    ]);
    const [zod = ''] = await problemsOf(`import { z } from 'zod';\n${CONFIG.replace(', z }', ' }')}`);
    assert.equal(
      zod.replace(/\S+(?=\/hermes\.config\.ts\. )/, 'FOLDER'),
      "hermes.config.ts:1:1  The file cannot be loaded: Error: Cannot find package 'zod' imported from FOLDER/hermes.config.ts. Write: import { z } from 'hermes-data-products'. It brings zod along.",
    );
    assert.deepEqual(await problemsOf(OPERATOR), [
      'hermes.config.ts  The file has no default export. Write: export default defineConfig({ operators: [NotebookOperator] }).',
    ]);
    assert.deepEqual(await problemsOf(`${OPERATOR}export default { operator: [] };`), [
      'hermes.config.ts  operator is not a setting of Hermes. Allowed: operators.',
    ]);
    assert.deepEqual(await problemsOf(`${OPERATOR}export default { operators: [NotebookOperator, {}] };`), [
      'hermes.config.ts  operators.1 is no operator: it must be what defineOperator answers. Write: export default defineConfig({ operators: [NotebookOperator] }).',
    ]);
  });

  it('have keys and names of their own', async () => {
    const problemsOf = async (config: string) =>
      (await load({ 'hermes.config.ts': config, 'dags/a.dag.yaml': YAML })).problems;
    assert.deepEqual(await problemsOf(CONFIG.replace("'notebook'", "'hermes', operatorName: 'Mine'")), [
      'hermes.config.ts  operators.0: the key "hermes" is taken by an operator of Hermes, HermesOperator. Choose another.',
    ]);
    assert.deepEqual(
      await problemsOf(CONFIG.replace('[NotebookOperator]', '[NotebookOperator, NotebookOperator]')),
      [
        'hermes.config.ts  operators.1: the key "notebook" is taken by another operator here, NotebookOperator. Choose another.',
      ],
    );
    assert.deepEqual(
      await problemsOf(CONFIG.replace("'notebook'", "'own', operatorName: 'HermesOperator'")),
      [
        'hermes.config.ts  operators.0: the operatorName "HermesOperator" is taken by an operator of Hermes, HermesOperator. Choose another.',
      ],
    );
  });

  it('that fail in plan() are told at the task, with the line of the operator', async () => {
    const { problems } = await load({
      'hermes.config.ts': CONFIG.replace(
        '({ options }) => ({ submit',
        '({ options }) => ({ submit: options.path.x, x',
      ),
      'dags/a.dag.yaml': YAML,
    });
    assert.deepEqual(problems, [
      "dags/a.dag.yaml:4:3  Cannot plan task clean: NotebookOperator failed (hermes.config.ts:5): TypeError: Cannot read properties of undefined (reading 'x')",
    ]);
  });
});

describe('the hermes.config.ts of a DAG file', () => {
  it('is the nearest one upwards in its repository, and never one of strangers above it', () => {
    const cwd = folderWith({
      'hermes.config.ts': '',
      'repo/.git/HEAD': '',
      'repo/dags/x.dag.yaml': '',
      'repo/own/hermes.config.ts': '',
      'repo/own/dags/x.dag.yaml': '',
      'unmarked/dags/x.dag.yaml': '',
      'product/hermes.yaml': '',
      'product/x.dag.yaml': '',
    });
    const find = (file: string, from = join(cwd, 'elsewhere')) =>
      findHermesConfig(join(cwd, file), from)?.slice(cwd.length + 1);
    assert.equal(find('repo/dags/x.dag.yaml'), undefined);
    assert.equal(find('repo/own/dags/x.dag.yaml'), 'repo/own/hermes.config.ts');
    assert.equal(find('unmarked/dags/x.dag.yaml'), undefined);
    assert.equal(find('unmarked/dags/x.dag.yaml', cwd), 'hermes.config.ts');
    assert.equal(find('product/x.dag.yaml', cwd), undefined);
  });
});
