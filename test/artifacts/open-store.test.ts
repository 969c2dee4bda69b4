import assert from 'node:assert/strict';
import { openStore } from '../../src/artifacts/open-store.ts';

describe('opening a store', () => {
  it('opens a folder by its URL', () => {
    assert.equal(openStore('file:///srv/my%20store/').url, 'file:///srv/my%20store');
  });

  it('says that S3 stores are not available', () => {
    assert.throws(() => openStore('s3://acme/dev'), {
      message: 'Cannot open the artifact store s3://acme/dev: S3 stores are not available in this build.',
      nextStep: 'Use a folder (file:///…), or leave the environment out of hermes.yaml to have it embedded.',
    });
  });

  it('refuses what is no store', () => {
    for (const url of ['', 'store', 'http://x/y', 'file:///']) {
      assert.throws(() => openStore(url), {
        message: `Cannot open the artifact store ${JSON.stringify(url)}: it is no store URL.`,
        nextStep: 'Write it as file:///folder or s3://bucket/prefix.',
      });
    }
  });
});
