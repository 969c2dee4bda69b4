import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareVersions, isSameVersion, normaliseVersion, parseVersion } from '../../src/core/pep440.ts';

describe('a Python version', () => {
  it('is read in its normal form', () => {
    const spellings: Record<string, string> = {
      '1.2.0': '1.2.0',
      'v1.2': '1.2',
      ' 1.0 ': '1.0',
      '1.0-1': '1.0.post1',
      '1.0RC1': '1.0rc1',
      '1.0.alpha': '1.0a0',
      '1.0-dev': '1.0.dev0',
      '01.02': '1.2',
      '2!1.0': '2!1.0',
      '1.0+Ubuntu-1_x': '1.0+ubuntu.1.x',
      '1.0+0012.a': '1.0+12.a',
    };
    for (const [text, normal] of Object.entries(spellings))
      assert.equal(normaliseVersion(text), normal, text);
  });

  it('keeps words in its label that JavaScript takes for numbers', () => {
    for (const label of ['1e5', '0x1f', 'infinity', '0b1', '12e']) {
      assert.equal(normaliseVersion(`1.0+${label}`), `1.0+${label}`);
    }
  });

  it('keeps every digit of a long number in its label', () => {
    assert.equal(normaliseVersion('1.0+20261121123456789012'), '1.0+20261121123456789012');
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      'latest',
      '1.x',
      'feature/x',
      '1.0+',
      '1.0+a/b',
      '1..0',
      '1.0+é',
      'refs/heads/1.0',
      `1.${'9'.repeat(16)}`,
    ]) {
      assert.equal(parseVersion(text), undefined, text);
    }
  });

  it('orders as pip orders', () => {
    const ordered = [
      '1.2.3.dev0',
      '1.2.3rc1',
      '1.2.3',
      '1.2.3+abc',
      '1.2.3+latest',
      '1.2.3+5',
      '1.2.3+5.a',
      '1.2.3+10',
      '1.2.3.post1',
      '1.2.4.dev1',
      '1.10',
      '1!0',
    ];
    for (const [index, version] of ordered.entries()) {
      for (const [other, second] of ordered.entries()) {
        assert.equal(
          compareVersions(version, second),
          Math.sign(index - other),
          `${version} against ${second}`,
        );
      }
    }
  });

  it('is the same with trailing zeros', () => {
    assert.ok(isSameVersion('1.2', 'v1.2.0'));
    assert.ok(!isSameVersion('1.2', '1.2.1'));
    assert.ok(!isSameVersion('latest', 'latest'));
  });

  it('is normal once it is normalised', () => {
    const label = fc.stringMatching(/^[a-zA-Z0-9]{1,8}([._-][a-zA-Z0-9]{1,8}){0,3}$/);
    fc.assert(
      fc.property(fc.array(fc.nat(999), { minLength: 1, maxLength: 4 }), label, (release, local) => {
        const normal = normaliseVersion(`${release.join('.')}+${local}`);
        assert.notEqual(normal, undefined);
        assert.equal(normaliseVersion(normal ?? ''), normal);
      }),
    );
  });
});
