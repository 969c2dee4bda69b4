import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import { type ArchiveEntry, contentOf } from '../../ci/archive-entry.ts';
import { recordHash, reversionWheel } from '../../ci/reversion-wheel.ts';
import { readWheelMetadata } from '../../ci/wheel.ts';
import { readArchive } from '../../ci/zip-archive.ts';
import { type HandWheel, makeWheel } from './a-build.ts';

const version = '1.5.0+feature.x.h1f0c9d2e.g3f1c2aa0';
const fileName = 'observations-1.5.0-py3-none-any.whl';
const info = `observations-${version}.dist-info`;

async function reversioned(wheel: HandWheel = {}, name = fileName): Promise<ArchiveEntry[]> {
  return readArchive(
    (await reversionWheel({ fileName: name, bytes: await makeWheel(wheel) }, version)).bytes,
  );
}

function textOf(entries: readonly ArchiveEntry[], name: string): string {
  const entry = entries.find((one) => one.name === name);
  assert.ok(entry, `${name} is missing among ${entries.map((one) => one.name).join(', ')}`);
  return Buffer.from(contentOf(entry)).toString();
}

function rowsOf(entries: readonly ArchiveEntry[], folder = info): string[][] {
  return parse(textOf(entries, `${folder}/RECORD`));
}

describe('giving a wheel another version', () => {
  it('says it in the file name, METADATA, the folders and RECORD', async () => {
    const wheel = await reversionWheel({ fileName, bytes: await makeWheel() }, version);
    assert.equal(wheel.fileName, `observations-${version}-py3-none-any.whl`);
    const entries = await readArchive(wheel.bytes);
    assert.deepEqual(
      entries.map((entry) => entry.name),
      [
        'observations/__init__.py',
        'observations/a, "b".py',
        `observations-${version}.data/scripts/run`,
        `${info}/METADATA`,
        `${info}/WHEEL`,
        `${info}/RECORD`,
      ],
    );
    assert.equal((await readWheelMetadata(wheel.bytes)).version, version);
    const metadata = textOf(entries, `${info}/METADATA`);
    assert.match(metadata, /\nVersion: 9 is not a header\n$/);
    const rows = rowsOf(entries);
    assert.deepEqual(
      rows.map(([path]) => path),
      entries.map((entry) => entry.name),
    );
    const hash = recordHash(Buffer.from(metadata));
    assert.deepEqual(rows[3], [`${info}/METADATA`, hash, String(metadata.length)]);
    assert.deepEqual(rows[1], ['observations/a, "b".py', 'sha256=abc', '6']);
    assert.deepEqual(rows[5], [`${info}/RECORD`, '', '']);
  });

  it('hands everything else on as it lies in the archive', async () => {
    const before = await readArchive(await makeWheel());
    const after = await reversioned();
    assert.equal(after.length, before.length);
    for (const [index, entry] of before.entries()) {
      const { nameBytes: _before, ...header } = entry.header;
      const { nameBytes: _after, ...same } = after[index]?.header ?? entry.header;
      assert.deepEqual(same, header);
      if (/METADATA|RECORD/.test(entry.name)) continue;
      assert.deepEqual(after[index]?.packed, entry.packed);
    }
  });

  it('gives the same bytes each time, also the way there and back', async () => {
    const bytes = await makeWheel();
    const one = await reversionWheel({ fileName, bytes }, version);
    const two = await reversionWheel({ fileName, bytes }, version);
    assert.deepEqual(one, two);
    assert.deepEqual((await reversionWheel(one, version)).bytes, one.bytes);
    const back = await reversionWheel(one, '1.5.0');
    assert.deepEqual(back, await reversionWheel({ fileName, bytes }, '1.5.0'));
  });

  it('keeps the spelling of a distribution that is another inside than outside', async () => {
    const stem = 'Observations.Demo-1.5';
    const metadata = 'Metadata-Version: 2.1\nName: Observations.Demo\nVersion: 1.5\n';
    const entries = await reversioned({ stem, metadata }, 'observations_demo-1.5.0-py2.py3-none-any.whl');
    const folder = `Observations.Demo-${version}.dist-info`;
    assert.match(textOf(entries, `${folder}/METADATA`), /^Name: Observations\.Demo$/m);
    assert.deepEqual(
      rowsOf(entries, folder).map(([path]) => path),
      entries.map(({ name }) => name),
    );
  });

  it('leaves folders alone that only look like its own', async () => {
    const more = [{ name: 'observations_extra-1.5.0.data/x', content: 'x' }];
    const names = (await reversioned({ more })).map(({ name }) => name);
    assert.ok(names.includes('observations_extra-1.5.0.data/x'));
  });

  it('keeps the line ends of METADATA and RECORD', async () => {
    const metadata = 'Metadata-Version: 2.1\r\nName: observations\r\nVersion: 1.5.0\r\n\r\nText\r\n';
    const record = 'observations-1.5.0.dist-info/RECORD,,\r\n';
    const entries = await reversioned({ metadata, record });
    assert.equal(
      textOf(entries, `${info}/METADATA`),
      `Metadata-Version: 2.1\r\nName: observations\r\nVersion: ${version}\r\n\r\nText\r\n`,
    );
    assert.equal(textOf(entries, `${info}/RECORD`), `${info}/RECORD,,\r\n`);
  });

  const headers: readonly [string, string, string][] = [
    ['without a line end', 'Name: observations\nVersion: 1.5.0', `Name: observations\nVersion: ${version}`],
    [
      'that is folded and written in small letters',
      'name: observations\nversion:\n 1.5.0\nSummary: x\n',
      `name: observations\nVersion: ${version}\nSummary: x\n`,
    ],
    [
      'after a folded line that looks like it',
      'Name: observations\nSummary: a\n Version: 7\nVersion: 1.5.0\n\n',
      `Name: observations\nSummary: a\n Version: 7\nVersion: ${version}\n\n`,
    ],
  ];
  for (const [title, metadata, expected] of headers) {
    it(`finds a version ${title}`, async () => {
      assert.equal(textOf(await reversioned({ metadata }), `${info}/METADATA`), expected);
    });
  }

  it('keeps bytes of METADATA that are no UTF-8', async () => {
    const latin1 = Buffer.from('Name: observations\nVersion: 1.5.0\n\nA\xf1o\n', 'latin1');
    const metadata = (await reversioned({ metadata: latin1 })).find(
      ({ name }) => name === `${info}/METADATA`,
    );
    assert.ok(metadata);
    assert.equal(
      Buffer.from(contentOf(metadata)).toString('latin1'),
      `Name: observations\nVersion: ${version}\n\nA\xf1o\n`,
    );
  });

  it('leaves out signatures, which would be of another RECORD', async () => {
    const old = 'observations-1.5.0.dist-info';
    const entries = await reversioned({
      more: [{ name: `${old}/RECORD.jws`, content: '{}' }],
      record: `${old}/RECORD.jws,,\n${old}/RECORD,,\n`,
    });
    assert.ok(!entries.some(({ name }) => name.endsWith('.jws')));
    assert.deepEqual(rowsOf(entries), [[`${info}/RECORD`, '', '']]);
  });

  it('renames quoted rows, and keeps every other row as it is written', async () => {
    const old = 'observations-1.5.0.dist-info';
    const record = `"plain.py",sha256=abc,1\n"a\nb ""c"", d.py",sha256=abc,1\n"${old}/licenses/a, ""b"".txt",sha256=abc,2\n"${old}/METADATA",sha256=old,1\n${old}/RECORD,,`;
    const entries = await reversioned({ record });
    const metadata = textOf(entries, `${info}/METADATA`);
    const hash = recordHash(Buffer.from(metadata));
    assert.equal(
      textOf(entries, `${info}/RECORD`),
      `"plain.py",sha256=abc,1\n"a\nb ""c"", d.py",sha256=abc,1\n"${info}/licenses/a, ""b"".txt",sha256=abc,2\n${info}/METADATA,${hash},${metadata.length}\n${info}/RECORD,,`,
    );
  });

  it('keeps names that are not English, in RECORD too', async () => {
    const name = 'observations/día_温度.py';
    const entries = await reversioned({
      more: [{ name, content: 'x' }],
      record: `${name},sha256=abc,1\nobservations-1.5.0.dist-info/RECORD,,\n`,
    });
    assert.ok(entries.some((entry) => entry.name === name));
    assert.deepEqual(rowsOf(entries)[0], [name, 'sha256=abc', '1']);
  });

  const refused: readonly [string, HandWheel, string, RegExp][] = [
    ['has no wheel’s name', {}, 'latest.whl', /^Error: "latest\.whl" is not the name of a wheel$/],
    ['is of another project', {}, 'other-1.5.0-py3-none-any.whl', /holds observations-1\.5\.0\.dist-info$/],
    [
      'is of another version',
      {},
      'observations-2-py3-none-any.whl',
      /holds observations-1\.5\.0\.dist-info$/,
    ],
    [
      'says another version inside',
      { metadata: 'Name: observations\nVersion: 2.0\n' },
      fileName,
      /^Error: it is called observations-1\.5\.0-py3-none-any\.whl and says version 2\.0 in METADATA$/,
    ],
    [
      'says no version',
      { metadata: 'Name: x\n\nVersion: 1\n' },
      fileName,
      /^Error: its METADATA has no version$/,
    ],
    [
      'has two .dist-info folders',
      { more: [{ name: 'x-1.dist-info/METADATA', content: '' }] },
      fileName,
      /^Error: it has 2 \.dist-info folders$/,
    ],
  ];
  for (const [title, wheel, name, message] of refused) {
    it(`refuses what ${title}`, async () => {
      await assert.rejects(reversioned(wheel, name), message);
    });
  }

  it('refuses what is no archive', async () => {
    await assert.rejects(
      reversionWheel({ fileName, bytes: Buffer.from('no zip') }, version),
      /Not a zip file/i,
    );
  });
});
