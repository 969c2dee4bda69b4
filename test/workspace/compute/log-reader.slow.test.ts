import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { cutLog } from '../../../src/workspace/compute/driver-log.ts';
import {
  lineNumberAt,
  nextLineStart,
  offsetOfLine,
  readLines,
  readTail,
} from '../../../src/workspace/compute/log-reader.ts';
import { readLogPiece } from '../../../src/workspace/pages/log-piece.ts';
import { temporaryFolder } from '../../setup.ts';

describe('reading a log', () => {
  const fileOf = (text: string | Uint8Array): string => {
    const file = join(temporaryFolder(), 'driver.log');
    writeFileSync(file, text);
    return file;
  };

  it('gives the last bytes, and says whether there is more', async () => {
    const file = fileOf('one\ntwo\n');
    assert.deepEqual(await readTail(file, 4), { text: 'two\n', isCut: true });
    assert.deepEqual(await readTail(file, 100), { text: 'one\ntwo\n', isCut: false });
    assert.deepEqual(await readTail('/nowhere', 100), { text: '', isCut: false });
  });

  it('waits with a line that is still being written', async () => {
    const file = fileOf('one\ntw');
    const piece = await readLines(file, 0, 1_000, false);
    assert.deepEqual([piece.text, piece.nextOffset], ['one\n', 4]);
    appendFileSync(file, 'o\n');
    assert.equal((await readLines(file, piece.nextOffset, 1_000, false)).text, 'two\n');
  });

  it('gives a last line without its end when nothing more will come', async () => {
    assert.equal((await readLines(fileOf('one\ntw'), 0, 1_000, true)).text, 'one\ntw');
  });

  it('gives a line longer than a piece in parts, never cutting a character', async () => {
    const file = fileOf('é'.repeat(100));
    let text = '';
    for (let offset = 0; offset < 200; ) {
      const piece = await readLines(file, offset, 33, false);
      if (piece.nextOffset === offset) break;
      text += piece.text;
      offset = piece.nextOffset;
    }
    assert.ok(text.length >= 84 && /^é+$/.test(text), text);
  });

  it('starts again when the file has become shorter', async () => {
    assert.equal((await readLines(fileOf('new\n'), 500, 1_000, false)).offset, 0);
  });

  it('finds lines by number and numbers by offset', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 5 }), { maxLength: 20 }),
        async (words) => {
          const lines = words.map((word) => word.replaceAll('\n', ''));
          const file = fileOf(`${lines.join('\n')}\n`);
          for (let line = 1; line <= lines.length; line += 1) {
            const offset = await offsetOfLine(file, line);
            assert.equal(
              offset,
              Buffer.byteLength(
                lines
                  .slice(0, line - 1)
                  .map((text) => `${text}\n`)
                  .join(''),
              ),
            );
            assert.equal(await lineNumberAt(file, offset), line);
            assert.equal(await nextLineStart(file, offset), offset);
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('finds a text from a line on, whatever its letter case, and numbers what it shows', async () => {
    const file = fileOf(
      Array.from(
        { length: 50_000 },
        (_, index) => `line ${index + 1}${index === 40_000 ? ' Néedle' : ''}\n`,
      ).join(''),
    );
    const found = await readLogPiece(file, { find: 'néeDLE', line: '0' }, true);
    assert.equal(found.foundLine, 40_001);
    assert.equal(found.lines[0]?.number, 39_981);
    assert.equal(found.lines[20]?.text, 'line 40001 Néedle');
    assert.equal((await readLogPiece(file, { find: 'néedle', line: '40001' }, true)).foundLine, undefined);
    const tail = await readLogPiece(file, {}, true);
    assert.equal(tail.lines.at(-1)?.number, 50_000);
    const before = await readLogPiece(file, { before: String(tail.offset) }, true);
    assert.equal(before.nextOffset, tail.offset);
    assert.equal(before.lines.at(-1)?.number, (tail.lines[0]?.number ?? 0) - 1);
  });

  it('cuts the beginning of a log that outgrows its cap, and says so', () => {
    const file = fileOf(`${'x'.repeat(1_600)}end\n`);
    assert.equal(cutLog(file, 1_600), true);
    const text = readFileSync(file, 'utf8');
    assert.equal(
      text,
      `[hermes] The log passed 1600 bytes. Its first 1504 bytes were dropped.\n${'x'.repeat(96)}end\n`,
    );
    assert.equal(cutLog(file, 1_600), false);
  });
});
