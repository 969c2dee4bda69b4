import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { systemClock } from '../../../src/core/clock.ts';
import { readContent, receiveContent } from '../../../src/workspace/files/contents.ts';
import { openFiles, putFile } from '../../../src/workspace/files/file-store.ts';
import { findFile, insertFile } from '../../../src/workspace/files/file-table.ts';
import { ancestorsOf, parentOf, parseTreePath, pathInUrl } from '../../../src/workspace/files/tree-path.ts';
import { openDatabase } from '../../../src/workspace/state/database.ts';
import { temporaryFolder } from '../../setup.ts';

const who = { userName: 'ann@example.com', groups: [], isAdmin: false };

describe('The store of files', () => {
  it('finishes after a crash what the database knows, and removes what it does not', async () => {
    const folder = temporaryFolder();
    const db = openDatabase(folder);
    const home = { db, clock: systemClock, folder };
    openFiles(home);
    const bytes = (text: string) => [Buffer.from(text)];
    const options = { overwrite: true, makeParents: true };
    const first = putFile(home, 'dbfs', '/old', await receiveContent(folder, bytes('old')), who, options);
    const known = await receiveContent(folder, bytes('known'));
    const unknown = await receiveContent(folder, bytes('nobody has it'));
    const file = { kind: 'file', language: null, creator: who.userName, ...known } as const;
    insertFile(db, 'dbfs', '/known', file, systemClock.now());
    const old = 'content' in first ? (first.content ?? '') : '';
    db.run('INSERT INTO dropped_contents VALUES (?)', old);
    db.run("DELETE FROM files WHERE path = '/old'");
    openFiles(home);
    assert.equal(readContent(folder, known.content).toString(), 'known');
    assert.deepEqual(readdirSync(join(folder, 'files', 'incoming')), []);
    assert.ok(!existsSync(join(folder, 'files', old.slice(0, 2), old)));
    assert.ok(!existsSync(join(folder, 'files', unknown.content.slice(0, 2), unknown.content)));
    db.close();
  });

  it('leaves nothing of a content that is too large, or whose sender goes away', async () => {
    const folder = temporaryFolder();
    await assert.rejects(receiveContent(folder, [Buffer.alloc(11)], 10), {
      message: 'The content is larger than 10 bytes.',
    });
    const broken = async function* () {
      yield Buffer.from('half');
      throw new Error('gone');
    };
    await assert.rejects(receiveContent(folder, broken()), /gone/);
    assert.deepEqual(readdirSync(join(folder, 'files', 'incoming')), []);
  });

  it('replaces a file in one step: the same object, the other content', async () => {
    const folder = temporaryFolder();
    const db = openDatabase(folder);
    const home = { db, clock: systemClock, folder };
    openFiles(home);
    for (const text of ['one', 'two']) {
      const received = await receiveContent(folder, [Buffer.from(text)]);
      putFile(home, 'volumes', '/a/b', received, who, { overwrite: true, makeParents: true });
    }
    const row = findFile(db, 'volumes', '/a/b');
    assert.equal(readContent(folder, row?.content ?? '').toString(), 'two');
    const kept = readdirSync(join(folder, 'files'), { recursive: true, withFileTypes: true });
    assert.equal(kept.filter((entry) => entry.isFile()).length, 1);
    db.close();
  });
});

describe('A path of a tree', () => {
  it('has one form, in which nothing leads up', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom('..', '.', '', 'a', '\\', '~'));
    const pieces = fc.array(piece, { maxLength: 6 });
    fc.assert(
      fc.property(pieces, (names) => {
        const asked = `/${names.join('/')}`;
        let path: string;
        try {
          path = parseTreePath(asked);
        } catch {
          return;
        }
        assert.equal(parseTreePath(path), path);
        assert.ok(!path.split('/').includes('..') && !path.includes('//') && !/\p{Cc}/u.test(path));
        assert.equal(ancestorsOf(path).at(-1), '/');
        assert.ok(path === '/' || path.startsWith(parentOf(path)));
      }),
      { numRuns: 50 },
    );
  });

  it('is read from a URL as it was sent, each part decoded once', () => {
    const read = (rest: string) => pathInUrl(`/api/2.0/fs/files${rest}?overwrite=true`, '/fs/files');
    assert.equal(read('/Volumes/a%2Fb%20c%2525'), '/Volumes/a/b c%25');
    assert.equal(read('/Volumes/%2e%2e/x'), '/Volumes/../x');
    assert.throws(() => read('/%c0%ae'), {
      message: 'The path in the URL is not valid percent-encoded UTF-8.',
    });
    assert.throws(() => parseTreePath('/a/../b'), { message: `Path "/a/../b" must not contain '..'.` });
    assert.throws(() => parseTreePath('a'), { message: "Path (a) doesn't start with '/'" });
  });
});
