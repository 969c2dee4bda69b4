import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { contentOf } from '../../ci/archive-entry.ts';
import { readArchive, writeArchive } from '../../ci/zip-archive.ts';
import { temporaryFolder } from '../setup.ts';
import { zip } from './a-build.ts';

/** Bytes of an archive with one text replaced by another of its length, wherever it stands. */
function patched(bytes: Buffer, from: string, to: string, count = Number.POSITIVE_INFINITY): Buffer {
  const copy = Buffer.from(bytes);
  let at = copy.indexOf(from);
  for (let done = 0; at >= 0 && done < count; done += 1) {
    copy.write(to, at, 'latin1');
    at = copy.indexOf(from, at + 1);
  }
  return copy;
}

/** An archive that Python writes by the given statements. */
function fromPython(statements: string): Buffer {
  const file = join(temporaryFolder(), 'x.zip');
  execFileSync('python3', ['-c', `import sys, zipfile\npath = sys.argv[1]\n${statements}`, file]);
  return readFileSync(file);
}

describe('an archive', () => {
  it('comes out as it went in, whatever is in it', async () => {
    const name = fc.stringMatching(/^[a-zé][a-zA-Z0-9é温_.-]{0,20}$/);
    const file = fc.record({
      name,
      content: fc.uint8Array({ maxLength: 300 }),
      mode: fc.constantFrom(0o100644, 0o100755),
    });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(file, { selector: (one) => one.name, maxLength: 8 }), async (files) => {
        const bytes = await zip(files);
        const entries = await readArchive(bytes);
        assert.deepEqual(Buffer.from(writeArchive(entries)), bytes);
        assert.deepEqual(
          entries.map((entry) => Buffer.from(contentOf(entry))),
          files.map(({ content }) => Buffer.from(content)),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('of Python comes out as it went in, with folders, stored files, comments and extra fields', async () => {
    const bytes = fromPython(`
with zipfile.ZipFile(path, "w") as z:
    z.writestr("folder/", "")
    z.writestr(zipfile.ZipInfo("stored.txt", (1999, 12, 31, 23, 59, 58)), "x" * 100)
    info = zipfile.ZipInfo("d\\u00eda.txt")
    info.compress_type, info.comment, info.extra = zipfile.ZIP_DEFLATED, b"hi", b"\\x55\\x54\\x05\\x00\\x01\\x00\\x00\\x00\\x00"
    z.writestr(info, "y" * 100)
`);
    assert.deepEqual(Buffer.from(writeArchive(await readArchive(bytes))), bytes);
  });

  it('is read with sizes behind the content and in fields of 64 bits, and written without', async () => {
    const bytes = fromPython(`
class Pipe:
    def __init__(self, file): self.file = file
    def write(self, data): return self.file.write(data)
    def flush(self): self.file.flush()
with open(path, "wb") as out, zipfile.ZipFile(Pipe(out), "w", zipfile.ZIP_DEFLATED) as z:
    with z.open("a.txt", "w", force_zip64=True) as f: f.write(b"a" * 1000)
    z.writestr("b.txt", "b")
`);
    const written = writeArchive(await readArchive(bytes));
    assert.ok(written.length < bytes.length);
    const entries = await readArchive(written);
    assert.deepEqual(
      entries.map((entry) => [entry.name, Buffer.from(contentOf(entry)).toString(), entry.header.flags & 8]),
      [
        ['a.txt', 'a'.repeat(1000), 0],
        ['b.txt', 'b', 0],
      ],
    );
    assert.equal(entries[0]?.header.localExtra.length, 0);
  });

  it('loses its comment', async () => {
    const bytes = fromPython(
      'with zipfile.ZipFile(path, "w") as z:\n    z.writestr("a", "b")\n    z.comment = b"tail"\n',
    );
    assert.ok(!Buffer.from(writeArchive(await readArchive(bytes))).includes('tail'));
  });

  const one = [{ name: 'aa/b.py', content: 'x = 1\n' }];
  const twins = [...one, { name: 'aa/c.py', content: 'x = 2\n' }];
  const refused: readonly [string, () => Promise<Buffer>, RegExp][] = [
    [
      'names outside of it',
      async () => patched(await zip(one), 'aa/b.py', '../b.py'),
      /invalid relative path/,
    ],
    ['absolute names', async () => patched(await zip(one), 'aa/b.py', '/a/b.py'), /absolute path/],
    [
      'names of Windows',
      async () => patched(await zip(one), 'aa/b.py', 'aa\\b.py'),
      /invalid characters in fileName/,
    ],
    [
      'one name twice',
      async () => patched(await zip(twins), 'aa/c.py', 'aa/b.py'),
      /^Error: it holds "aa\/b\.py" twice$/,
    ],
    [
      'a file with two names',
      async () => patched(await zip(one), 'aa/b.py', 'aa/z.py', 1),
      /^Error: it names "aa\/b\.py" differently in two places$/,
    ],
    [
      'content that is not where it says',
      async () => patched(await zip(one), 'PK\x03\x04', 'PK\x03\x05'),
      /^Error: "aa\/b\.py" is not where it says$/,
    ],
    [
      'another compression',
      async () =>
        fromPython('with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as z:\n    z.writestr("a", "b")\n'),
      /^Error: "a" is packed by method 12; deflate is method 8$/,
    ],
    [
      'an end that is cut off',
      async () => (await zip(one)).subarray(0, -5),
      /Not a zip file|end of file|comment/i,
    ],
  ];
  for (const [title, make, message] of refused) {
    it(`with ${title} is refused`, async () => {
      await assert.rejects(readArchive(await make()), message);
    });
  }

  it('that claims to be huge is refused before anything is unpacked', async () => {
    const bytes = await zip(one);
    const at = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    bytes.writeUInt32LE(0x7fffffff, at + 24);
    await assert.rejects(readArchive(bytes), {
      message: 'it unpacks to more than 1024 MiB or 65535 files',
    });
  });

  it('whose content unpacks to more than it says gives an error, not a full memory', async () => {
    const bytes = await zip([{ name: 'bomb', content: Buffer.alloc(20_000_000) }]);
    const at = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    bytes.writeUInt32LE(10, at + 24);
    const [bomb] = await readArchive(bytes);
    assert.ok(bomb);
    assert.throws(() => contentOf(bomb), { message: 'the content of "bomb" is damaged' });
  });

  it('whose content is not the one that was packed is noticed', async () => {
    const [entry] = await readArchive(await zip(one));
    assert.ok(entry);
    assert.throws(() => contentOf({ ...entry, crc32: 7 }), {
      message: 'the content of "aa/b.py" is damaged',
    });
  });
});
