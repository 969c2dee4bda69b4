import assert from 'node:assert/strict';
import fc from 'fast-check';
import { printable, printableLine } from '../../src/core/printable.ts';

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

describe('a name of unknown origin in a line', () => {
  it('shows what moves the cursor, turns, hides or imitates as its code point', () => {
    assert.equal(
      printableLine('a\nb\x1b[31mc\x9bd\u202ee\u200bf\u2028g\u00a0h\ud800'),
      'a<U+000A>b<U+001B>[31mc<U+009B>d<U+202E>e<U+200B>f<U+2028>g<U+00A0>h<U+D800>',
    );
  });

  it('leaves letters, signs and emoji of every language alone', () => {
    const names = ['feature/new-column', 'x$(touch$IFS/y)', 'año/é', '機能/新しい列', 'ميزة', '🚀 fast'];
    for (const name of names) assert.equal(printableLine(name), name);
  });

  it('is one line of visible characters whatever comes in, and the same when shown again', () => {
    const hidden = /(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/u;
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\u202e', '\u200b', '\u0085', '\r', '\x1b[2J', 'a', ' ') }),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = printableLine(text);
        return !hidden.test(shown) && printableLine(shown) === shown;
      }),
    );
  });
});
