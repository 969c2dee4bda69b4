import assert from 'node:assert/strict';
import { storeUrlProblem } from '../../src/config/store-url.ts';

describe('the URL of a store', () => {
  it('is a bucket with or without a prefix, or a folder', () => {
    for (const url of ['s3://acme', 's3://acme-dev/artifacts', 'file:///srv/artifacts'])
      assert.equal(storeUrlProblem(url), undefined);
  });

  it('says whether its form or the name of its bucket is wrong', () => {
    assert.equal(
      storeUrlProblem('s3://x/artifacts'),
      '"s3://x/artifacts" names no bucket: "x" must be 3 to 63 lower-case letters, digits, "-" and ".", a letter or digit first and last.',
    );
    assert.equal(
      storeUrlProblem('https://acme/x'),
      '"https://acme/x" is neither s3://bucket/prefix nor file:///folder.',
    );
  });
});
