import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { compileFiles } from '../../../../src/engines/airflow/compile/compile-files.ts';
import { planBuild } from '../../../../src/engines/airflow/compile/plan-build.ts';
import { temporaryFolder } from '../../../setup.ts';

function write(folder: string, name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

function dagText(id: string, more = ''): string {
  return `dag: ${id}\nteam: weather\n${more}tasks:\n  a:\n    hermes: { project_name: observations }\n`;
}

const typescript = (id: string): string => `import { Dag, HermesOperator } from 'hermes-data-products';
import { project } from './project.ts';
export default new Dag('${id}', { team: 'weather' }, () => {
  new HermesOperator({ taskId: 'a', projectName: project });
});
`;

describe('compiling DAG files', () => {
  it('gives the same whatever an earlier compile has kept', async () => {
    const names = ['a.dag.yaml', 'b.dag.yaml', 'sub/c.dag.yaml'];
    const contents = [
      dagText('one'),
      dagText('two', 'doc: ./notes.md\n'),
      dagText('two', 'doc: notes.md\nretries: 1\n'),
      `${dagText('three')}---\n${dagText('four', 'schedule: "0 6 * * *"\n')}`,
      dagText('One'),
      dagText('faulty', 'retires: 2\n'),
      'tasks: [',
    ];
    const edit = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ name: fc.constantFrom(...names), text: fc.constantFrom(...contents) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ name: fc.constantFrom('notes.md', 'sub/notes.md'), text: fc.string() }),
      },
      { weight: 2, arbitrary: fc.record({ name: fc.constantFrom(...names, 'notes.md') }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 8 }), async (edits) => {
        const folder = temporaryFolder();
        const cache = join(folder, '.cache', 'compiled');
        for (const one of edits) {
          if ('text' in one) write(folder, one.name, one.text);
          else rmSync(join(folder, one.name), { force: true });
          const kept = await compileFiles(['.'], { cwd: folder, cache });
          assert.deepEqual(kept, await compileFiles(['.'], { cwd: folder }));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('reads programs anew each time, since they may read other files', async () => {
    const folder = temporaryFolder();
    const cache = join(folder, 'cache');
    write(folder, 'dags/a.dag.ts', typescript('program'));
    write(folder, 'dags/b.dag.yaml', dagText('data'));
    for (const project of ['observations', 'market']) {
      write(folder, 'dags/project.ts', `export const project = '${project}';\n`);
      const { dags, problems } = await compileFiles(['dags'], { cwd: folder, cache });
      assert.deepEqual(problems, []);
      assert.deepEqual(
        dags.map(({ dagId, source }) => [dagId, source]),
        [
          ['program', 'dags/a.dag.ts'],
          ['data', 'dags/b.dag.yaml'],
        ],
      );
      assert.match(dags[0]?.line ?? '', new RegExp(`"project":"${project}"`));
    }
  });

  it('takes what is kept for nothing when the file was cut, changed, or written by other code', async () => {
    const folder = temporaryFolder();
    const cache = join(folder, 'cache');
    write(folder, 'dags/a.dag.yaml', dagText('one', 'description: näive\n'));
    const options = { cwd: folder, cache };
    const first = await compileFiles(['dags'], options);
    const bytes = readFileSync(cache);
    const damages = [
      bytes.subarray(0, bytes.length - 1),
      bytes.subarray(0, 20),
      Buffer.from(bytes.toString('latin1').replace('observations', 'observatoins'), 'latin1'),
      Buffer.from(bytes.toString('latin1').replace(/"code":"\w\w/, '"code":"zz'), 'latin1'),
      Buffer.alloc(0),
    ];
    for (const damaged of damages) {
      writeFileSync(cache, damaged);
      assert.deepEqual(await compileFiles(['dags'], options), first);
      assert.deepEqual(readFileSync(cache), bytes);
    }
  });

  it('gives the same bytes for the same DAGs, whatever the files are called and the order in which they come', async () => {
    const texts = ['one', 'two', 'three'].map((id) => dagText(id));
    const manifests = [texts, texts.toReversed()].map(async (list, index) => {
      const folder = temporaryFolder();
      for (const [place, text] of list.entries()) write(folder, `dags/${index}${place}.dag.yaml`, text);
      const { dags } = await compileFiles(['dags'], { cwd: folder });
      return planBuild(dags).get('hermes_dags_0.json');
    });
    const [first, second] = await Promise.all(manifests);
    assert.equal(first, second);
  });
});
