import assert from 'node:assert/strict';
import { openStore } from '../../src/artifacts/open-store.ts';

describe('opening a store', () => {
  it('opens a folder by its URL', async () => {
    assert.equal((await openStore('file:///srv/my%20store/')).url, 'file:///srv/my%20store');
  });

  it('opens a bucket, or the part of it under a prefix', async () => {
    assert.equal((await openStore('s3://acme-dev')).url, 's3://acme-dev');
    assert.equal((await openStore('s3://acme-dev/')).url, 's3://acme-dev');
    assert.equal((await openStore('s3://acme-dev/data/products/')).url, 's3://acme-dev/data/products');
  });

  it('refuses what is no store', async () => {
    const wrong = [
      '',
      'store',
      'http://x/y',
      'file:///',
      's3://',
      's3:///x',
      's3://UPPER',
      's3://acme-dev/../x',
    ];
    for (const url of [...wrong, 's3://acme-dev//x', 's3://acme-dev/a/./b', 's3://key:secret@acme-dev']) {
      await assert.rejects(openStore(url), {
        message: `Cannot open the artifact store ${JSON.stringify(url)}: it is no store URL.`,
        nextStep: 'Write it as file:///folder or s3://bucket/prefix.',
      });
    }
  });
});
