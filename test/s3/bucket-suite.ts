import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { createS3Client } from '../../src/artifacts/s3-client.ts';
import { s3Store } from '../../src/artifacts/s3-store.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { itStoresArtifacts } from '../contracts/artifact-store.ts';
import { itBearsFaults } from './fault-suite.ts';
import type { S3Server } from './s3-server.ts';

const text = (content: string): Uint8Array => Buffer.from(content);

/** What every server must bear out, beside the contract of stores. */
export function itIsAStoreInABucket(serve: () => Promise<S3Server>): void {
  before(async () => void (await serve()));

  const makeStore = async (): Promise<ArtifactStore> => {
    const { bucket, owner } = await serve();
    return s3Store(`s3://${bucket}/${randomUUID()}`, { connection: owner });
  };

  describe('by the contract', () => itStoresArtifacts(makeStore));
  describe('with keys, pages and headers', () => itKeepsKeysAndHeaders(serve, makeStore));
  describe('with rights', () => itMindsRights(serve));
  describe('behind a bad network', () => itBearsFaults(serve));
}

function itKeepsKeysAndHeaders(
  serve: () => Promise<S3Server>,
  makeStore: () => Promise<ArtifactStore>,
): void {
  it('keeps keys apart that URLs and forms confuse', async () => {
    const store = await makeStore();
    const names = [
      'a+b',
      'a b',
      'a%2Bb',
      'a%20b',
      'é',
      'e\u0301',
      'a&b=c',
      'a?b',
      'a#b',
      "a'b",
      '1.0.0+x.h1 (2)',
    ];
    for (const name of names) assert.equal(await store.create(`k/${name}.whl`, text(name)), 'written', name);
    for (const name of names) {
      assert.equal(Buffer.from((await store.read(`k/${name}.whl`))?.bytes ?? []).toString(), name);
      assert.deepEqual(await keys(store, `k/${name}`), [`k/${name}.whl`]);
    }
    assert.equal((await keys(store, 'k/')).length, names.length);
  });

  it('lists what takes several pages', async () => {
    const store = await makeStore();
    const names = Array.from({ length: 1050 }, (_, index) => `many/${String(index).padStart(4, '0')}`);
    const left = [...names];
    const writer = async (): Promise<void> => {
      for (let name = left.pop(); name !== undefined; name = left.pop()) await store.create(name, text(name));
    };
    await Promise.all(Array.from({ length: 20 }, writer));
    assert.deepEqual(await keys(store, 'many/'), names);
  });

  it('sees only what lies under its prefix', async () => {
    const { bucket, owner } = await serve();
    const prefix = randomUUID();
    const [inner, neighbour, whole] = await Promise.all(
      [`${bucket}/${prefix}/data`, `${bucket}/${prefix}/data2`, bucket].map((place) =>
        s3Store(`s3://${place}`, { connection: owner }),
      ),
    );
    assert.ok(inner && neighbour && whole);
    await inner.create('a', text('inner'));
    await neighbour.create('b', text('neighbour'));
    assert.deepEqual(await keys(inner, ''), ['a']);
    assert.deepEqual(await keys(whole, `${prefix}/`), [`${prefix}/data/a`, `${prefix}/data2/b`]);
    assert.equal(Buffer.from((await whole.read(`${prefix}/data/a`))?.bytes ?? []).toString(), 'inner');
  });

  it('tells other tools what a file is, and keeps pointers out of caches', async () => {
    const { bucket, owner } = await serve();
    const prefix = randomUUID();
    const store = await s3Store(`s3://${bucket}/${prefix}`, { connection: owner });
    const client = await createS3Client(owner);
    const headers: Record<string, unknown> = {};
    for (const key of [
      'p/1.0.0/p-1.0.0-py3-none-any.whl',
      'p/1.0.0/p-1.0.0.py',
      'p/1.0.0/manifest.json',
      'p/latest.json',
    ]) {
      await store.create(key, text('{}'));
      const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: `${prefix}/${key}` }));
      headers[key.split('/').at(-1) ?? ''] = [found.ContentType, found.CacheControl];
    }
    client.destroy();
    assert.deepEqual(headers, {
      'p-1.0.0-py3-none-any.whl': ['application/zip', undefined],
      'p-1.0.0.py': ['text/x-python; charset=utf-8', undefined],
      'manifest.json': ['application/json', undefined],
      'latest.json': ['application/json', 'no-store'],
    });
  });
}

function itMindsRights(serve: () => Promise<S3Server>): void {
  it('refuses a stranger by an error, never by absence', async () => {
    const { bucket, owner, stranger } = await serve();
    const url = `s3://${bucket}/${randomUUID()}`;
    await (await s3Store(url, { connection: owner })).create('there', text('secret'));
    const store = await s3Store(url, { connection: stranger });
    const calls = {
      'read from': (key: string) => store.read(key),
      'write to': (key: string) => store.create(key, text('mine')),
      'remove from': (key: string) => store.remove(key),
    };
    for (const key of ['there', 'nowhere']) {
      for (const [verb, call] of Object.entries(calls)) {
        await assert.rejects(call(key), {
          code: 'HERMES_STORE_DENIED',
          exitCode: 3,
          message: `Cannot ${verb} the artifact store [store=${url}, key=${key}, status=403]: access is denied.`,
        });
      }
    }
    await assert.rejects(keys(store, ''), {
      code: 'HERMES_STORE_DENIED',
      message: `Cannot list the artifact store [store=${url}, status=403]: access is denied.`,
    });
  });

  it('refuses a secret key that is wrong, and an access key that nobody has', async () => {
    const { bucket, owner } = await serve();
    const as = async (accessKeyId: string): Promise<ArtifactStore> =>
      s3Store(`s3://${bucket}`, {
        connection: { ...owner, credentials: { accessKeyId, secretAccessKey: 'not-the-secret' } },
      });
    await assert.rejects((await as(owner.credentials.accessKeyId)).read('a'), {
      code: 'HERMES_STORE_CREDENTIALS',
      exitCode: 3,
      message: `Cannot read from the artifact store [store=s3://${bucket}, key=a, status=403]: it refuses the signature, so the secret key is not that of the access key.`,
    });
    await assert.rejects((await as('NOBODY')).read('a'), {
      code: 'HERMES_STORE_CREDENTIALS',
      message: `Cannot read from the artifact store [store=s3://${bucket}, key=a, status=403]: it does not know the access key.`,
    });
  });

  it('says that a bucket is not there, and makes none', async () => {
    const { owner } = await serve();
    const store = await s3Store('s3://no-such-bucket-here/x', { connection: owner });
    const facts = 'store=s3://no-such-bucket-here/x';
    const reason = 'there is no bucket no-such-bucket-here.';
    await assert.rejects(store.read('a'), {
      exitCode: 2,
      message: `Cannot read from the artifact store [${facts}, key=a, status=404]: ${reason}`,
    });
    await assert.rejects(store.create('a', text('x')), {
      message: `Cannot write to the artifact store [${facts}, key=a, status=404]: ${reason}`,
    });
    await assert.rejects(keys(store, ''), {
      message: `Cannot list the artifact store [${facts}, status=404]: ${reason}`,
    });
  });
}

async function keys(store: ArtifactStore, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) found.push(key);
  return found;
}
