import assert from 'node:assert/strict';
import fc from 'fast-check';
import { printable } from '../../src/core/printable.ts';

describe('a text of unknown origin', () => {
  it('loses its terminal sequences and shows other control characters as pictures', () => {
    assert.equal(printable('\x1b[31mred\x1b[0m \x1b]0;title\x07a\rb\0\x7f'), 'red a␍b␀␡');
  });

  it('cannot turn the direction of writing around', () => {
    assert.equal(printable('a\u202eb\u2066c'), 'a\ufffdb\ufffdc');
  });

  it('keeps line breaks and tabs, and never any other control character', () => {
    assert.equal(printable('a\n\tb'), 'a\n\tb');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => !/(?![\n\t])\p{Cc}/u.test(printable(text))),
    );
  });
});
