import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryFolder } from '../../src/core/try-folder.ts';
import { temporaryFolder } from '../setup.ts';

describe('trying a folder', () => {
  it('leaves nothing behind, and what stood', () => {
    const place = temporaryFolder();
    mkdirSync(join(place, 'there'));
    tryFolder(join(place, 'there', 'a', 'b'));
    assert.deepEqual(readdirSync(place, { recursive: true }), ['there']);
  });

  it('leaves nothing behind of a folder that cannot be made', () => {
    const place = temporaryFolder();
    writeFileSync(join(place, 'file'), '');
    const tooLong = join(place, 'a', 'x'.repeat(300));
    for (const folder of [join(place, 'file', 'a'), tooLong]) assert.throws(() => tryFolder(folder));
    assert.deepEqual(readdirSync(place, { recursive: true }), ['file']);
  });
});
