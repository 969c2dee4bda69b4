import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { shellWord } from '../../src/cli/shell-word.ts';
import { printableLine } from '../../src/core/printable.ts';

describe('a text as a word of a shell', () => {
  it('is itself where nothing in it means anything', () => {
    assert.equal(shellWord('feature/new-column'), 'feature/new-column');
    assert.equal(shellWord("it's $(id)"), "'it'\\''s $(id)'");
    assert.equal(shellWord("a\u202e'b"), "$'a\\xe2\\x80\\xae\\'b'");
  });

  it('is read back by bash as it was, and shows everything that it holds', () => {
    const hostile = fc.oneof(
      fc
        .string({ unit: 'binary', minLength: 1 })
        .filter((text) => text.isWellFormed() && !text.includes('\0')),
      fc.string({
        unit: fc.constantFrom("'", '\\', '$(id)', '`', '\u202e', '\n', '\x1b[2J', 'a', '0', '!'),
        minLength: 1,
      }),
    );
    const texts = fc.sample(hostile, 300);
    const words = texts.map(shellWord);
    for (const word of words) assert.equal(printableLine(word), word);
    const script = `printf '%s\\0' ${words.join(' ')}`;
    const { stdout, status } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    assert.equal(status, 0);
    assert.deepEqual(stdout.split('\0').slice(0, -1), texts);
  });
});
