import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import { recordHash, reversionWheel } from '../../ci/reversion-wheel.ts';
import { parseWheelName, readWheelMetadata, wheelContentHash } from '../../ci/wheel.ts';
import { readArchive } from '../../ci/zip-archive.ts';
import { makeWheel } from './a-build.ts';

const version = '1.5.0+feature.x.h1f0c9d2e.g3f1c2aa0';
const fileName = 'observations-1.5.0-py3-none-any.whl';

describe('giving a wheel another version', () => {
  it('says it in the file name, METADATA, the folders and RECORD', async () => {
    const wheel = await reversionWheel({ fileName, bytes: await makeWheel() }, version);
    assert.equal(wheel.fileName, `observations-${version}-py3-none-any.whl`);
    const entries = await readArchive(wheel.bytes);
    const info = `observations-${version}.dist-info`;
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
    const content = (name: string): Buffer =>
      Buffer.from(entries.find((entry) => entry.name === name)?.bytes ?? []);
    const metadata = content(`${info}/METADATA`);
    assert.match(metadata.toString(), /\nVersion: 9 is not a header\n$/);
    const rows: string[][] = parse(content(`${info}/RECORD`));
    assert.deepEqual(
      rows.map(([path]) => path),
      entries.map((entry) => entry.name),
    );
    assert.deepEqual(rows[3], [`${info}/METADATA`, recordHash(metadata), String(metadata.length)]);
    assert.deepEqual(rows[1], ['observations/a, "b".py', 'sha256=abc', '6']);
    assert.deepEqual(rows[5], [`${info}/RECORD`, '', '']);
  });

  it('keeps order, times, modes and compression of the entries', async () => {
    const before = await readArchive(await makeWheel());
    const after = await readArchive(
      (await reversionWheel({ fileName, bytes: await makeWheel() }, version)).bytes,
    );
    const shape = (entry: (typeof before)[number]) => [
      entry.mode,
      entry.modifiedAt.getTime(),
      entry.isCompressed,
    ];
    assert.deepEqual(after.map(shape), before.map(shape));
  });

  it('gives the same bytes each time, and none of its own when the version stays', async () => {
    const bytes = await makeWheel();
    const [one, two] = [
      await reversionWheel({ fileName, bytes }, version),
      await reversionWheel({ fileName, bytes }, version),
    ];
    assert.deepEqual(one.bytes, two.bytes);
    const back = await reversionWheel(one, '1.5.0');
    assert.deepEqual(
      (await readArchive(back.bytes)).map(({ name }) => name),
      (await readArchive(bytes)).map(({ name }) => name),
    );
    assert.deepEqual((await reversionWheel(one, version)).bytes, one.bytes);
  });

  it('refuses what is no wheel', async () => {
    await assert.rejects(
      reversionWheel({ fileName: 'latest.whl', bytes: await makeWheel() }, version),
      /is not the name of a wheel/,
    );
    await assert.rejects(reversionWheel({ fileName, bytes: Buffer.from('no zip') }, version));
  });
});

describe('a wheel', () => {
  it('is named by distribution, version and tags', () => {
    assert.deepEqual(parseWheelName('a_b-1.0+x.h1-py2.py3-none-any.whl'), {
      distribution: 'a_b',
      version: '1.0+x.h1',
      tags: 'py2.py3-none-any',
    });
    assert.deepEqual(parseWheelName('a-1-2build-py3-none-any.whl')?.tags, '2build-py3-none-any');
    for (const name of ['a.whl', 'a-1-py3-none.whl', 'a-1-py3-none-any.zip', 'a-b-1-py3-none-any-x.whl']) {
      assert.equal(parseWheelName(name), undefined, name);
    }
  });

  it('says its dependencies without those of extras', async () => {
    assert.deepEqual(await readWheelMetadata(await makeWheel()), {
      name: 'observations',
      version: '1.5.0',
      requiresPython: '>=3.10',
      dependencies: ['smart-open>=7; python_version > "3"'],
    });
  });

  it('has one content whatever the times and the back end, and another with another file', async () => {
    const hash = await wheelContentHash(await makeWheel());
    assert.equal(
      await wheelContentHash(await makeWheel({ modifiedAt: new Date(2024, 5, 5), generator: 'hand 2' })),
      hash,
    );
    assert.notEqual(await wheelContentHash(await makeWheel({ module: 'x = 2\n' })), hash);
  });
});
