import assert from 'node:assert/strict';
import { parseRecord } from '../../src/templates/parse-record.ts';
import { createRecord, RECORD_PATH } from '../../src/templates/template-record.ts';
import { answers } from './older-repository.ts';

describe('the record of a template', () => {
  const recordWith = (path: string) =>
    JSON.stringify({
      ...createRecord('product', answers, []),
      files: { [path]: { sha256: '0'.repeat(64), owner: 'managed' } },
    });

  it('may name no file outside of the repository, and none of git', () => {
    const refused = [
      '../x',
      '/etc/passwd',
      'a/../../x',
      '.git/hooks/x',
      'a/.GIT/x',
      'a//b',
      './a',
      'a\\b',
      'c:/x',
      '',
      'a\nb',
      '.git\u200c/x',
      'git~1/x',
    ];
    for (const path of refused)
      assert.throws(
        () => parseRecord(recordWith(path), RECORD_PATH),
        (error: Error) =>
          error.message.includes('a path leads to a file of the repository: build_tools/test.sh.'),
        JSON.stringify(path),
      );
    for (const path of ['.gitignore', '.github/workflows/ci.yml', 'a/b c.txt'])
      assert.ok(parseRecord(recordWith(path), RECORD_PATH));
  });

  it('is refused with the place of each mistake', () => {
    const text =
      '{\n  "version": "1.0.0",\n  "kind": "product",\n  "answers": { "name": "w" },\n  "files": {\n    "../x": 1\n  }\n}\n';
    assert.throws(() => parseRecord(text, RECORD_PATH), {
      code: 'HERMES_PROBLEMS',
      message: /^\.hermes\/template\.json:4:\d+ {2}answers\.team.*\n(.*\n)*\.hermes\/template\.json:6:5/m,
    });
  });

  it('may lack what an older template did not ask', () => {
    const { project, ...older } = answers;
    const record = { ...createRecord('product', answers, []), answers: older };
    assert.equal(parseRecord(JSON.stringify(record), RECORD_PATH).answers.project, project);
  });

  it('renders no answer that would become syntax', () => {
    const record = { ...createRecord('product', answers, []), answers: { ...answers, project: '../../x' } };
    assert.throws(() => parseRecord(JSON.stringify(record), RECORD_PATH), { code: 'HERMES_BAD_NAME' });
  });
});
