import { strict as assert } from 'node:assert';
import { concealer } from '../../../src/databricks/sign-in/conceal.ts';

describe('masking the secrets of a connection', () => {
  const conceal = concealer(['a/b"c', '', 'a/b"cd']);

  it('masks each form in which a server may repeat them', () => {
    const forms = [
      'a/b"c',
      'a\\/b\\"c',
      'a%2Fb%22c',
      'a%2fb%22c',
      'a/b&quot;c',
      'a/b&#34;c',
      'a&#x2F;b\\u0022c',
      '%61%2f%62%22%63',
      btoa('a/b"c'),
    ];
    for (const form of forms) assert.equal(conceal(`x ${form} y`), 'x [redacted] y', form);
  });

  it('masks the longer of two whole, and leaves other texts alone', () => {
    assert.equal(conceal('a/b"cd'), '[redacted]');
    assert.equal(conceal('a/b c'), 'a/b c');
    assert.equal(concealer([''])('text'), 'text');
  });

  it('takes no longer for backslashes than for anything else', () => {
    const slashes = '\\'.repeat(200);
    assert.equal(concealer([`${slashes}x`])(`${slashes.repeat(20)}y`), `${slashes.repeat(20)}y`);
  });
});
