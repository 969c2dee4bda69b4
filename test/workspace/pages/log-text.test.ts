import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cleanLog, logLines } from '../../../src/workspace/pages/log-text.ts';

describe('the text of a log on a page', () => {
  const cases: [string, string, string][] = [
    ['drops colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['drops links of terminals', '\u001b]8;;https://evil\u0007text\u001b]8;;\u0007', 'text'],
    ['shows the last drawing of a progress bar', '10%\r50%\r100%\r\nnext', '100%\nnext'],
    ['shows control characters as pictures', 'a\u0000b\u0008c\u007f', 'a␀b␈c␡'],
    ['keeps tabs, and makes direction overrides visible', 'a\tb\u202ec', 'a\tb\ufffdc'],
    ['leaves HTML to whoever writes the page', '<script>alert(1)</script>', '<script>alert(1)</script>'],
  ];
  for (const [behaviour, text, shown] of cases) it(behaviour, () => assert.equal(cleanLog(text), shown));

  it('cuts a line that nobody could read', () => {
    assert.equal(
      cleanLog('x'.repeat(20_000)),
      `${'x'.repeat(16_384)} … 3616 more characters, see the download`,
    );
  });

  it('never lets a control character through, and never changes the number of lines', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const shown = cleanLog(text);
        assert.doesNotMatch(shown, /(?![\n\t])\p{Cc}/u);
        assert.equal(shown.split('\n').length, text.split('\n').length);
      }),
    );
  });

  it('numbers lines from where the piece begins', () => {
    assert.deepEqual(logLines('a\n\nb', 7), [
      { number: 7, text: 'a' },
      { number: 8, text: '' },
      { number: 9, text: 'b' },
    ]);
    assert.deepEqual(logLines('', 1), []);
  });
});
