import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CI, create, plan, SCRIPT, update } from './updated-repository.ts';

describe('any update from any template', () => {
  const paths = [
    CI,
    SCRIPT,
    'Jenkinsfile',
    'build_tools/package.json',
    '.github/workflows/ci.yml',
    'README.md',
  ];
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 6 })
    .map((words) => words.map((word) => `${word}\n`).join(''));
  const texts = fc.dictionary(fc.constantFrom(...paths), text, { minKeys: 1, noNullPrototype: true });
  const edits = fc.dictionary(fc.constantFrom(...paths), fc.option(text, { nil: undefined }), {
    maxKeys: 3,
    noNullPrototype: true,
  });

  it('makes untouched files the template, leaves deleted ones deleted, and does nothing the second time', () =>
    fc.assert(
      fc.asyncProperty(
        texts,
        fc.array(fc.tuple(edits, texts), { maxLength: 3, minLength: 1 }),
        async (first, steps) => {
          const repository = create(first);
          const deleted = new Set<string>();
          for (const [edit, fresh] of steps) {
            const recorded = repository.record.files;
            for (const [path, change] of Object.entries(edit)) {
              if (change === undefined && recorded[path] !== undefined) deleted.add(path);
              if (change !== undefined) deleted.delete(path);
              repository.write(path, change === undefined ? undefined : Buffer.from(change));
            }
            const before = new Map([...repository.files].map(([path]) => [path, repository.text(path)]));
            const planned = plan(repository, fresh);
            await update(repository, fresh);
            for (const { path, action } of planned) {
              if (action === 'replace' || action === 'add') assert.equal(repository.text(path), fresh[path]);
              if (action === 'remove') assert.equal(repository.files.has(path), false);
            }
            assert.equal(repository.text('README.md'), before.get('README.md'));
            // What the template drops it also forgets.
            for (const path of deleted) if (fresh[path] === undefined) deleted.delete(path);
            for (const path of deleted)
              if (fresh[path] !== undefined && repository.record.files[path] !== undefined)
                assert.equal(repository.files.has(path), false, path);
            const again = await update(repository, fresh);
            assert.deepEqual(again.changes, []);
          }
        },
      ),
      { numRuns: 30 },
    ));

  it('keeps every line that was added by hand, in a merge or between marks', () =>
    fc.assert(
      fc.asyncProperty(text, text, fc.integer({ min: 0, max: 6 }), async (base, theirs, place) => {
        const repository = create({ [CI]: base });
        const mine = base.split('\n').toSpliced(place, 0, 'MINE').join('\n');
        repository.write(CI, Buffer.from(mine));
        await update(repository, { [CI]: theirs });
        assert.ok(repository.text(CI)?.split('\n').includes('MINE'));
      }),
      { numRuns: 30 },
    ));
});
