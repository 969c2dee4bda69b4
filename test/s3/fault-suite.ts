import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { s3Store } from '../../src/artifacts/s3-store.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { type FaultProxy, inTurn, startFaultProxy } from '../fakes/fault-proxy.ts';
import type { S3Server } from './s3-server.ts';

const text = (content: string): Uint8Array => Buffer.from(content);
const lost = { kind: 'lose reply' } as const;
const slowDown = { kind: 'answer', status: 503, code: 'SlowDown' } as const;
const underWay = { kind: 'answer', status: 409, code: 'ConditionalRequestConflict' } as const;

/** What a store in a bucket makes of replies that get lost, stores that are busy, and connections that break. */
export function itBearsFaults(serve: () => Promise<S3Server>): void {
  let proxy: FaultProxy;
  let store: ArtifactStore;
  /** The same place, reached without the proxy. */
  let direct: ArtifactStore;
  before(async () => {
    const { bucket, endpoint, owner } = await serve();
    proxy = await startFaultProxy(endpoint);
    const url = `s3://${bucket}/${randomUUID()}`;
    store = await s3Store(url, { connection: { ...owner, endpoint: proxy.endpoint } });
    direct = await s3Store(url, { connection: owner });
  });
  after(() => proxy?.stop());
  afterEach(() => proxy.onRequest(() => undefined));

  const content = async (key: string): Promise<string> =>
    Buffer.from((await direct.read(key))?.bytes ?? []).toString();

  it('counts a creation as written whose reply got lost', async () => {
    proxy.onRequest(inTurn('PUT', lost));
    assert.equal(await store.create('created', text('one')), 'written');
    assert.equal(await content('created'), 'one');
  });

  it('counts a replacement as written whose reply got lost, twice', async () => {
    await direct.create('replaced', text('one'));
    proxy.onRequest(inTurn('PUT', lost, lost));
    assert.equal(
      await store.replace('replaced', text('two'), (await direct.read('replaced'))?.etag),
      'written',
    );
    assert.equal(await content('replaced'), 'two');
  });

  it('keeps a conflict a conflict when a request was sent again', async () => {
    await direct.create('taken', text('theirs'));
    proxy.onRequest(inTurn('PUT', { kind: 'refuse' }));
    assert.equal(await store.create('taken', text('mine')), 'conflict');
    proxy.onRequest(inTurn('PUT', { kind: 'refuse' }));
    assert.equal(await store.replace('taken', text('mine'), '"0123"'), 'conflict');
    assert.equal(await content('taken'), 'theirs');
  });

  it('says that a key is gone which was to be replaced, also when the request was sent again', async () => {
    proxy.onRequest(inTurn('PUT', { kind: 'refuse' }));
    assert.equal(await store.replace('gone', text('mine'), '"0123"'), 'conflict');
    assert.equal(await direct.read('gone'), undefined);
  });

  it('creates after another write of the key was under way', async () => {
    proxy.onRequest(inTurn('PUT', underWay, underWay));
    assert.equal(await store.create('busy', text('one')), 'written');
    assert.equal(await content('busy'), 'one');
  });

  it('goes on when the store asks to slow down', async () => {
    proxy.onRequest(inTurn('PUT', slowDown));
    assert.equal(await store.create('slow', text('one')), 'written');
    proxy.onRequest(inTurn('GET', slowDown));
    assert.equal(Buffer.from((await store.read('slow'))?.bytes ?? []).toString(), 'one');
  });

  it('reads again what broke off in the middle', async () => {
    const bytes = Buffer.alloc(300_000, 'abc');
    await direct.create('long', bytes);
    proxy.onRequest(inTurn('GET', { kind: 'cut reply' }, { kind: 'cut reply' }));
    assert.equal(Buffer.compare((await store.read('long'))?.bytes ?? new Uint8Array(), bytes), 0);
  });

  it('stops for a caller who goes while the bytes arrive', async () => {
    await direct.create('awaited', Buffer.alloc(300_000, 'abc'));
    proxy.onRequest(() => ({ kind: 'stall reply' }));
    const caller = new AbortController();
    const waiting = store.read('awaited', caller.signal);
    setTimeout(() => caller.abort(new Error('gone')), 200);
    await assert.rejects(waiting, /^Error: gone$/);
  });
}
