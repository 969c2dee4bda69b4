import assert from 'node:assert/strict';
import fc from 'fast-check';
import { judgeVersion, nextVersion, suggestVersion } from '../../ci/judge-version.ts';
import { compareVersions } from '../../src/core/pep440.ts';

describe('the version of a changed project', () => {
  it('is judged by the order of PEP 440, against where the work began and where the branch stands', () => {
    const judged: [head: string, base: string, tip: string | undefined, judgement: string][] = [
      ['0.1.1', '0.1.0', '0.1.0', 'raised'],
      ['0.1.1', '0.1.0', undefined, 'raised'],
      ['0.10', '0.9', '0.9', 'raised'],
      ['1.0', '1.0rc1', '1.0rc1', 'raised'],
      ['1.0.post1', '1.0', '1.0', 'raised'],
      ['1.2.0', '1.2', '1.2', 'same'],
      ['0.1.0', '0.1.0', '0.2.0', 'same'],
      ['1.0rc1', '1.0', '1.0', 'lowered'],
      ['0.0.9', '0.1.0', '0.1.0', 'lowered'],
      ['0.1.1', '0.1.0', '0.1.1', 'taken'],
      ['0.1.1', '0.1.0', '0.2.0', 'taken'],
    ];
    for (const [head, base, tip, judgement] of judged) {
      assert.equal(judgeVersion({ head, base, tip }), judgement, `${head} ${base} ${tip}`);
    }
  });

  it('is suggested one above the highest that is in use', () => {
    assert.equal(suggestVersion({ base: '0.1.0' }), '0.1.1');
    assert.equal(suggestVersion({ base: '0.1.0', tip: '0.2.9' }), '0.2.10');
    assert.equal(suggestVersion({ base: '1.0', tip: '0.9' }), '1.1');
  });

  it('has a next one of its own kind, which is always higher', () => {
    const nexts = {
      '0.1.0': '0.1.1',
      '1': '2',
      '1.0rc1': '1.0rc2',
      '1.0.dev3': '1.0.dev4',
      '1.0.post9': '1.0.post10',
    };
    for (const [version, next] of Object.entries(nexts)) assert.equal(nextVersion(version), next);
    const number = fc.nat(2000);
    const version = fc
      .tuple(
        fc.array(number, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('', 'rc1', 'a0', '.dev2', '.post3'),
      )
      .map(([numbers, end]) => numbers.join('.') + end);
    fc.assert(fc.property(version, (text) => compareVersions(nextVersion(text), text) > 0));
  });
});
